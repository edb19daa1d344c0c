import { CODE } from '../kit/host-code.ts';
import type { AuditTargets, AuditView, Search } from './audit-state.ts';

type Selection = Pick<AuditView, 'states' | 'filter' | 'search' | 'order'>;

/** Whether filter and search let this host through. */
export const matches = ({ states, filter, search }: Omit<Selection, 'order'>, index: number): boolean =>
  (filter === null || states[index] === filter) && (search === null || search.hits[index] === 1);

/** The next place of `value` beyond `from`; -1 past the end. The engine's own search reads a million bytes in 50 us. */
const seek = (bytes: Uint8Array, value: number, from: number, step: 1 | -1): number => {
  if (step === 1) return bytes.indexOf(value, from + 1);
  return from > 0 ? bytes.lastIndexOf(value, from - 1) : -1;
};

/** The next host of one code that the search lets through; -1 past the end. */
const seekFound = ({ states, search }: Selection, code: number, from: number, step: 1 | -1): number => {
  let at = seek(states, code, from, step);
  while (at >= 0 && search !== null && search.hits[at] !== 1) at = seek(states, code, at, step);
  return at;
};

const nextOfRun = (selection: Selection, from: number, step: 1 | -1): number => {
  const { states, filter, search } = selection;
  if (filter !== null) return seekFound(selection, filter, from, step);
  if (search !== null) return seek(search.hits, 1, from, step);
  return from + step < states.length ? from + step : -1;
};

const HIGHEST = CODE.blocked;

/** Highest codes, the worst news, first; hosts of one code in the order of the run. `from` -1: before all, or behind all. */
const nextByVerdict = (selection: Selection, from: number, step: 1 | -1): number => {
  const { states, filter } = selection;
  if (filter !== null) return nextOfRun(selection, from < 0 && step < 0 ? states.length : from, step);
  const start = from < 0 ? (step > 0 ? HIGHEST + 1 : -1) : (states[from] ?? 0);
  const found = from < 0 ? -1 : seekFound(selection, start, from, step);
  if (found >= 0) return found;
  for (let code = start - step; code >= 0 && code <= HIGHEST; code -= step) {
    const at = seekFound(selection, code, step > 0 ? -1 : states.length, step);
    if (at >= 0) return at;
  }
  return -1;
};

const nextByHost = (
  selection: Selection,
  { hosts, places }: NonNullable<Selection['order']['names']>,
  from: number,
  step: 1 | -1,
): number => {
  let place = (from < 0 ? (step > 0 ? -1 : hosts.length) : (places[from] ?? 0)) + step;
  while (place >= 0 && place < hosts.length && !matches(selection, hosts[place] ?? 0)) place += step;
  return hosts[place] ?? -1;
};

/** The host beyond `from`, which is a host or -1 for either end; -1 past the end. */
const beyond = (selection: Selection, from: number, direction: 1 | -1): number => {
  const { by, reversed, names } = selection.order;
  const step = reversed ? (-direction as 1 | -1) : direction;
  if (by === 'verdict') return nextByVerdict(selection, from, step);
  if (by === 'host' && names) return nextByHost(selection, names, from, step);
  return nextOfRun(selection, from < 0 && step < 0 ? selection.states.length : from, step);
};

/** The next host in this direction that filter and search let through, `from` itself not counted; null past the end. */
export const next = (selection: Selection, from: number, direction: 1 | -1): number | null => {
  const at = beyond(selection, from, direction);
  return at < 0 ? null : at;
};

/** The first host of the list, or the last one; null in an empty list. */
export const endOf = (selection: Selection, direction: 1 | -1): number | null =>
  next(selection, -1, direction === 1 ? -1 : 1);

/** The host of the list that stands for the cursor: itself, else the next one, else the one before; null in an empty list. */
export const chosenOf = (view: AuditView): number | null =>
  matches(view, view.cursor) ? view.cursor : (next(view, view.cursor, 1) ?? next(view, view.cursor, -1));

/** Whether a host stands before another in the list as it is sorted, were it not reversed. */
const comesBefore = (
  { states, order: { by, names } }: Selection,
  index: number,
): ((at: number) => boolean) => {
  if (by === 'host' && names) return (at) => (names.places[at] ?? 0) < (names.places[index] ?? 0);
  if (by === 'run') return (at) => at < index;
  const code = states[index] ?? 0;
  return (at) => (states[at] ?? 0) > code || (states[at] === code && at < index);
};

/** How many hosts are let through, and how many of them come before `index`. */
export const rankOf = (selection: Selection, index: number): { rank: number; total: number } => {
  const { states, filter, search, order } = selection;
  const size = states.length;
  if (filter === null && search === null && order.by === 'run')
    return { rank: order.reversed ? size - 1 - index : index, total: size };
  // One pass over one or two arrays: some milliseconds for a million.
  const hits = search?.hits ?? null;
  const isBefore = comesBefore(selection, index);
  let rank = 0;
  let total = 0;
  for (let at = 0; at < size; at++) {
    if ((filter !== null && states[at] !== filter) || (hits !== null && hits[at] !== 1)) continue;
    total++;
    if (isBefore(at)) rank++;
  }
  return { rank: order.reversed && total > 0 ? total - 1 - rank : rank, total };
};

/** Up to `height` hosts of the list around `chosen`, which is in the middle where it can be. */
export const around = (selection: Selection, chosen: number, height: number): number[] => {
  const shown = [chosen];
  const grow = (step: 1 | -1, until: number): void => {
    while (shown.length < until) {
      const edge = step === 1 ? shown.at(-1) : shown[0];
      const found = edge === undefined ? null : next(selection, edge, step);
      if (found === null) return;
      if (step === 1) shown.push(found);
      else shown.unshift(found);
    }
  };
  grow(-1, Math.floor(height / 2) + 1);
  grow(1, height);
  grow(-1, height);
  return shown.slice(0, Math.max(0, height));
};

/** The hosts of the list in its order, `most` at most. */
export const listed = (selection: Selection, most: number): number[] => {
  const all: number[] = [];
  for (let at = endOf(selection, -1); at !== null && all.length < most; at = next(selection, at, 1))
    all.push(at);
  return all;
};

/** A search before anything was looked at. */
export const newSearch = (text: string, size: number): Search => ({
  text,
  scanned: 0,
  hits: new Uint8Array(size),
});

/** The search with up to `most` more hosts looked at. The same object when all have been. Letter case does not count. */
export const extendSearch = (search: Search, { size, textOf }: AuditTargets, most: number): Search => {
  if (search.scanned >= size) return search;
  const hits = search.hits.slice();
  const wanted = search.text.toLowerCase();
  const end = Math.min(size, search.scanned + most);
  for (let at = search.scanned; at < end; at++) if (textOf(at).toLowerCase().includes(wanted)) hits[at] = 1;
  return { ...search, scanned: end, hits };
};
