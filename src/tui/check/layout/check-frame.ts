import { CLEAR_SO_FAR } from '../../../model/report.ts';
import { SHOWN_WORDS, shownVerdict } from '../../../model/shown-verdict.ts';
import { countedGrouped } from '../../../text/counts.ts';
import { latencyWords } from '../../../text/duration.ts';
import { oneLine, pad, width } from '../../../text/fit-text.ts';
import type { HostView } from '../../kit/host-view.ts';
import { commandLines } from '../../kit/layout/command.ts';
import { AIRY, marginOf, noteLine, tooSmall, typingLine } from '../../kit/layout/frame.ts';
import { detailLines, previewLines, titleLine } from '../../kit/layout/host-detail.ts';
import { keyLine, placeSpans, scrollPlace } from '../../kit/layout/key-line.ts';
import {
  BLANK,
  clipLine,
  edges,
  lineWidth,
  plainText,
  type Span,
  type StyledLine,
  span,
  windowOf,
} from '../../kit/layout/line.ts';
import type { Place } from '../../kit/press.ts';
import { type SortColumn, sortWords } from '../../kit/sorting.ts';
import { clock, VERDICT } from '../../kit/words.ts';
import { type CheckView, chosenHost, listedHosts } from '../check-state.ts';
import { checkHelpLines } from './check-help.ts';
import { columnAt, hostLines } from './host-list.ts';

/** The smallest screen that is drawn on, cells. */
export const SMALLEST = { columns: 40, rows: 12 } as const;
/** Header, its bar and a blank line; a line for notices and the keys. */
const HEAD = 3;
const FOOT = 2;
/** The chosen host is shown under the list when at least so many lines are left for it. */
const PREVIEW = 9;

const answered = (host: HostView): number =>
  [...host.ports.values()].filter(({ state }) => state !== null).length;

/** Share of the run that is done, 0 to 1. A host counts as done when it has been judged, not when its ports are. */
export const progress = (view: CheckView): number => {
  if (view.finished) return 1;
  const done = view.hosts.reduce(
    (sum, host) =>
      sum + (host.report ? 1 : host.ports.size > 0 ? (0.95 * answered(host)) / host.ports.size : 0),
    0,
  );
  return Math.min(1, done / Math.max(1, view.expected, view.hosts.length));
};

const verdictCounts = (view: CheckView, isBrief: boolean): Span[] =>
  (['blocked', 'undetermined', CLEAR_SO_FAR, 'unreachable', 'ready'] as const).flatMap((verdict) => {
    const n = view.hosts.filter(({ report }) => report && shownVerdict(report) === verdict).length;
    return n === 0
      ? []
      : [
          span(`${n} ${isBrief ? VERDICT[verdict].brief : SHOWN_WORDS[verdict]}`, VERDICT[verdict].tone),
          span('  '),
        ];
  });

const progressWords = (view: CheckView): string => {
  if (view.expected > 1) {
    const judged = view.hosts.filter(({ report }) => report !== null).length;
    return `${judged} of ${countedGrouped(view.expected, 'host')}`;
  }
  const asked = view.hosts.reduce((sum, host) => sum + host.ports.size, 0);
  return asked === 0
    ? ''
    : `${view.hosts.reduce((sum, host) => sum + answered(host), 0)} of ${countedGrouped(asked, 'port')}`;
};

