import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { compareFlows } from '../../../src/scanner/path/compare-flows.ts';
import { fakeClock } from '../clock.ts';
import { accepted, refused } from '../fakes.ts';

const held = fakeClock();
const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
const [PORT, CONTROL] = [3389, 135];

/** Compares a port that answers its packets, counted from 0, as said, with a control that always answers. */
const compare = async (
  passes: (turn: number) => boolean,
  { kind = 'refused' as 'accepted' | 'refused', least = undefined as number | undefined, stopAt = -1 } = {},
) => {
  const sent: { readonly port: number; readonly at: number; readonly flow: Flow }[] = [];
  const stop = new AbortController();
  const of = kind === 'accepted' ? accepted : refused;
  const prober = {
    signal: stop.signal,
    probe: async (port: number, { flow }: { readonly flow?: Flow | undefined } = {}) => {
      const turn = sent.filter((one) => one.port === port).length;
      sent.push({ port, at: held.clock.now, flow: flow ?? { sourcePort: 0 } });
      if (turn === stopAt) stop.abort();
      return port === CONTROL ? accepted : passes(turn) ? of : silence;
    },
  };
  const counts = await held.clock.run(
    compareFlows(
      prober as unknown as Parameters<typeof compareFlows>[0],
      { port: PORT, kind },
      { port: CONTROL, kind: 'accepted' },
      ...(least === undefined ? [] : [least]),
    ),
  );
  return { counts, sent, times: sent.filter(({ port }) => port === PORT).map(({ at }) => at) };
};

describe('single packets to a port and to a control', () => {
  it('prove after nine that a port is dropped that never answers beside one that always does', async () => {
    const { counts, sent } = await compare(() => false);
    expect(counts).toEqual({ flows: 9, passed: 0, control: 9 });
    expect(new Set(sent.map(({ flow }) => flow)).size).toBe(18);
    expect(sent.every(({ flow }) => flow.sourcePort === null)).toBe(true);
  });

  it('end after sixteen where both answer alike, or after as many as are wanted, eight at least', async () => {
    for (const [least, packets] of [
      [undefined, 16],
      [8, 8],
      [20, 20],
    ] as const) {
      const { counts, times } = await compare(() => true, { least });
      expect([counts, times.length]).toEqual([null, packets]);
    }
  });

  it('are forty where it is not decided before', async () => {
    const { counts, times } = await compare((turn) => turn % 4 !== 3);
    expect([counts, times.length]).toEqual([null, 40]);
  });

  it('count what was answered, and prove what is dropped now and then', async () => {
    const { counts } = await compare((turn) => turn % 2 === 0);
    // Chance once in 61,000; with 24 flows it was once in 26,000.
    expect(counts).toEqual({ flows: 26, passed: 13, control: 26 });
  });

  it('leave one by one, 200 ms apart to a port that accepts, for its backlog', async () => {
    expect((await compare(() => false, { kind: 'accepted' })).times).toEqual(
      Array.from({ length: 9 }, (_, i) => 200 * i),
    );
  });

  it('are sent at once to one that refuses', async () => {
    expect(new Set((await compare(() => false)).times)).toEqual(new Set([0]));
  });

  it('prove nothing when the run is stopped', async () => {
    const { counts, times } = await compare(() => false, { stopAt: 3 });
    expect([counts, times.length]).toEqual([null, 4]);
  });
});
