import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import { HostProber, type RunContext } from '../../../src/scanner/host/host-prober.ts';
import { Lanes } from '../../../src/scanner/limits/lanes.ts';
import { RateControl } from '../../../src/scanner/limits/rate-control.ts';
import { plan } from '../fakes.ts';

/** A prober whose probes get this reply when its event loop is free again, `busyMs` after it came. */
const proberOn = (reply: Reply, busyMs: number): HostProber => {
  const run: Pick<RunContext, 'lanes' | 'signal'> & {
    readonly wire: Pick<RunContext['wire'], 'capabilities'>;
    readonly scheduler: Pick<RunContext['scheduler'], 'send'>;
  } = {
    lanes: new Lanes(plan(), new RateControl(1000)),
    signal: new AbortController().signal,
    wire: {
      capabilities: {
        icmp: true,
        ttl: false,
        minTtl: false,
        seesTtl: false,
        talksApart: false,
        minTimeoutMs: 0,
      },
    },
    scheduler: { send: (_queue, _probe, done) => void setTimeout(() => done(reply), busyMs) },
  };
  return new HostProber({ address: '192.0.2.1', family: 4 }, run as RunContext, plan());
};

describe('when a host answered last', () => {
  it('is when the probe left: a reply that is read late says nothing of what happened meanwhile', async () => {
    const before = performance.now();
    const prober = proberOn({ kind: 'refused', rttMs: 60, by: 'unknown' }, 60);
    await prober.probe(135);
    expect(prober.answeredAt).toBeGreaterThanOrEqual(before - 2);
    expect(prober.answeredAt).toBeLessThanOrEqual(performance.now() - 60);
  });

  it('is never by the error of a router', async () => {
    const cause = { icmp: { version: 4, type: 3, code: 1 }, from: '192.0.2.254' } as const;
    const prober = proberOn({ kind: 'rejected', rttMs: 1, cause }, 0);
    await prober.probe(135);
    expect(prober.answeredAt).toBe(Number.NEGATIVE_INFINITY);
  });
});
