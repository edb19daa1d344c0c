import { shownVerdict } from '../../../model/shown-verdict.ts';
import { oneLine, pad } from '../../../text/fit-text.ts';
import type { HostView } from '../../kit/host-view.ts';
import { BLANK, clipLine, type StyledLine, span, windowOf } from '../../kit/layout/line.ts';
import { stripCells, stripLine } from '../../kit/layout/port-strip.ts';
import { requirementCells } from '../../kit/layout/requirements.ts';
import { type SortColumn, sortMark } from '../../kit/sorting.ts';
import { REQUIREMENT, sureWords, VERDICT } from '../../kit/words.ts';
import { type CheckView, chosenHost, listedHosts } from '../check-state.ts';

/** Widths of the list's columns; zero leaves a column out. */
interface Columns {
  readonly name: number;
  readonly address: number;
  readonly strip: number;
  readonly verdict: number;
}

const MARK = 2;
const CELL = 7;
const ADDRESS = 16;
const LONG_VERDICT = 19;
const VERDICT_ONLY = 12;

/** Below this width the name needs the room more than the three states, which the host's page shows too. */
const CELLS_FIT = 60;
const cellWidth = (columns: number): number => (columns < CELLS_FIT ? 0 : CELL);

/** What is left after the fixed columns goes to the name first, then to a port map in each row. */
const share = (view: CheckView): Columns => {
  const { columns } = view;
  const address = columns >= 76 && view.hosts.some((host) => host.address !== host.title) ? ADDRESS : 0;
  const verdict = columns < 72 ? VERDICT_ONLY : LONG_VERDICT;
  const room = columns - MARK - address - 3 * cellWidth(columns) - verdict - 1;
  const longest = Math.max(16, ...view.hosts.map(({ title }) => title.length + 2));
  const name = Math.min(room, longest, columns >= 100 ? 40 : room);
  const strip = room - name >= 24 ? Math.min(80, room - name - 2) : 0;
  return { name: strip > 0 ? name : room, address, strip, verdict };
};

const header = (at: Columns, { columns, order }: CheckView): StyledLine => [
  span(' '.repeat(MARK)),
  span(pad(`Host${sortMark(order, 'host')}`, at.name), 'quiet'),
  span(pad('Address', at.address), 'quiet'),
  ...Object.values(REQUIREMENT).map(({ short }) => span(pad(short, cellWidth(columns)), 'quiet')),
  ...(at.strip > 0 ? [span(pad('Ports 1025-65535', at.strip), 'quiet'), span('  ')] : []),
  span(`Verdict${sortMark(order, 'verdict')}`, 'quiet'),
];

/** The column that the list is sorted by when its head is clicked here; null between the two that it can be sorted by. */
export const columnAt = (view: CheckView, column: number): SortColumn | null => {
  const at = share(view);
  if (column < MARK + at.name) return 'host';
  const strip = at.strip > 0 ? at.strip + 2 : 0;
  const verdict = MARK + at.name + at.address + 3 * cellWidth(view.columns) + strip;
  return column >= verdict ? 'verdict' : null;
};

const hostLine = (host: HostView, at: Columns, columns: number, isChosen: boolean): StyledLine => {
  const { report } = host;
  const name = pad(host.title, at.name - 1);
  return [
    span(pad(isChosen ? '►' : '', MARK), isChosen ? 'chosen' : 'plain'),
    span(`${name} `, isChosen ? 'chosen' : 'plain'),
    span(pad(oneLine(host.address ?? ''), Math.max(0, at.address - 1)).padEnd(at.address), 'quiet'),
    ...requirementCells(host).map(({ text, tone }) => span(pad(text, cellWidth(columns)), tone)),
    ...(at.strip > 0
      ? [...stripLine(stripCells(host.ports.values(), report?.ranges ?? [], at.strip)), span('  ')]
      : []),
    ...(report
      ? [
          span(VERDICT[shownVerdict(report)].word, VERDICT[shownVerdict(report)].tone),
          span(at.verdict > VERDICT_ONLY ? sureWords(report) : '', 'quiet'),
        ]
      : [span('probing', 'quiet')]),
  ];
};

/** The list of hosts, cut to `height` lines around the chosen one. Only rows that show are made. */
export const hostLines = (view: CheckView, height: number): StyledLine[] => {
  const chosen = chosenHost(view);
  const listed = listedHosts(view);
  const at = share(view);
  const place = listed.indexOf(chosen as HostView);
  const { from, to } = windowOf(listed.length, place, height - 1);
  const rows = listed
    .slice(from, to)
    .map((host) => clipLine(hostLine(host, at, view.columns, host === chosen), view.columns));
  return [height > 1 ? header(at, view) : BLANK, ...rows].slice(0, height);
};
