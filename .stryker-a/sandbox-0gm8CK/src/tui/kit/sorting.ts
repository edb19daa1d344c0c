/** What a list is sorted by: as the run has its hosts, by names, or the worst news first. */
export type SortColumn = 'run' | 'host' | 'verdict';

/** How a list is sorted. */
export interface Sorting {
  readonly by: SortColumn;
  readonly reversed: boolean;
}

/** The order of the run. */
export const AS_THE_RUN: Sorting = { by: 'run', reversed: false };

/** Sorted by this column, the other way round when it was already. */
export const turned = ({ by, reversed }: Sorting, wanted: SortColumn): Sorting => ({
  by: wanted,
  reversed: by === wanted && !reversed,
});

const COLUMNS: readonly SortColumn[] = ['run', 'verdict', 'host'];

/** The columns in the order in which a key goes through them. */
export const nextColumn = ({ by }: Sorting, columns = COLUMNS): SortColumn =>
  columns[(columns.indexOf(by) + 1) % columns.length] ?? 'run';

/** What names are sorted by. Numbers in a name count as numbers: pc-9 before pc-10, 10.0.2.1 before 10.0.10.1. */
export const nameKey = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));

/** An arrow behind the name of the column that a list is sorted by. */
export const sortMark = ({ by, reversed }: Sorting, column: SortColumn): string =>
  by === column ? ` ${reversed ? '▲' : '▼'}` : '';

const WORDS: Readonly<Record<SortColumn, readonly [string, string]>> = {
  run: ['', 'last of the run first'],
  host: ['by name', 'by name, reversed'],
  verdict: ['worst first', 'best first'],
};

/** How a list is sorted, in words; empty when it is as the run has it. */
export const sortWords = ({ by, reversed }: Sorting): string => WORDS[by][reversed ? 1 : 0];
