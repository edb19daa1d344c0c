import fc from 'fast-check';
import type { Alive, Listed } from './server-side.ts';

const hexDigits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

export const uuid: fc.Arbitrary<string> = fc
  .tuple(hexDigits(8), hexDigits(4), hexDigits(4), hexDigits(4), hexDigits(12))
  .map((parts) => parts.join('-'));

export const u16: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff });
export const u32: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffffffff });

/** Latin-1 text without NUL. */
export const text = (most: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.integer({ min: 1, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: most,
  });

export const listed: fc.Arbitrary<Listed> = fc.record({
  uuid,
  major: u16,
  minor: u16,
  port: fc.integer({ min: 1, max: 65535 }),
  annotation: text(63),
});

/** Addresses as UTF-16 without NUL, so that halves of surrogate pairs occur as well. */
const address = fc.string({
  unit: fc.integer({ min: 1, max: 0xffff }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});

export const alive: fc.Arbitrary<Alive> = fc.record({
  major: u16,
  minor: u16,
  bindings: fc.array(fc.record({ tower: fc.constantFrom(7, 8, 0x1f), address }), { maxLength: 20 }),
  status: u32,
});
