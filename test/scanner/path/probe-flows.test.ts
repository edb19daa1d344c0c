import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import type { RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import { probeFlows } from '../../../src/scanner/path/flows.ts';
import { fakeClock } from '../clock.ts';
import { fault, refused, unreachable } from '../fakes.ts';

const held = fakeClock();
const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
const FIRST: Flow = { sourcePort: 1 };

const observed = (reply: Reply, attempts = 1, lost = 0): PortObservation => ({
  ...{ port: 135, requirement: 'endpoint-mapper', why: 'required', reply, attempts, lost },
});

interface Asked {
  readonly flow: number;
  readonly attempts: number;
  readonly earlier: number;
}

/**
 * Asks over flows of which each, 0 the first one, answers as said: after so many probes in all, or never, or something else at once.
 * Each takes 10 ms.
 */
const ask = async (
  one: PortObservation,
  answers: (flow: number) => number | 'never' | Reply,
  { loss = 0, most = 8, stopAfterMs = 0, isSteady = false } = {},
) => {
  const asked: Asked[] = [];
  /** How long the first three probes to a flow wait, milliseconds. */
  const waits: number[][] = [];
  const flows: Flow[] = [FIRST];
  const stop = new AbortController();
  const seen = { inFlight: 0, most: 0 };
  const prober = {
    signal: stop.signal,
    patiently: (retries: number) => ({
      attempts: retries + 1,
      waitMs: (attempt: number) => 100 * 2 ** attempt,
    }),
    probeUntilAnswered: async (
      _: number,
      { attempts, earlier = 0, waitMs }: RetryPlan,
      _talk: unknown,
      flow: Flow,
    ) => {
      if (!flows.includes(flow)) flows.push(flow);
      const at = flows.indexOf(flow);
      asked.push({ flow: at, attempts, earlier });
      waits.push([0, 1, 2].map(waitMs));
      seen.most = Math.max(seen.most, ++seen.inFlight);
      await new Promise((resolve) => setTimeout(resolve, 10));
      seen.inFlight--;
      const answer = answers(at);
      if (typeof answer === 'object') return { reply: answer, attempts: 1, lost: 0 };
      const used = answer === 'never' || answer > earlier + attempts ? attempts : answer - earlier;
      return answer === 'never' || answer > earlier + attempts
        ? { reply: silence, attempts: used, lost: 0 }
        : { reply: refused, attempts: used, lost: used - 1 };
    },
  };
  if (stopAfterMs > 0) setTimeout(() => stop.abort(), stopAfterMs);
  const result = await held.clock.run(
    probeFlows(prober as unknown as Parameters<typeof probeFlows>[0], one, {
      first: FIRST,
      loss,
      most,
      isSteady,
    }),
  );
  return { result, asked, flows, seen, waits };
};

/** How often each flow was probed, beyond what was known. */
const probes = (asked: readonly Asked[], flow: number): number =>
  asked.reduce((sum, one) => sum + (one.flow === flow ? one.attempts : 0), 0);

describe('the flows of a port', () => {
  it('are waited for twice as long each time, in an audit twice as long only', async () => {
    const waitsOf = async (isSteady: boolean) =>
      (await ask(observed(silence), () => 2, { isSteady })).waits.map(String);
    expect(new Set(await waitsOf(false))).toEqual(new Set(['100,200,400']));
    expect(new Set(await waitsOf(true))).toEqual(new Set(['100,200,200']));
  });

  it('are eight, asked once each, two at a time, where it answers', async () => {
    const { result, asked, flows, seen } = await ask(observed(refused, 3, 2), () => 1);
    expect(result).toEqual({
      flows: { asked: 8, answered: 8 },
      answering: flows,
      late: 1,
      silent: [],
      attempts: 7,
    });
    expect(asked).toEqual(Array.from({ length: 7 }, (_, i) => ({ flow: i + 1, attempts: 1, earlier: 0 })));
    expect(seen.most).toBe(2);
    expect(flows.slice(1)).toEqual(Array.from({ length: 7 }, () => ({ sourcePort: null })));
    expect((await ask(observed(refused), () => 1, { most: 4 })).result?.flows).toEqual({
      asked: 4,
      answered: 4,
    });
  });

  it('are asked twice, all at a time, where it is silent, and no more where all are', async () => {
    const { result, asked, seen } = await ask(observed(silence, 7), () => 'never');
    expect(result).toMatchObject({ flows: { asked: 8, answered: 0 }, answering: [], late: 0, attempts: 14 });
    expect(result?.silent).toHaveLength(8);
    expect(new Set(asked.map(({ attempts }) => attempts))).toEqual(new Set([2]));
    expect(seen.most).toBe(7);
  });

  it('that are silent beside others are asked until their silence stands, together', async () => {
    const alone = await ask(observed(refused), (flow) => (flow === 3 ? 'never' : 1));
    expect(alone.asked.filter(({ flow }) => flow === 3)).toEqual([
      { flow: 3, attempts: 1, earlier: 0 },
      { flow: 3, attempts: 6, earlier: 1 },
    ]);
    expect(alone.result).toMatchObject({ flows: { asked: 8, answered: 7 }, late: 0, attempts: 6 + 7 });
    expect(alone.result?.silent).toEqual([alone.flows[3]]);
    // Of five that are silent each shows less by itself.
    const five = await ask(observed(refused), (flow) => (flow >= 3 ? 'never' : 1));
    expect([3, 4, 5, 6, 7].map((flow) => probes(five.asked, flow))).toEqual([4, 4, 4, 4, 4]);
    // The first flow was silent long enough before.
    const first = await ask(observed(silence, 7), (flow) => (flow === 0 ? 'never' : 1));
    expect(first.result).toMatchObject({ flows: { asked: 8, answered: 7 }, silent: [FIRST], attempts: 7 });
    for (const earlier of [4, 7]) {
      const both = await ask(observed(silence, earlier), (flow) => (flow === 0 || flow === 3 ? 'never' : 1));
      expect(both.asked.some(({ flow }) => flow === 0)).toBe(false);
      expect(probes(both.asked, 3)).toBe(4);
    }
  });

  it('are asked more often where more is lost, by what was known or by what they show', async () => {
    const silent = (flow: number) => (flow === 3 ? 'never' : 1);
    expect(probes((await ask(observed(refused), silent, { loss: 0.3 })).asked, 3)).toBe(12);
    expect(probes((await ask(observed(refused, 6, 5), silent)).asked, 3)).toBe(12);
    expect(probes((await ask(observed(refused, 2, 1), silent)).asked, 3)).toBe(8);
  });

  it('that answer only when asked again are late, and each shows more loss', async () => {
    const { result, asked } = await ask(observed(refused), (flow) =>
      flow === 3 ? 4 : flow === 4 ? 'never' : 1,
    );
    expect(result).toMatchObject({ flows: { asked: 8, answered: 7 }, late: 1 });
    // Two are silent at first: four probes each. Then three of ten were lost, so one takes 4 in 15 for the loss, and eleven.
    expect([probes(asked, 3), probes(asked, 4)]).toEqual([4, 11]);
  });

  it('do not count where this machine failed; a rejection is no answer', async () => {
    const failed = await ask(observed(refused), (flow) => (flow === 2 ? fault('no-route', 'E') : 1));
    expect(failed.result).toMatchObject({ flows: { asked: 7, answered: 7 }, silent: [] });
    const rejected = await ask(observed(refused), (flow) => (flow === 2 ? unreachable(13) : 1));
    expect(rejected.result).toMatchObject({ flows: { asked: 8, answered: 7 }, attempts: 7 });
    expect(rejected.result?.silent).toEqual([rejected.flows[2]]);
    expect(probes(rejected.asked, 2)).toBe(1);
  });

  it('say nothing when the run is stopped', async () => {
    const { result, asked } = await ask(observed(refused), (flow) => (flow === 3 ? 'never' : 1), {
      stopAfterMs: 5,
    });
    expect(result).toBeNull();
    expect(probes(asked, 3)).toBe(1);
  });
});
