import type { FilterReport, HostReport } from '../../model/report.ts';
import { filterWords } from '../path-words.ts';
import { type Branch, el, plain, Slot, type Tree } from './tree.ts';

type Shape = 'start' | 'hop' | 'silent' | 'filter' | 'end' | 'cut';

const rail = (shape: Shape): Branch => {
  const line = (from: number, to: number, kind = 'rail'): Branch =>
    el('path', { class: kind, d: `M12 ${from}V${to}` });
  const dot = el('circle', { class: shape, cx: 12, cy: 14, r: shape === 'start' || shape === 'end' ? 6 : 4 });
  const parts: Readonly<Record<Shape, readonly Branch[]>> = {
    start: [line(14, 40), dot],
    hop: [line(0, 40), dot],
    silent: [line(0, 40, 'rail dashed'), dot],
    // A wall across the rail.
    filter: [line(0, 8), el('path', { class: 'wall', d: 'M1 11H23M1 17H23' }), line(20, 40, 'rail dashed')],
    end: [line(0, 14), dot],
    cut: [line(0, 14, 'rail dashed'), el('circle', { class: 'end cut', cx: 12, cy: 14, r: 6 })],
  };
  return el(
    'svg',
    { viewBox: '0 0 24 40', 'aria-hidden': 'true', preserveAspectRatio: 'xMidYMin slice' },
    parts[shape],
  );
};

const step = (shape: Shape, ...words: readonly (Tree | null)[]): Branch =>
  el('li', { class: shape }, rail(shape), el('div', {}, ...words));

const wall = (host: HostReport, filter: FilterReport): Branch =>
  step('filter', plain('strong', filterWords(host, filter)));

/**
 * The way to a host as a list with a drawing beside it: the expert, the hops, the target, and each filter where it sits.
 * Null when nothing is known of the way.
 */
export const pathDiagram = (host: HostReport): Branch | null => {
  const { path, address, target } = host;
  const { hops, filters } = path;
  if (hops.length === 0 && filters.length === 0) return null;
  const drawn = new Set<FilterReport>();
  const wallsAfter = (place: string | null): readonly Branch[] =>
    place === null
      ? []
      : filters
          .filter((filter) => filter.afterHop === place && !drawn.has(filter))
          .map((filter) => {
            drawn.add(filter);
            return wall(host, filter);
          });
  const way = hops
    // The last hop can be the target itself; it has a place of its own.
    .filter((hop, i) => !(i === hops.length - 1 && hop.address !== null && hop.address === address))
    .flatMap((hop) => [
      step(
        hop.address === null ? 'silent' : 'hop',
        plain('code', hop.address ?? '*'),
        el(
          'span',
          { class: 'soft' },
          hop.address === null
            ? ` hop ${hop.ttl}, no answer`
            : hop.rttMs === null
              ? ` hop ${hop.ttl}`
              : ` hop ${hop.ttl}, `,
          hop.rttMs === null ? null : new Slot(`${hop.rttMs.toFixed(1)} ms`),
        ),
      ),
      ...wallsAfter(hop.address),
    ]);
  const placeless = filters
    .filter((filter) => !drawn.has(filter) && filter.afterHop !== address)
    .map((filter) => wall(host, filter));
  const end = step(
    filters.length > 0 ? 'cut' : 'end',
    plain('strong', target),
    address === null || address === target ? null : ` (${address})`,
  );
  const inside = wallsAfter(address);
  return el(
    'ol',
    { class: 'path' },
    step('start', plain('strong', 'Expert'), ' (here)'),
    way,
    placeless,
    end,
    inside,
  );
};
