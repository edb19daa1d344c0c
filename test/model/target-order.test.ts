import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTargets, orderKey } from '../../src/model/target-order.ts';

describe('compareTargets', () => {
  it('orders as the bytes of UTF-8 do', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [keyA, keyB] = [Buffer.from(orderKey(a)), Buffer.from(orderKey(b))];
        expect(Math.sign(compareTargets(a, b))).toBe(Buffer.compare(keyA, keyB));
      }),
    );
    expect(compareTargets('\uffee', '\u{1f600}')).toBeLessThan(0);
    expect('\uffee' < '\u{1f600}').toBe(false);
  });

  it('ranks a NUL, at which a text of the database would end, as what stands for it there', () => {
    expect(compareTargets('a\0', 'a\ufffd')).toBe(0);
    expect(compareTargets('a\0', 'ab')).toBeGreaterThan(0);
  });
});
