/** Hosts that need the same openings: the set of their numbers as bits, and how many hosts. */
export interface Needing {
  readonly openings: bigint;
  readonly hosts: number;
}

/** Openings of which every order is tried: 4,096 sets. */
const MOST_EXACT = 12;
/** Sets that the greedy search weighs in each round, those of most hosts first. */
const MOST_WEIGHED = 64;

const isIn = (inner: bigint, outer: bigint): boolean => (inner & ~outer) === 0n;

/** Hosts that need nothing beside these openings. */
const readyWith = (classes: readonly Needing[], opened: bigint): number =>
  classes.reduce((sum, { openings, hosts }) => (isIn(openings, opened) ? sum + hosts : sum), 0);

const numbersIn = (set: bigint, count: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => ((set >> BigInt(i)) & 1n) === 1n);

/**
 * The order in which the counts after each step add up to most, by dynamic programming over all sets of openings: the best way to a
 * set is the best way to it without its last opening. Of equals the lower number goes first.
 */
const bestOrder = (classes: readonly Needing[], count: number): number[] => {
  const sets = 2 ** count;
  const best = new Float64Array(sets);
  const last = new Int8Array(sets);
  for (let set = 1; set < sets; set++) {
    let most = -1;
    for (let i = count - 1; i >= 0; i--) {
      const before = best[set & ~(1 << i)] ?? 0;
      if ((set & (1 << i)) === 0 || before <= most) continue;
      most = before;
      last[set] = i;
    }
    best[set] = most + readyWith(classes, BigInt(set));
  }
  const order: number[] = [];
  for (let set = sets - 1; set !== 0; set &= ~(1 << (last[set] ?? 0))) order.push(last[set] ?? 0);
  return order.toReversed();
};

/** Each round opens what a class of hosts still lacks where that makes most hosts ready for each opening. */
const greedyOrder = (classes: readonly Needing[], count: number): number[] => {
  const order: number[] = [];
  let opened = 0n;
  let left = classes.toSorted((a, b) => b.hosts - a.hosts);
  for (;;) {
    const weighed = left.slice(0, MOST_WEIGHED).map(({ openings }) => {
      const lacking = numbersIn(openings & ~opened, count);
      return { lacking, worth: readyWith(left, opened | openings) / lacking.length };
    });
    const [first, ...others] = weighed;
    if (!first) return order;
    const chosen = others.reduce((best, one) => (one.worth > best.worth ? one : best), first);
    order.push(...chosen.lacking);
    for (const number of chosen.lacking) opened |= 1n << BigInt(number);
    left = left.filter(({ openings }) => !isIn(openings, opened));
  }
};

/**
 * The order in which `count` openings, numbered from 0, make hosts ready soonest: the one whose counts after each step add up to most.
 * Exact for at most twelve openings, and where no host needs two; else greedy.
 */
export const orderOpenings = (
  classes: readonly Needing[],
  count: number,
): { readonly order: readonly number[]; readonly how: 'exact' | 'greedy' } => {
  if (count <= MOST_EXACT) return { order: bestOrder(classes, count), how: 'exact' };
  const isApart = classes.every(({ openings }) => (openings & (openings - 1n)) === 0n);
  // Without hosts that need two, the greedy search sorts by the number of hosts, and looks only at the largest: no order is better.
  return { order: greedyOrder(classes, count), how: isApart ? 'exact' : 'greedy' };
};
