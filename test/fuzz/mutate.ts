import fc from 'fast-check';

/** Numbers that lengths and counts go wrong at. */
const EDGES = [
  0, 1, 2, 3, 4, 15, 16, 27, 28, 63, 64, 65, 127, 128, 255, 256, 500, 501, 5840, 5841, 0x7fff, 0xffff,
];
const WIDE_EDGES = [...EDGES, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

interface Change {
  readonly kind: 'bit' | 'byte' | 'u16' | 'u32' | 'cut' | 'drop' | 'repeat' | 'insert';
  /** Share of the input's length in 2^24 parts, so that the same change fits inputs of any size. */
  readonly at: number;
  readonly size: number;
  readonly value: number;
  readonly little: boolean;
}

const PARTS = 2 ** 24;

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('bit', 'byte', 'u16', 'u32', 'cut', 'drop', 'repeat', 'insert'),
  // Not a double: those are drawn evenly from all there are, and nearly all below 1 are next to 0, the first byte.
  at: fc.nat(PARTS - 1),
  size: fc.integer({ min: 1, max: 40 }),
  value: fc.oneof(fc.constantFrom(...WIDE_EDGES), fc.nat(255), fc.nat(0xffff)),
  little: fc.boolean(),
});

const integer = (value: number, size: number, little: boolean): number[] => {
  const octets = Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** at) % 256);
  return little ? octets : octets.reverse();
};

/** Fields of NDR sit on multiples of their size, those of a tower anywhere: both, by the luck of `at`. */
const overwrite = (bytes: Buffer, at: number, octets: readonly number[]): Buffer => {
  const from = at % 5 < 2 ? at : at - (at % octets.length);
  const copy = Buffer.from(bytes);
  copy.set(octets.slice(0, copy.length - from), from);
  return copy;
};

const apply = (bytes: Buffer, { kind, at: share, size, value, little }: Change): Buffer => {
  if (bytes.length === 0) return kind === 'insert' ? Buffer.alloc(size, value) : bytes;
  const at = Math.floor((share / PARTS) * bytes.length);
  switch (kind) {
    case 'bit':
      return overwrite(bytes, at, [(bytes[at] ?? 0) ^ (1 << (value % 8))]);
    case 'byte':
      return overwrite(bytes, at, [value % 256]);
    case 'u16':
      return overwrite(bytes, at, integer(value % 0x10000, 2, little));
    case 'u32':
      return overwrite(bytes, at, integer(value, 4, little));
    case 'cut':
      return bytes.subarray(0, at);
    case 'drop':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, at + size), bytes.subarray(at)]);
    case 'insert':
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(size, value), bytes.subarray(at)]);
  }
};

/** Inputs that were real once and then were damaged in up to eight places, and some that were never anything. */
export const damaged = (seeds: readonly Buffer[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 8 }))
        .map(([seed, changes]) => changes.reduce(apply, seed)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  );
