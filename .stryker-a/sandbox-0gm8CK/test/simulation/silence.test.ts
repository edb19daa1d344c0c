import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import { enoughSilence } from '../../src/scanner/retry/policy.ts';
import { samplePorts } from '../../src/scanner/sample.ts';
import { upper95 } from './bounds.ts';
import { hashOf, randomOf } from './random.ts';
import { simulationTimeout, worlds } from './scale.ts';
import { lossyHost, standingObservations } from './silence-world.ts';

const accepted: Reply = { kind: 'accepted', rttMs: 1 };
const refused: Reply = { kind: 'refused', rttMs: 1, by: 'unknown' };

/** Share of probes that go unanswered where each packet is lost with this chance. */
const unanswered = (loss: number): number => 1 - (1 - loss) ** 2;

describe('silence that decides', { timeout: simulationTimeout }, () => {
  it('is loss once in 100,000 at most with up to 10 % lost each way, whatever share was measured', () => {
    for (let loss = 0; loss <= 0.1; loss += 0.005) {
      const share = unanswered(loss);
      for (const measured of [0, share / 2, share, Math.min(1, 2 * share)]) {
        expect(share ** enoughSilence(measured)).toBeLessThanOrEqual(1e-5);
      }
    }
  });

  it('is loss once in 100,000 at most with 20 % lost each way where that was measured', () => {
    expect(unanswered(0.2) ** enoughSilence(unanswered(0.2))).toBeLessThanOrEqual(1e-5);
  });

  it('stands wrongly on a port of few hosts, required or sampled, that answer everywhere', () => {
    const hosts = worlds(4000);
    let required = 0;
    let sampled = 0;
    for (let number = 0; number < hosts; number++) {
      const random = randomOf(hashOf(11, number));
      const loss = 0.1 * random.unit();
      const host = lossyHost((port) => (port === 135 ? accepted : refused), loss, random);
      const standing = standingObservations(host, samplePorts(DYNAMIC_PORTS, 32, number)).filter(
        ({ reply }) => reply.kind === 'silent',
      );
      if (standing.some(({ why }) => why === 'required')) required++;
      if (standing.some(({ why }) => why === 'sampled')) sampled++;
    }
    if (process.env['RA_SIMULATIONS'])
      console.log({ hosts, required, sampled, bound: upper95(sampled, hosts) });
    expect(required).toBe(0);
    expect(upper95(sampled, hosts)).toBeLessThanOrEqual(2e-3);
  });
});
