import fc from 'fast-check';

/** Any IPv4 address as a number. */
export const four = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });

/** IPv6 addresses as numbers: with runs of zeros in them, and any others. */
export const six = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  fc
    .array(fc.constantFrom(0n, 0n, 0n, 1n, 0xan, 0x10n, 0x100n, 0xffffn, 0xfe80n), {
      minLength: 8,
      maxLength: 8,
    })
    .map((words) => words.reduce<bigint>((number, word) => (number << 16n) | word, 0n)),
);