const headLines = (view: CheckView): StyledLine[] => {
  const { columns, finished, run } = view;
  const time = run && 'durationMs' in run ? latencyWords(run.durationMs) : clock(view.now - view.startedAt);
  const right = span(finished && columns >= AIRY ? `done in ${time}` : time, finished ? 'plain' : 'quiet');
  const name = columns >= AIRY || view.expected < 2 ? [span('ra-preflight', 'strong'), span('  ')] : [];
  const counted = (isBrief: boolean): Span[] => [...name, ...verdictCounts(view, isBrief).slice(0, -1)];
  const room = columns - lineWidth([right]);
  const left = view.expected < 2 ? name : counted(lineWidth(counted(false)) > room);
  const from = run ? span(`from ${oneLine(run.vantage)}, engine ${run.engine}`, 'quiet') : span('');
  const whole = view.expected < 2 ? [...left, from] : [...left, span('  '), from];
  const fits = lineWidth([...whole, right]) < columns;
  const asked = progressWords(view);
  const words = pad(asked, Math.max(columns >= AIRY ? 18 : 13, width(asked)), 'right');
  const bar = columns - words.length - 1;
  const filled = Math.floor(progress(view) * bar);
  return [
    edges(fits ? whole : left, [right], columns),
    [span('━'.repeat(filled), 'good'), span('─'.repeat(bar - filled), 'quiet'), span(` ${words}`, 'quiet')],
    BLANK,
  ];
};

/** The keys of the page, the least needed before the last two. */
const keysOf = (view: CheckView): string[] => {
  const scroll = '↑↓ scroll';
  const host = [scroll, ...(view.found === '' ? [] : ['n next']), 'y copy', 'Y commands'];
  const moves = {
    help: [scroll, 'esc back'],
    command: ['y copy', 'esc back'],
    hosts: [
      'enter open',
      '↑↓ choose',
      view.search === '' ? '/ search' : 'esc all hosts',
      's sort',
      'y c copy',
      'x command',
    ],
    host: view.expected > 1 ? ['esc list', ...host, '←→ host'] : [...host, '/ find', 'x command'],
  }[view.page];
  return [...moves, ...(view.behind ? [] : ['? help']), view.finished ? 'q leave' : 'q quit'];
};

const footLine = (view: CheckView, place: string): StyledLine => {
  if (view.typing !== null) return typingLine(view.typing, 'enter keeps   esc clears', view.columns);
  if (!view.stopping || view.finished) return keyLine(keysOf(view), place, view.columns);
  const left = span('Stopping: the results so far follow', 'doubt');
  return edges([left], placeSpans(place, view.columns - width(left.text)), view.columns);
};

const WAITING: StyledLine = [span('Waiting for the first host', 'quiet')];
const NONE: StyledLine = [span('No such host; esc shows all', 'quiet')];

const inner = (view: CheckView): number => view.rows - 1 - HEAD - FOOT;

const vantageOf = (view: CheckView): string => view.run?.vantage ?? '';

const pageLines = (view: CheckView): StyledLine[] => {
  if (view.page === 'help') return checkHelpLines(view.columns);
  if (view.page === 'command') return commandLines(view.commands, view.columns);
  const host = chosenHost(view);
  return host ? detailLines(host, view.columns, vantageOf(view)) : [];
};

/** Height of the page that scrolls: title and a blank line stand above the host page. */
const pageHeight = (view: CheckView): number => inner(view) - (view.page === 'host' ? 2 : 0);

const withinMargins = (view: CheckView): CheckView => ({
  ...view,
  columns: view.columns - 2 * marginOf(view),
});

/** The last sensible first line of the page that is shown, and how many lines a page has. */
export const scrollLimits = (view: CheckView): { last: number; page: number } => {
  const page = Math.max(1, pageHeight(view));
  return { last: Math.max(0, pageLines(withinMargins(view)).length - page), page };
};

const has = (line: StyledLine, wanted: string): boolean => plainText(line).toLowerCase().includes(wanted);

/** The lines of the page that scrolls which have a text in them, by number. Letter case does not count. */
export const linesWith = (view: CheckView, text: string): number[] => {
  const wanted = text.trim().toLowerCase();
  return wanted === ''
    ? []
    : pageLines(withinMargins(view)).flatMap((line, at) => (has(line, wanted) ? [at] : []));
};

/** What is looked for stands out, line by line, without colours too. */
const marked = (lines: readonly StyledLine[], { found }: CheckView): StyledLine[] => {
  const wanted = found.trim().toLowerCase();
  return lines.map((line) => {
    if (wanted === '' || !has(line, wanted)) return line;
    return [span(`►${plainText(line).replace(/^ /, '')}`, 'chosen')];
  });
};

