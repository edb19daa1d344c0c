import type { VantageStatus } from '../../../model/fleet.ts';
import { countedGrouped, grouped } from '../../../text/counts.ts';
import { aboutDuration } from '../../../text/duration.ts';
import { pad } from '../../../text/fit-text.ts';
import { tooSmall, typingLine } from '../../kit/layout/frame.ts';
import { BLANK, clipLine, edges, type StyledLine, span, windowOf } from '../../kit/layout/line.ts';
import { termLines } from '../../kit/layout/terms.ts';
import type { Place } from '../../kit/press.ts';
import { chosenVantage, type FleetView, listedVantages } from '../fleet-state.ts';
import { vantageLines } from './vantage-page.ts';

const SMALLEST = { columns: 40, rows: 8 } as const;
/** Head and a blank line, or head of the list; a line for what is wrong and the keys. */
const HEAD = 3;
const FOOT = 2;

const HELP: readonly (readonly [string, string])[] = [
  ['↑ ↓  k j', 'choose a vantage, scroll its page'],
  ['enter', 'open the chosen vantage, close it again'],
  ['← →  h l', 'previous and next vantage'],
  ['page up, page down', 'a page at a time (also b and space)'],
  ['home, end', 'first and last (also g and G)'],
  ['/', 'search vantages and workers; enter keeps, esc clears'],
  ['mouse', 'click a vantage; wheel'],
  ['?', 'this page'],
  ['q, esc', 'leave; the fleet goes on'],
];

const height = ({ rows }: FleetView): number => Math.max(1, rows - 1 - HEAD - FOOT);

const live = ({ workers }: VantageStatus): number => workers.filter((worker) => worker.live).length;

const rateOf = ({ workers }: VantageStatus): number =>
  workers.reduce((sum, worker) => sum + (worker.live && worker.inHand.length > 0 ? worker.rate : 0), 0);

const troubled = ({ workers }: VantageStatus): boolean =>
  workers.some((worker) => worker.live && worker.trouble !== null);

/** Widths of the columns behind the name. */
const COLUMNS = [
  ['Workers', 9],
  ['Rate/s', 9],
  ['Shards', 14],
  ['Done', 7],
  ['Left', 14],
] as const;

const nameWidth = ({ columns }: FleetView): number =>
  Math.max(8, columns - 2 - COLUMNS.reduce((sum, [, wide]) => sum + wide, 0));

const header = (view: FleetView): StyledLine => [
  span(pad('  Vantage', nameWidth(view) + 2), 'quiet'),
  ...COLUMNS.map(([title, wide]) => span(pad(title, wide), 'quiet')),
];

const rowOf = (vantage: VantageStatus, isChosen: boolean, view: FleetView): StyledLine => {
  const { name, run, queued, active } = vantage;
  const tone = isChosen ? 'chosen' : 'plain';
  const workers = live(vantage);
  const eta = run && run.etaSeconds !== null ? aboutDuration(run.etaSeconds) : '';
  const cells = [
    `${workers}${troubled(vantage) ? ' !' : ''}`,
    grouped(rateOf(vantage)),
    run
      ? `${grouped(run.shards.done)}/${grouped(run.shards.of)}`
      : queued + active > 0
        ? `${queued} wait`
        : '-',
    run ? `${Math.floor((100 * run.judged) / Math.max(1, run.hosts))} %` : 'no run',
    eta,
  ];
  return [
    span(isChosen ? '► ' : '  ', tone),
    span(pad(name, nameWidth(view) - 1).padEnd(nameWidth(view)), tone),
    ...cells.map((text, at) =>
      span(
        pad(text, COLUMNS[at]?.[1] ?? 0),
        at === 0 && (workers === 0 || troubled(vantage)) ? 'bad' : 'plain',
      ),
    ),
  ];
};

const headLines = (view: FleetView): StyledLine[] => {
  const { status, columns } = view;
  if (!status) return [[span('ra-preflight fleet', 'strong')], BLANK, BLANK];
  const { vantages, store, at } = status;
  const workers = vantages.reduce((sum, one) => sum + live(one), 0);
  const time = at.slice(11, 19);
  const counts = `  ${countedGrouped(vantages.length, 'vantage')}, ${countedGrouped(workers, 'worker')}`;
  const left = [span('ra-preflight fleet', 'strong'), span(counts), span(`  ${store}`, 'quiet')];
  const chosen = chosenVantage(view);
  return [
    edges(left, [span(`${time} UTC`, 'quiet')], columns),
    BLANK,
    view.page === 'list'
      ? header(view)
      : view.page === 'vantage' && chosen
        ? [span(chosen.name, 'chosen')]
        : BLANK,
  ];
};

const shownRange = (view: FleetView) => {
  const listed = listedVantages(view);
  const chosen = chosenVantage(view);
  return { listed, chosen, ...windowOf(listed.length, chosen ? listed.indexOf(chosen) : 0, height(view)) };
};

/** The vantage whose row is clicked here; null for none. */
export const vantageAt = (view: FleetView, { row }: Place): string | null => {
  if (view.page !== 'list' || row < HEAD) return null;
  const { listed, from, to } = shownRange(view);
  const place = from + row - HEAD;
  return place < to ? (listed[place]?.name ?? null) : null;
};

const pageLines = (view: FleetView): StyledLine[] => {
  if (view.page === 'help') return termLines(HELP, view.columns);
  const chosen = chosenVantage(view);
  return chosen ? vantageLines(chosen, view.columns) : [];
};

/** The last sensible first line of the page that scrolls, and how many lines a page has. */
export const scrollLimits = (view: FleetView): { readonly last: number; readonly page: number } => ({
  last: Math.max(0, pageLines(view).length - height(view)),
  page: height(view),
});

const listLines = (view: FleetView): StyledLine[] => {
  if (!view.status) return [[span('Looking', 'quiet')]];
  if (view.status.vantages.length === 0) return [[span('No vantage has had a worker', 'quiet')]];
  const { listed, chosen, from, to } = shownRange(view);
  if (listed.length === 0) return [[span('No such vantage; esc shows all', 'quiet')]];
  return listed.slice(from, to).map((one) => rowOf(one, one === chosen, view));
};

const footLine = (view: FleetView): StyledLine => {
  if (view.isTyping) return typingLine(view.search, 'enter keeps   esc clears', view.columns);
  const keys = {
    list: 'enter open   ↑↓ choose   / search   ? help   q leave',
    vantage: 'esc list   ↑↓ scroll   ←→ vantage   ? help   q leave',
    help: 'esc back   ↑↓ scroll   q leave',
  }[view.page];
  return [span(keys, 'quiet')];
};

/** The whole screen as lines: never more than `rows - 1` of them, none wider than `columns`. */
export const fleetLayout = (view: FleetView): StyledLine[] => {
  const small = tooSmall(view, SMALLEST);
  if (small) return small;
  const lines =
    view.page === 'list' ? listLines(view) : pageLines(view).slice(view.scroll, view.scroll + height(view));
  const filler = Array.from({ length: Math.max(0, height(view) - lines.length) }, () => BLANK);
  const note: StyledLine = view.failure === null ? BLANK : [span(view.failure, 'bad')];
  return [...headLines(view), ...lines, ...filler, note, footLine(view)].map((line) =>
    clipLine(line, view.columns),
  );
};
