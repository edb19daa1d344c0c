import { describe, expect, it } from 'vitest';
import { Admission, BURST, MOST_OPEN, MOST_OPEN_OF_ONE } from '../../src/respond/admission.ts';

/** How many of so many connections at once are let in, and what ends them. */
const flood = (admission: Admission, count: number, now: number, addressOf = (_: number) => '10.0.0.1') => {
  const ends = Array.from({ length: count }, (_, i) => admission.admit(addressOf(i), now));
  return ends.filter((end) => end !== null);
};

describe('who may connect to a responder', () => {
  it('one address may hold no more than its share, and all together no more than there are', () => {
    const admission = new Admission(0);
    expect(flood(admission, 5000, 0)).toHaveLength(MOST_OPEN_OF_ONE);
    expect(flood(admission, 5000, 0, (i) => `10.0.1.${i % 200}`)).toHaveLength(MOST_OPEN - MOST_OPEN_OF_ONE);
  });

  it('a connection that has ended makes room for one more', () => {
    const admission = new Admission(0);
    const [end] = flood(admission, 5000, 0);
    expect(admission.admit('10.0.0.1', 1)).toBeNull();
    end?.();
    expect(admission.admit('10.0.0.1', 1)).not.toBeNull();
  });

  it('a flood of short connections is slowed to the rate, and recovers', () => {
    const admission = new Admission(0);
    const letIn = (count: number, now: number): number => {
      let passed = 0;
      for (let i = 0; i < count; i++) {
        const end = admission.admit('10.0.0.1', now);
        if (end) passed++;
        end?.();
      }
      return passed;
    };
    expect(letIn(10_000, 0)).toBe(BURST);
    expect(letIn(10_000, 1000)).toBe(800);
    expect(letIn(10_000, 60_000)).toBe(BURST);
  });

  it('forgets addresses that rest, and lets nobody in by their number', () => {
    const admission = new Admission(0);
    for (let i = 0; i < 20_000; i++)
      admission.admit(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, i * 10)?.();
    expect(admission.admit('10.0.0.1', 300_000)).not.toBeNull();
  });
});
