import { oneLine, wrap } from '../../../text/fit-text.ts';
import { whyWords } from '../../kit/explain.ts';
import { isJudged } from '../../kit/host-code.ts';
import { commandLines } from '../../kit/layout/command.ts';
import { marginOf, noteLine, tooSmall, typingLine } from '../../kit/layout/frame.ts';
import { detailLines, titleLine } from '../../kit/layout/host-detail.ts';
import { keyLine, scrollPlace } from '../../kit/layout/key-line.ts';
import {
  BLANK,
  clipLine,
  edges,
  lineWidth,
  type Span,
  type StyledLine,
  span,
} from '../../kit/layout/line.ts';
import { sureWords } from '../../kit/words.ts';
import { type AuditView, chosenGroup, type MainPage, reportAt } from '../audit-state.ts';
import { cellOf } from '../cell-words.ts';
import {
  cursorCell,
  innerColumns,
  isRoomy,
  mapGeometry,
  pageHeight,
  previewHeight,
  SMALLEST,
} from '../geometry.ts';
import { previewedHost } from '../move.ts';
import { auditHelpLines } from './audit-help.ts';
import { listLines, listPlace, listWords } from './audit-list.ts';
import { findingDetail, findingLines, findingPlace } from './findings.ts';
import { headLines } from './head.ts';
import { mapLines, mapPlace } from './host-map.ts';

/** The lines of a page that scrolls, all of them; null for pages that have a cursor instead. */
const scrollingLines = (view: AuditView): StyledLine[] | null => {
  if (view.overlay === 'help') return auditHelpLines(innerColumns(view));
  if (view.overlay === 'command') return commandLines(view.commands, innerColumns(view));
  if (!view.isOpen) return null;
  if (view.page === 'findings') {
    const group = chosenGroup(view);
    return group ? findingDetail(group, innerColumns(view)) : [];
  }
  const host = view.opened?.index === view.cursor ? view.opened.host : null;
  if (host) return detailLines(host, innerColumns(view), view.run?.vantage ?? '');
  const isKnown = isJudged(view.states[view.cursor] ?? 0);
  return [[span(isKnown ? 'Its report is being fetched' : 'No verdict yet', 'quiet')]];
};

/** The last sensible first line of the page that scrolls, and how many lines a page has. */
export const scrollLimits = (view: AuditView): { last: number; page: number } => {
  const page = pageHeight(view);
  const lines = scrollingLines(view) ?? [];
  return { last: Math.max(0, lines.length - page), page };
};

const ruled = (left: readonly Span[], place: string, columns: number): StyledLine =>
  edges(
    [span('── ', 'quiet'), ...left, span(' ', 'quiet')],
    place === '' ? [span('──', 'quiet')] : [span(` ${place} ──`, 'quiet')],
    columns,
    '─',
  );

/** A page by name, in brackets when it shows, and what stands behind that name. */
interface Tab {
  readonly page: MainPage;
  readonly text: string;
  readonly more: string;
}

/** Columns before the first name, and between two. */
export const TAB_START = 3;

/** Columns between two names of pages. */
export const TAB_GAP = 2;

/** The three pages as their names stand in the title line. */
export const tabsOf = (view: AuditView): readonly Tab[] => {
  const { share } = mapGeometry(view);
  const narrowed = listWords(view);
  const tabs: readonly Tab[] = [
    { page: 'map', text: 'Map', more: share > 1 && innerColumns(view) >= 60 ? ` ${share} hosts a cell` : '' },
    { page: 'findings', text: `Findings ${view.groups.length}`, more: '' },
    { page: 'list', text: 'List', more: narrowed === '' ? '' : ` ${narrowed}` },
  ];
  return tabs.map(({ page, text, more }) =>
    page === view.page ? { page, text: `[${text}]`, more } : { page, text, more: '' },
  );
};

const tabLine = (view: AuditView, place: string): StyledLine => {
  const spans = tabsOf(view).flatMap(({ page, text, more }, at) => [
    ...(at === 0 ? [] : [span(' '.repeat(TAB_GAP), 'quiet')]),
    span(text, page === view.page ? 'chosen' : 'quiet'),
    span(more, 'quiet'),
  ]);
  return ruled(spans, place, innerColumns(view));
};

const openTitle = (view: AuditView): StyledLine => {
  if (view.overlay !== null)
    return ruled([span(view.overlay === 'help' ? 'Help' : 'Command', 'strong')], '', innerColumns(view));
  if (view.page === 'findings') return ruled([span('Finding', 'strong')], '', innerColumns(view));
  if (view.opened?.index === view.cursor && view.opened.host)
    return titleLine(view.opened.host, innerColumns(view));
  const { word } = cellOf(view.states[view.cursor]);
  return ruled([span(view.targets.titleOf(view.cursor), 'strong')], word, innerColumns(view));
};

/** The page with its title, and where it is scrolled to. */
interface Page {
  readonly lines: readonly StyledLine[];
  readonly place: string;
}

