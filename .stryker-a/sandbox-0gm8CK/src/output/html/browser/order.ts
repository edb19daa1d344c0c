import { element } from './elements.ts';
import {
  addressOf,
  type HostRow,
  letterAt,
  nameOf,
  otherNamesOf,
  reasonOf,
  rows,
  subnetOf,
  verdictOf,
  verdictWords,
} from './hosts.ts';

type Key = string | number;
/** How a column gives a key, and how two keys compare. */
type Column = readonly [keyOf: (row: HostRow) => Key, compare: (a: Key, b: Key) => number];

const collator = new Intl.Collator('en', { numeric: true });
const byText = (a: Key, b: Key): number => collator.compare(String(a), String(b));
const plain = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

/** IPv4 by number before IPv6 by text; hosts without an address last. */
const addressKey = (row: HostRow): string => {
  const address = addressOf(row);
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (four)
    return `a${four
      .slice(1)
      .map((part) => part.padStart(3, '0'))
      .join('')}`;
  return (address ? 'b' : 'c') + address;
};

/** Worst first. */
const stateKey =
  (place: number) =>
  (row: HostRow): number =>
    'fupn-'.indexOf(letterAt(row, place));

const COLUMNS = new Map<string, Column>([
  ['name', [nameOf, byText]],
  ['address', [addressKey, plain]],
  ['status', [(row) => 'bucrx'.indexOf(letterAt(row, 0)), plain]],
  ['endpoint-mapper', [stateKey(1), plain]],
  ['remote-desktop', [stateKey(2), plain]],
  ['dynamic-rpc', [stateKey(3), plain]],
  ['reason', [reasonOf, byText]],
]);

/** Sorts names as addresses: where most hosts were typed as such. */
export const sortNamesAsAddresses = (): void => {
  COLUMNS.set('name', [addressKey, plain]);
};

/** How the table is sorted: by a column, '' for the order of the report; `direction` -1 turns it round. Worst first at first. */
export const sorting = { column: 'status', direction: 1 };

let order: number[] = rows.map((_, i) => i);
let haystack: readonly string[] | null = null;

/** Sorts anew, as `sorting` says. */
export const sortRows = (): void => {
  order = rows.map((_, i) => i);
  const column = COLUMNS.get(sorting.column);
  if (!column) return;
  const [keyOf, compare] = column;
  const keys = rows.map(keyOf);
  order.sort((a, b) => sorting.direction * compare(keys[a] ?? '', keys[b] ?? '') || a - b);
};

const searchText = (row: HostRow): string =>
  [nameOf(row), addressOf(row), otherNamesOf(row), verdictWords(row), reasonOf(row)].join(' ').toLowerCase();

/** Numbers of the hosts that the search and the filters let through, in their order. */
export const listedRows = (): number[] => {
  const words = element('query', HTMLInputElement).value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdict = element('verdict', HTMLSelectElement).value;
  const subnet = element('net', HTMLSelectElement).value;
  if (words.length > 0) haystack ??= rows.map(searchText);
  return order.filter((i) => {
    const row = rows[i];
    if (!row || (verdict && verdictOf(row) !== verdict) || (subnet && subnetOf(row) !== subnet)) return false;
    return words.every((word) => haystack?.[i]?.includes(word));
  });
};
