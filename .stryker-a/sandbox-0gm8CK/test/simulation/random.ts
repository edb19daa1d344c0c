/** Numbers drawn from a seed: the same seed always draws the same world. */
export interface Random {
  /** In [0, 1). */
  unit(): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  /** Whether something of this chance happens. */
  happens(chance: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

const mix = (hash: number, value: number): number => {
  let mixed = Math.imul(hash ^ value, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** A hash of whole numbers, 32 bits (the mixing steps of MurmurHash3). */
export const hashOf = (...values: readonly number[]): number => values.reduce(mix, 0x9747b28c);

/** Draws by splitmix32. */
export const randomOf = (seed: number): Random => {
  let state = hashOf(seed);
  const unit = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return hashOf(state) / 2 ** 32;
  };
  const whole = (from: number, to: number): number => from + Math.floor(unit() * (to - from + 1));
  return {
    unit,
    whole,
    happens: (chance) => unit() < chance,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
  };
};