const pageOf = (view: AuditView): Page => {
  const height = pageHeight(view);
  const scrolling = scrollingLines(view);
  if (scrolling) {
    const last = Math.max(0, scrolling.length - height);
    const from = Math.min(view.overlay === null ? view.scroll : view.overlayScroll, last);
    const to = Math.min(scrolling.length, from + height);
    return {
      lines: [openTitle(view), ...scrolling.slice(from, to)],
      place: scrollPlace(from, to, scrolling.length),
    };
  }
  const lines = {
    map: () => [tabLine(view, mapPlace(view)), ...mapLines(view, height)],
    list: () => [tabLine(view, listPlace(view)), ...listLines(view, height)],
    findings: () => [tabLine(view, findingPlace(view)), ...findingLines(view, height)],
  }[view.page]();
  return { lines, place: '' };
};

/** The whole text of the chosen finding, of which its line holds only the start. */
const findingLinesBelow = (view: AuditView): StyledLine[] => {
  const group = chosenGroup(view);
  return group ? wrap(oneLine(group.text), innerColumns(view)).map((line) => [span(line, 'quiet')]) : [];
};

/** The host under the cursor: what it is called, its verdict, and why. */
const hostLinesBelow = (view: AuditView): StyledLine[] => {
  const host = previewedHost(view);
  if (host === null) return [];
  const { letter, cell, word, tone } = cellOf(view.states[host]);
  const report = reportAt(view, host);
  const shared = view.page === 'map' ? cursorCell(view) : null;
  const beside = shared && shared.to - shared.from > 1 ? `, worst of ${shared.to - shared.from}` : '';
  const said = isJudged(view.states[host] ?? 0) ? word.toUpperCase() : word;
  const first: StyledLine = [
    span(letter, cell),
    span(` ${view.targets.titleOf(host)}`, 'strong'),
    span(` ${said}`, tone),
    span(`${report ? sureWords(report) : ''}${beside}`, 'quiet'),
  ];
  const why = report ? wrap(whyWords(report), innerColumns(view) - 2) : [];
  return [first, ...why.map((line) => [span(`  ${line}`, 'quiet')])];
};

/** What is chosen on the page, in the lines that there are for it. */
const toldLines = (view: AuditView): StyledLine[] => {
  const room = previewHeight(view);
  const lines = room === 0 ? [] : view.page === 'findings' ? findingLinesBelow(view) : hostLinesBelow(view);
  const last = lines[room - 1];
  // The line of a host is whole without its reason; prose that is cut says so.
  if (lines.length > room && last && (room > 1 || view.page === 'findings'))
    return [...lines.slice(0, room - 1), clipLine([...last, span(' …', 'quiet')], innerColumns(view))];
  return Array.from({ length: room }, (_, at) => lines[at] ?? BLANK);
};

/** The keys of the page, the least needed before the last two. */
const keysOf = (view: AuditView): string[] => {
  const scroll = '↑↓ scroll';
  const pace = view.finished ? [] : [`p ${view.paused ? 'resume' : 'pause'}`, '+- speed'];
  const overlays = { help: [scroll, 'esc back'], command: ['y copy', 'esc back'] };
  const moves =
    view.overlay !== null
      ? overlays[view.overlay]
      : view.isOpen
        ? ['esc back', scroll, 'y copy', 'Y commands', ...(view.page === 'findings' ? [] : ['←→ host'])]
        : [
            'enter open',
            'tab page',
            ...pace.slice(0, 1),
            '/ search',
            ...(view.page === 'list' ? ['s sort'] : []),
            'f filter',
            ...pace.slice(1),
            ...(view.page === 'map' ? ['z zoom'] : []),
            'e export',
            'y c copy',
          ];
  return [...moves, ...(view.overlay === null ? ['? help'] : []), view.finished ? 'q leave' : 'q quit'];
};

const lastLine = (view: AuditView, place: string): StyledLine => {
  if (view.typing !== null) return typingLine(view.typing, 'enter searches   esc clears', innerColumns(view));
  if (view.stopping && !view.finished) return [span('Stopping: the results so far follow', 'doubt')];
  return keyLine(keysOf(view), place, innerColumns(view));
};

const footLines = (view: AuditView, place: string): StyledLine[] => {
  const note = noteLine(view.notices);
  if (isRoomy(view)) return [...toldLines(view), note, lastLine(view, place)];
  return [...toldLines(view), view.hasNews && view.typing === null ? note : lastLine(view, place)];
};

const wholeScreen = (view: AuditView): StyledLine[] => {
  const { lines, place } = pageOf(view);
  const page = lines.slice(0, pageHeight(view) + 1);
  const filler = Array.from({ length: Math.max(0, pageHeight(view) + 1 - page.length) }, () => BLANK);
  return [...headLines(view), ...page, ...filler, ...footLines(view, place)];
};

/** The whole screen as lines: never more than `rows - 1` of them, none wider than `columns`. */
export const auditLayout = (view: AuditView): StyledLine[] => {
  const small = tooSmall(view, SMALLEST);
  if (small) return small;
  const margin = marginOf(view);
  return wholeScreen(view).map((line) =>
    lineWidth(line) === 0 ? BLANK : [span(' '.repeat(margin)), ...clipLine(line, innerColumns(view))],
  );
};
