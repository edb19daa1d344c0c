import { describe, expect, it } from 'vitest';
import { settleByNamed } from '../../src/verdict/witness/raise.ts';
import { Witnesses } from '../../src/verdict/witness/witnesses.ts';
import { randomOf } from '../simulation/random.ts';
import { type Machine, OPEN, reportOn } from '../simulation/witness-world.ts';

/** The bit of the range of Windows since Vista. */
const MODERN = 4;

describe('the hosts of a run', () => {
  const machine = (low: number, kind: Machine['kind']): Machine => ({
    address: `10.1.2.${low}`,
    kind,
    half: 0,
    own: null,
  });
  const reported = (low: number, kind: Machine['kind'], isTraced = true) =>
    reportOn(OPEN, machine(low, kind), randomOf(1), isTraced);
  const novice = reported(10, 'stealthy');
  const doubt = { silent: 4, spare: 0, zones: MODERN, verdict: 'clear-so-far' } as const;

  it('are left as they are where nobody was named', () => {
    expect(settleByNamed(novice, [])).toBe(novice);
  });

  it('count each of those that are silent alike, and each kind of silence by itself', () => {
    const witnesses = new Witnesses(() => false);
    for (const report of [20, 21].map((low) => reported(low, 'printer'))) witnesses.add(report, 1n, null);
    expect(witnesses.settled).toEqual({ clear: 0, disagree: 0 });
    // Not followed, and nobody was yet.
    witnesses.add(reported(11, 'stealthy', false), 1n, null);
    expect(witnesses.settled).toEqual({ clear: 0, disagree: 0 });
    witnesses.add(novice, 1n, null);
    expect(witnesses.settled).toEqual({ clear: 2, disagree: 0 });
    witnesses.add(reported(12, 'stealthy'), 1n, null);
    expect(witnesses.settled).toEqual({ clear: 3, disagree: 0 });
  });

  it('come after a filter that the hosts of a block prove', () => {
    const witnesses = new Witnesses((block) => block === 2n);
    for (const report of [20, 21].map((low) => reported(low, 'printer'))) witnesses.add(report, 1n, null);
    witnesses.add(novice, 1n, doubt);
    witnesses.add(reported(11, 'stealthy'), 2n, doubt);
    witnesses.add(reported(12, 'stealthy'), 2n, null);
    expect(witnesses.settled).toEqual({ clear: 2, disagree: 0 });
  });

  it('say nothing of hosts without an address, nor of a subnet of which none was added', () => {
    const witnesses = new Witnesses(() => false);
    witnesses.add({ ...novice, address: null }, 1n, null);
    expect(witnesses.settled).toEqual({ clear: 0, disagree: 0 });
    expect(witnesses.settle(novice)).toBe(novice);
    const ready = reported(20, 'server');
    witnesses.add(ready, 1n, null);
    expect(witnesses.settle(ready)).toBe(ready);
  });
});
