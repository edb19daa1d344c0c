import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { HostControl } from '../../src/scanner/host/control.ts';
import type { HostProber } from '../../src/scanner/host/host-prober.ts';
import { fakeClock } from '../scanner/clock.ts';
import { upper95 } from './bounds.ts';
import { hashOf, type Random, randomOf } from './random.ts';
import { simulationTimeout, worlds } from './scale.ts';

const held = fakeClock();

const SILENT: Reply = { kind: 'silent', waitedMs: 1, attempts: 1 };
const REPLIES: Readonly<Record<number, Reply>> = {
  135: { kind: 'accepted', rttMs: 1 },
  1100: { kind: 'refused', rttMs: 1, by: 'unknown' },
};
const OBSERVATIONS = Object.entries(REPLIES).map(
  ([port, reply]): PortObservation => ({
    port: Number(port),
    requirement: 'dynamic-rpc',
    why: 'sampled',
    reply,
    attempts: 1,
  }),
);

/** Hosts whose controls are probed side by side. */
const SIDE_BY_SIDE = 500;
/** Rounds of controls of one host of an audit: about as many as one with a filtered port needs, and as a limit makes of them. */
const ROUNDS = { usual: 10, limited: 20 } as const;

/** Share of probes that go unanswered where each packet is lost with this chance. */
const unanswered = (loss: number): number => 1 - (1 - loss) ** 2;

/**
 * The round, from 1 on, in which the host counts as limited; null when it does not in `most` rounds. `share` of all probes are lost; a limit
 * loses that many of those to each port. The loss of the path is known to a tenth.
 */
const limitedIn = async (
  share: number,
  limit: (port: number) => number,
  most: number,
  random: Random,
): Promise<number | null> => {
  const measured = share * (0.9 + 0.2 * random.unit());
  let limits = 0;
  const prober = {
    signal: new AbortController().signal,
    sent: 0,
    rtt: { waitMs: () => 100 },
    queue: { slowDown: () => {} },
    probe: async (port: number) =>
      random.happens(share) || random.happens(limit(port)) ? SILENT : REPLIES[port],
  } as unknown as HostProber;
  const control = new HostControl(prober, OBSERVATIONS, {
    flowOf: () => ({ sourcePort: null }),
    onLimit: () => limits++,
    firstWaitMs: () => 50,
    pathLoss: () => measured,
  });
  for (let round = 1; round <= most; round++) {
    await control.check();
    if (limits > 0) return round;
  }
  return null;
};

const hostsOf = async (
  count: number,
  share: number,
  limit: (port: number) => number,
  most: number,
): Promise<(number | null)[]> => {
  const rounds: (number | null)[] = [];
  while (rounds.length < count) {
    const from = rounds.length;
    const some = Array.from({ length: Math.min(SIDE_BY_SIDE, count - from) }, (_, i) =>
      limitedIn(share, limit, most, randomOf(hashOf(29, from + i))),
    );
    rounds.push(...((await held.clock.run(Promise.all(some))) ?? []));
  }
  return rounds;
};

describe('controls that fail', { timeout: simulationTimeout }, () => {
  it.each([0.01, 0.05, 0.1])('are no limit where the path loses %d each way', async (loss) => {
    const hosts = worlds(6000);
    const limited = (await hostsOf(hosts, unanswered(loss), () => 0, ROUNDS.usual)).filter(
      (round) => round !== null,
    );
    if (process.env['RA_SIMULATIONS'])
      console.log({ loss, limited: limited.length, bound: upper95(limited.length, hosts) });
    expect(upper95(limited.length, hosts)).toBeLessThanOrEqual(5e-4);
  });

  it.each([
    ['all of it, half of the packets', 0.05, 0.5, 0.5],
    ['all of it, half of the packets', 0.1, 0.5, 0.5],
    ['its resets only, two of three', 0.05, 0, 2 / 3],
    ['its resets only, two of three', 0.1, 0, 2 / 3],
  ])('are one where it takes %s (%d lost each way)', async (_, loss, accepts, resets) => {
    const hosts = worlds(1000);
    const rounds = await hostsOf(
      hosts,
      unanswered(loss),
      (port) => (port === 135 ? accepts : resets),
      ROUNDS.limited,
    );
    const found = rounds.filter((round) => round !== null);
    if (process.env['RA_SIMULATIONS'])
      console.log({
        loss,
        accepts,
        resets,
        found: found.length / hosts,
        mean: found.reduce((a, b) => a + b, 0) / found.length,
      });
    expect(found.length / hosts).toBeGreaterThanOrEqual(0.95);
  });
});
