import { UsageError } from '../model/fault.ts';

/** Mistakes that are said one by one; of more, only how many. */
const MOST_SAID = 20;

/** What could be read of a list of things, and what is wrong with the others, in order. */
export interface Sorted<T> {
  readonly good: readonly T[];
  readonly bad: readonly string[];
}

/** Reads each item; what a UsageError says of one is kept, so that all mistakes of a list are known at once. */
export const readEach = <I, T>(items: readonly I[], read: (item: I) => T): Sorted<T> => {
  const good: T[] = [];
  const bad: string[] = [];
  for (const item of items) {
    try {
      good.push(read(item));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      bad.push(error.message);
    }
  }
  return { good, bad };
};

/** Mistakes a line each: the first 20, and how many there are beyond. */
export const mistakeLines = (bad: readonly string[]): readonly string[] =>
  bad.length <= MOST_SAID
    ? bad
    : [...bad.slice(0, MOST_SAID), `and ${(bad.length - MOST_SAID).toLocaleString('en')} more like these`];

/** Throws a UsageError with a line for each mistake, when there is one. `hint` says what else can be done about a list. */
export const refuseBad = (bad: readonly string[], hint: string | null): void => {
  if (bad.length === 0) return;
  const lines = mistakeLines(bad);
  throw new UsageError((hint === null ? lines : [...lines, hint]).join('\n'));
};
