import fc from 'fast-check';
import { OWN_FIREWALLS } from '../../src/model/evidence.ts';
import { type ResponderCode, SECRET_BYTES, SEEDS } from '../../src/responder-protocol/code.ts';

/** Minutes since 1970 of the day on which the tests were written: the codes of the tests end within days of it. */
export const NOW = 29_905_000;

const range = fc
  .tuple(fc.integer({ min: 1025, max: 65_535 }), fc.integer({ min: 1025, max: 65_535 }))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

export const bytes = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: size, maxLength: size });

export const code: fc.Arbitrary<ResponderCode> = fc.record({
  seed: fc.nat(SEEDS - 1),
  firewall: fc.constantFrom(...OWN_FIREWALLS),
  endsAtMinute: fc.integer({ min: NOW - 8000, max: NOW + 8000 }),
  range: fc.option(range),
  secret: bytes(SECRET_BYTES),
});

export const address = fc.oneof(fc.ipV4(), fc.constantFrom('fd00::17', '2001:db8::ffff:1', '::1'));
