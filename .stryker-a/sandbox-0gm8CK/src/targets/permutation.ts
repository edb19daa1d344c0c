/** Most numbers that can be shuffled: one for every IPv4 address. */
const MOST = 2 ** 32;
/** Even, so that both halves end where they began. Four mix well (masscan's Blackrock); six cost little more. */
const ROUNDS = 6;

/** The finalizer of MurmurHash3: every bit of the input changes half of the output. Stays within 32 bits. */
const mix = (input: number): number => {
  let hash = input | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const keysOf = (seed: number): readonly number[] => {
  const high = Math.floor(seed / 2 ** 32);
  return Array.from({ length: ROUNDS }, (_, round) =>
    mix(mix(mix(seed) ^ high) + Math.imul(round + 1, 0x9e3779b9)),
  );
};

/**
 * A seeded order of 0..size-1 without a list: a bijection from position to number, at no cost of memory. A Feistel network
 * over two halves of about sqrt(size) values, as in masscan's Blackrock; what falls outside of size is sent through again
 * until it falls inside. The same size and seed give the same order for ever, as a journal keeps only positions.
 * size: 0 to 2^32. seed: any safe integer. Throws RangeError for others, and for a position outside.
 */
export const permutation = (size: number, seed: number): ((position: number) => number) => {
  if (!Number.isInteger(size) || size < 0 || size > MOST) throw new RangeError(`size ${size}`);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed ${seed}`);
  const left = Math.max(1, Math.floor(Math.sqrt(size)));
  const right = Math.max(1, Math.ceil(size / left));
  const keys = keysOf(seed);
  const once = (number: number): number => {
    let a = number % left;
    let b = Math.floor(number / left);
    for (let round = 0; round < ROUNDS; round += 1) {
      const modulus = round % 2 === 0 ? left : right;
      const next = (a + mix(b ^ (keys[round] ?? 0))) % modulus;
      a = b;
      b = next;
    }
    return left * b + a;
  };
  return (position) => {
    if (!Number.isInteger(position) || position < 0 || position >= size) {
      throw new RangeError(`position ${position} of ${size}`);
    }
    let number = once(position);
    while (number >= size) number = once(number);
    return number;
  };
};
