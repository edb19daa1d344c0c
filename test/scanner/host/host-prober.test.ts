import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Conversation } from '../../../src/model/wire.ts';
import { HostProber, type RunContext } from '../../../src/scanner/host/host-prober.ts';
import { Lanes } from '../../../src/scanner/limits/lanes.ts';
import { RateControl } from '../../../src/scanner/limits/rate-control.ts';
import { PLAIN, plan } from '../fakes.ts';

type Asked = Parameters<RunContext['scheduler']['send']>[1];

/** A prober whose probes get this reply. */
const proberOn = (answer: (probe: Asked) => Promise<Reply>): HostProber => {
  const run: Pick<RunContext, 'lanes' | 'signal'> & {
    readonly wire: Pick<RunContext['wire'], 'capabilities'>;
    readonly scheduler: Pick<RunContext['scheduler'], 'send'>;
  } = {
    lanes: new Lanes(plan(), new RateControl(1000)),
    signal: new AbortController().signal,
    wire: { capabilities: PLAIN },
    scheduler: { send: (_queue, probe, done) => void answer(probe).then(done) },
  };
  return new HostProber({ address: '192.0.2.1', family: 4 }, run as RunContext, plan());
};

describe('when a host answered last', () => {
  it('is when the probe left: a reply that is read late says nothing of what happened meanwhile', async () => {
    const before = performance.now();
    const prober = proberOn(async () => {
      await setTimeout(60);
      return { kind: 'refused', rttMs: 60, by: 'unknown' };
    });
    await prober.probe(135);
    expect(prober.answeredAt).toBeGreaterThanOrEqual(before - 2);
    expect(prober.answeredAt).toBeLessThanOrEqual(performance.now() - 60);
  });

  it('is never by the error of a router', async () => {
    const cause = { icmp: { version: 4, type: 3, code: 1 }, from: '192.0.2.254' } as const;
    const prober = proberOn(async () => ({ kind: 'rejected', rttMs: 1, cause }));
    await prober.probe(135);
    expect(prober.answeredAt).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('the first port of each kind', () => {
  it('is known when it accepts, and not only after the conversation', async () => {
    const prober = proberOn((probe) => {
      void probe.talk?.exchange({} as Conversation);
      return new Promise(() => {});
    });
    const noted: unknown[] = [];
    prober.onFirst((port, kind) => noted.push([port, kind]));
    const limits = { totalMs: 1000, idleMs: 1000, maxBytes: 1000 };
    void prober.probe(135, { talk: { limits, exchange: () => new Promise(() => {}) } });
    void prober.probe(3389, { talk: { limits, exchange: () => new Promise(() => {}) } });
    expect(noted).toEqual([[135, 'accepted']]);
  });

  it('is known of accepts and of refusals', async () => {
    const prober = proberOn(async ({ port }) =>
      port === 135 ? { kind: 'accepted', rttMs: 1 } : { kind: 'refused', rttMs: 1, by: 'unknown' },
    );
    const noted: unknown[] = [];
    prober.onFirst((port, kind) => noted.push([port, kind]));
    for (const port of [2000, 135, 3000]) await prober.probe(port);
    expect(noted).toEqual([
      [2000, 'refused'],
      [135, 'accepted'],
    ]);
  });
});