const scrolled = (view: CheckView): { lines: StyledLine[]; place: string } => {
  const all = pageLines(view);
  const height = pageHeight(view);
  const from = Math.max(0, Math.min(view.scroll, all.length - height));
  const to = Math.min(all.length, from + height);
  return {
    lines: marked(all.slice(from, to), view),
    place: scrollPlace(from, to, all.length),
  };
};

/** Lines of the list with its head: fewer where the chosen host is shown under it. */
const listHeight = (view: CheckView): number => {
  const height = inner(view);
  const wanted = listedHosts(view).length + 1;
  const short = Math.min(wanted, Math.max(4, Math.floor(height / 3)));
  return height - short > PREVIEW ? short : height;
};

/** What a click on this place of the screen means: a host to open, the title of an open one, or a column to sort by. */
export const hitAt = (
  view: CheckView,
  { row, column }: Place,
): HostView | 'title' | { readonly sort: SortColumn } | null => {
  if (view.page === 'host' && row === HEAD) return 'title';
  if (view.page !== 'hosts' || row < HEAD || row >= HEAD + inner(view)) return null;
  if (row === HEAD) {
    const by = columnAt(withinMargins(view), column - marginOf(view));
    return by && { sort: by };
  }
  const listed = listedHosts(view);
  const chosen = chosenHost(view);
  if (!chosen) return null;
  const height = listHeight(view);
  const { from, to } = windowOf(listed.length, listed.indexOf(chosen), height - 1);
  const place = from + row - HEAD - 1;
  if (place < to) return listed[place] ?? null;
  return row > HEAD + Math.min(height, listed.length + 1) ? chosen : null;
};

const hostsPage = (view: CheckView): { lines: StyledLine[]; place: string } => {
  const height = inner(view);
  const host = chosenHost(view);
  if (!host) return { lines: [view.search.trim() === '' ? WAITING : NONE], place: '' };
  const list = hostLines(view, listHeight(view));
  const listed = listedHosts(view);
  const all = view.search.trim() === '' ? Math.max(view.expected, view.hosts.length) : listed.length;
  const among = view.search.trim() === '' ? '' : ` with "${oneLine(view.search)}"`;
  const order = sortWords(view.order);
  const sorted = order === '' ? '' : `, ${order}`;
  const place = all > 1 || among !== '' ? `${listed.indexOf(host) + 1} of ${all}${among}${sorted}` : '';
  const left = height - list.length - 1;
  if (left < PREVIEW) return { lines: list, place };
  const preview = previewLines(host, view.columns, vantageOf(view), left - 2);
  return {
    lines: [...list, BLANK, titleLine(host, view.columns), BLANK, ...preview],
    place,
  };
};

const hostPage = (view: CheckView): { lines: StyledLine[]; place: string } => {
  const host = chosenHost(view);
  const { lines, place } = scrolled(view);
  return { lines: host ? [titleLine(host, view.columns), BLANK, ...lines] : [WAITING], place };
};

const wholeScreen = (view: CheckView): StyledLine[] => {
  const { lines, place } = view.behind
    ? scrolled(view)
    : view.page === 'host'
      ? hostPage(view)
      : hostsPage(view);
  const filler = Array.from({ length: Math.max(0, inner(view) - lines.length) }, () => BLANK);
  return [
    ...headLines(view),
    ...lines.slice(0, inner(view)),
    ...filler,
    noteLine(view.notices),
    footLine(view, place),
  ];
};

/** The whole screen as lines: never more than `rows - 1` of them, none wider than `columns`. */
export const checkLayout = (view: CheckView): StyledLine[] => {
  const { columns } = view;
  const small = tooSmall(view, SMALLEST);
  if (small) return small;
  const margin = marginOf(view);
  return wholeScreen(withinMargins(view)).map((line) =>
    line.length === 0 ? line : [span(' '.repeat(margin)), ...clipLine(line, columns - 2 * margin)],
  );
};
