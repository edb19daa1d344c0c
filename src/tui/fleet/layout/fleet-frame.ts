import type { VantageStatus } from '../../../model/fleet.ts';
import { countedGrouped, grouped } from '../../../text/counts.ts';
import { aboutDuration } from '../../../text/duration.ts';
import { pad } from '../../../text/fit-text.ts';
import { tooSmall, typingLine } from '../../kit/layout/frame.ts';
import { keyLine, scrollPlace } from '../../kit/layout/key-line.ts';
import { BLANK, clipLine, edges, lineWidth, type StyledLine, span, windowOf } from '../../kit/layout/line.ts';
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

/** A column behind the name, the least screen on which it stands, and what it says of a vantage. */
interface Column {
  readonly title: string;
  readonly wide: number;
  readonly from?: number;
  readonly said: (vantage: VantageStatus) => string;
}

const shardsOf = ({ run, queued, active }: VantageStatus): string => {
  if (run) return `${grouped(run.shards.done)}/${grouped(run.shards.of)}`;
  return queued + active > 0 ? `${queued} wait` : '-';
};

const doneOf = ({ run }: VantageStatus): string =>
  run ? `${Math.floor((100 * run.judged) / Math.max(1, run.hosts))} %` : 'no run';

const leftOf = ({ run }: VantageStatus): string =>
  run && run.etaSeconds !== null ? aboutDuration(run.etaSeconds) : '';

const WORKERS: Column = {
  title: 'Workers',
  wide: 9,
  said: (vantage) => `${live(vantage)}${troubled(vantage) ? ' !' : ''}`,
};
const COLUMNS: readonly Column[] = [
  WORKERS,
  { title: 'Rate/s', wide: 9, from: 64, said: (vantage) => grouped(rateOf(vantage)) },
  { title: 'Shards', wide: 14, from: 64, said: shardsOf },
  { title: 'Done', wide: 7, said: doneOf },
  { title: 'Left', wide: 12, said: leftOf },
];

const columnsOf = ({ columns }: FleetView): readonly Column[] =>
  COLUMNS.filter(({ from }) => from === undefined || columns >= from);

const nameWidth = (view: FleetView): number =>
  Math.max(8, view.columns - 2 - columnsOf(view).reduce((sum, { wide }) => sum + wide, 0));

const header = (view: FleetView): StyledLine => [
  span(pad('  Vantage', nameWidth(view) + 2), 'quiet'),
  ...columnsOf(view).map(({ title, wide }) => span(pad(title, wide), 'quiet')),
];

const rowOf = (vantage: VantageStatus, isChosen: boolean, view: FleetView): StyledLine => {
  const tone = isChosen ? 'chosen' : 'plain';
  const isBad = live(vantage) === 0 || troubled(vantage);
  return [
    span(isChosen ? '► ' : '  ', tone),
    span(pad(vantage.name, nameWidth(view) - 1).padEnd(nameWidth(view)), tone),
    ...columnsOf(view).map((column) =>
      span(pad(column.said(vantage), column.wide), column === WORKERS && isBad ? 'bad' : 'plain'),
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
  const name = [span('ra-preflight fleet', 'strong'), span(counts)];
  const whole = [...name, span(`  ${store}`, 'quiet')];
  const right = [span(`${time} UTC`, 'quiet')];
  // Where there is no room the store goes, then the name of the program.
  const left = [whole, name].find((one) => lineWidth(one) + 1 + lineWidth(right) <= columns) ?? [
    span(counts.trim()),
  ];
  const chosen = chosenVantage(view);
  return [
    edges(left, right, columns),
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

const placeOf = (view: FleetView): string => {
  const all = view.page === 'list' ? 0 : pageLines(view).length;
  return scrollPlace(view.scroll, Math.min(all, view.scroll + height(view)), all);
};

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
    list: ['enter open', '↑↓ choose', '/ search', '? help', 'q leave'],
    vantage: ['esc list', '↑↓ scroll', '←→ vantage', '? help', 'q leave'],
    help: ['esc back', '↑↓ scroll', 'q leave'],
  }[view.page];
  return keyLine(keys, placeOf(view), view.columns);
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
