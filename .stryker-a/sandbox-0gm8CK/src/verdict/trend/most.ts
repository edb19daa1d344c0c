/** The first `bound` of all values added, in the order of `compare`; the rest is only counted. */
export const mostOf = <T>(bound: number, compare: (a: T, b: T) => number) => {
  const kept: T[] = [];
  let count = 0;
  return {
    add: (value: T): void => {
      count += 1;
      const last = kept.at(-1);
      if (kept.length >= bound && (last === undefined || compare(value, last) >= 0)) return;
      let [low, high] = [0, kept.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compare(kept[middle] as T, value) <= 0) low = middle + 1;
        else high = middle;
      }
      kept.splice(low, 0, value);
      if (kept.length > bound) kept.pop();
    },
    list: (): Most<T> => ({ count, top: [...kept] }),
  };
};

/** A bounded list: `count` of all, `top` the first of them. */
export interface Most<T> {
  readonly count: number;
  readonly top: readonly T[];
}
