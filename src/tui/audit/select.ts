import type { AuditTargets, AuditView, Search } from './state.ts';

type Selection = Pick<AuditView, 'states' | 'filter' | 'search'>;

/** Whether filter and search let this host through. */
export const matches = ({ states, filter, search }: Selection, index: number): boolean =>
  (filter === null || states[index] === filter) && (search === null || search.hits[index] === 1);

/** The next host in this direction that filter and search let through, `from` itself not counted; null past the end. */
export const next = (selection: Selection, from: number, step: 1 | -1): number | null => {
  for (let at = from + step; at >= 0 && at < selection.states.length; at += step)
    if (matches(selection, at)) return at;
  return null;
};

/** The host of the list that stands for the cursor: itself, else the next one, else the one before; null in an empty list. */
export const chosenOf = (view: AuditView): number | null =>
  matches(view, view.cursor) ? view.cursor : (next(view, view.cursor, 1) ?? next(view, view.cursor, -1));

/** How many hosts are let through, and how many of them come before `index`. One pass over a byte a host. */
export const rankOf = (selection: Selection, index: number): { rank: number; total: number } => {
  let rank = 0;
  let total = 0;
  for (let at = 0; at < selection.states.length; at++) {
    if (!matches(selection, at)) continue;
    total++;
    if (at < index) rank++;
  }
  return { rank, total };
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
