import { CLEAR_SO_FAR, type Group, type HostReport } from '../../model/report.ts';
import type { CommandLine } from '../kit/command-line.ts';
import { endedView } from '../kit/ended-view.ts';
import { CODE, type Code, isJudged } from '../kit/host-code.ts';
import { withNotices } from '../kit/notices.ts';
import { CLOSING } from '../kit/press.ts';
import { reduceHost, unknownHost } from '../kit/reduce-host.ts';
import type { Size } from '../kit/screen-size.ts';
import { scrolledTo } from '../kit/scroll.ts';
import type { SortColumn } from '../kit/sorting.ts';
import { typedText } from '../kit/typing.ts';
import type { AuditKey } from './audit-keys.ts';
import { type AuditView, judgedCount, type MainPage, type Sample } from './audit-state.ts';
import type { Batch } from './batch.ts';
import { mapGeometry } from './geometry.ts';
import { hitAt } from './hit-test.ts';
import { scrollLimits } from './layout/audit-frame.ts';
import { nextOf, sortedBy } from './list-order.ts';
import { extendRows } from './map-rows.ts';
import { movedInFindings, movedInList, movedOnMap, neighbour, previewedHost } from './move.ts';
import { extendSearch, newSearch } from './select.ts';

/** All that can happen to the audit view. Times in milliseconds on the clock that made the first view. */
export type AuditAction =
  | { readonly type: 'batch'; readonly batch: Batch }
  | { readonly type: 'key'; readonly key: AuditKey }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'tick'; readonly now: number }
  /** How the run's pace stands now. */
  | { readonly type: 'steered'; readonly paused: boolean; readonly rate: number; readonly sent: number }
  | { readonly type: 'found'; readonly groups: readonly Group[] }
  | { readonly type: 'opened'; readonly index: number; readonly report: HostReport | null }
  /** Reads so many more hosts, for the rows of the map and for the search. */
  | { readonly type: 'read'; readonly most: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The command lines that do what is shown. */
  | { readonly type: 'commands'; readonly lines: readonly CommandLine[] }
  /** The stream has ended; the screen closes at once unless it `stays`. */
  | { readonly type: 'ended'; readonly now: number; readonly stays: boolean };

/** Speeds are those of the last five seconds, looked at once a second. */
const SAMPLE_MS = 1000;
const SAMPLES_KEPT = 6;

const sampleOf = (view: AuditView): Sample => ({
  at: view.now,
  judged: judgedCount(view),
  sent: view.sent,
});

const withBatch = (view: AuditView, batch: Batch): AuditView => {
  const states = batch.hosts.length > 0 ? view.states.slice() : view.states;
  const counts = [...view.counts];
  const starts = !view.underway && batch.codes.includes(CODE.asking);
  for (const [at, host] of batch.hosts.entries()) {
    const code = batch.codes[at] ?? CODE.waiting;
    const before = states[host];
    // Out of the run, or a straggler about a host that has been judged.
    if (before === undefined || (code === CODE.asking && isJudged(before))) continue;
    states[host] = code;
    counts[before] = (counts[before] ?? 0) - 1;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  const after: AuditView = {
    ...view,
    states,
    counts,
    run: batch.run ?? view.run,
    notices: withNotices(view.notices, batch.notices),
    hasNews: view.hasNews || batch.notices.length > 0,
  };
  // Everything that a resumed run repeats from before comes ahead of the first host that is probed now: it is no measure of speed.
  return starts ? { ...after, underway: true, samples: [sampleOf(after)] } : after;
};

const CYCLE: readonly (Code | null)[] = [
  null,
  CODE.blocked,
  CODE.undetermined,
  CODE[CLEAR_SO_FAR],
  CODE.unreachable,
  CODE.ready,
];
const ONLY = {
  all: null,
  'only-blocked': CODE.blocked,
  'only-undetermined': CODE.undetermined,
  'only-unreachable': CODE.unreachable,
  'only-ready': CODE.ready,
  'only-clear': CODE[CLEAR_SO_FAR],
} as const;
const PAGES: readonly MainPage[] = ['map', 'findings', 'list'];

const turnedTo = (view: AuditView, page: MainPage): AuditView => ({
  ...view,
  page,
  isOpen: false,
  scroll: 0,
});

const filtered = (view: AuditView, filter: Code | null): AuditView => ({
  ...turnedTo(view, 'list'),
  filter,
});

const opened = (view: AuditView): AuditView => {
  if (view.page === 'findings') return view.groups.length > 0 ? { ...view, isOpen: true, scroll: 0 } : view;
  const previewed = previewedHost(view);
  return previewed === null ? view : { ...view, isOpen: true, scroll: 0, cursor: previewed };
};

const back = (view: AuditView): AuditView => {
  if (view.isOpen) return { ...view, isOpen: false, scroll: 0 };
  if (view.page === 'list' && view.search !== null) return { ...view, search: null };
  if (view.page === 'list' && view.filter !== null) return { ...view, filter: null };
  // There is nothing behind the map but the end of what was looked at.
  if (view.page === 'map' && view.finished) return { ...view, closed: true };
  return turnedTo(view, 'map');
};

const onOpenPage = (view: AuditView, { name }: AuditKey): AuditView => {
  if (view.page !== 'findings' && (name === 'left' || name === 'right'))
    return { ...view, scroll: 0, cursor: neighbour(view, name === 'left' ? -1 : 1) };
  const { last, page } = scrollLimits(view);
  return { ...view, scroll: scrolledTo(name, view.scroll, page, last) };
};

const moved = (view: AuditView, key: AuditKey): AuditView => {
  if (view.isOpen) return onOpenPage(view, key);
  if (view.page === 'map') return movedOnMap(view, key.name);
  return view.page === 'list' ? movedInList(view, key.name) : movedInFindings(view, key.name);
};

const typed = (view: AuditView, key: AuditKey, before: string): AuditView => {
  if (key.name === 'back') return { ...view, typing: null, search: null };
  if (key.name !== 'open') return { ...view, typing: typedText(before, key) };
  const text = before.trim();
  return { ...view, typing: null, search: text === '' ? null : newSearch(text, view.targets.size) };
};

const onOverlay = (view: AuditView, { name }: AuditKey): AuditView => {
  if (CLOSING.has(name)) return { ...view, overlay: null };
  const { last, page } = scrollLimits(view);
  return { ...view, overlayScroll: scrolledTo(name, view.overlayScroll, page, last) };
};

const sorted = (view: AuditView, by: SortColumn): AuditView => ({
  ...turnedTo(view, 'list'),
  order: sortedBy(view.order, by, view.targets),
});

/** A click opens what it hits; on the map it goes there first, and opens the cell where the cursor stands. */
const onClick = (view: AuditView, { at }: AuditKey): AuditView => {
  const hit = at ? hitAt(view, at) : null;
  switch (hit?.kind) {
    case 'page':
      return turnedTo(view, hit.page);
    case 'title':
      return back(view);
    case 'sort':
      return sorted(view, hit.by);
    case 'host':
      return opened({ ...view, cursor: hit.index });
    case 'cell':
      return hit.isChosen ? opened(view) : { ...view, cursor: hit.index };
    case 'finding':
      return opened({ ...view, finding: hit.id });
    default:
      return view;
  }
};

const onPage = (view: AuditView, key: AuditKey): AuditView => {
  switch (key.name) {
    case 'help':
    case 'command':
      return { ...view, overlay: key.name, overlayScroll: 0 };
    case 'sort':
      return sorted(view, nextOf(view.order, view.targets));
    case 'reverse':
      return sorted(view, view.order.by);
    case 'click':
      return onClick(view, key);
    case 'open':
      return view.isOpen ? back(view) : opened(view);
    case 'back':
    case 'erase':
      return back(view);
    case 'map':
    case 'findings':
    case 'list':
      return turnedTo(view, key.name);
    case 'turn':
      return turnedTo(view, PAGES[(PAGES.indexOf(view.page) + 1) % PAGES.length] ?? 'map');
    case 'filter':
      return filtered(view, CYCLE[(CYCLE.indexOf(view.filter) + 1) % CYCLE.length] ?? null);
    case 'all':
    case 'only-blocked':
    case 'only-undetermined':
    case 'only-unreachable':
    case 'only-ready':
    case 'only-clear':
      return filtered(view, ONLY[key.name]);
    case 'search':
      return { ...turnedTo(view, 'list'), typing: view.search?.text ?? '' };
    case 'zoom':
      return { ...view, zoomed: mapGeometry(view).share > 1 };
    default:
      return moved(view, key);
  }
};

const withKey = (before: AuditView, key: AuditKey): AuditView => {
  const view = { ...before, hasNews: false };
  if (key.name === 'interrupt' || (key.name === 'quit' && view.typing === null))
    return view.finished ? { ...view, closed: true } : { ...view, stopping: true };
  if (view.typing !== null) return typed(view, key, view.typing);
  if (key.name === 'mouse') return { ...view, mouse: !view.mouse };
  return view.overlay === null ? onPage(view, key) : onOverlay(view, key);
};

const withTime = (view: AuditView, now: number): AuditView => {
  const isSecond = Math.floor((now - view.startedAt) / 1000) > Math.floor((view.now - view.startedAt) / 1000);
  if (!isSecond || view.finished) return view;
  const ticked = { ...view, now };
  const latest = view.samples.at(-1);
  if (latest && now - latest.at < SAMPLE_MS) return ticked;
  return { ...ticked, samples: [...view.samples, sampleOf(ticked)].slice(-SAMPLES_KEPT) };
};

const withReading = (view: AuditView, most: number): AuditView => {
  const blocks = extendRows(view.blocks, view.targets, most);
  const search = view.search && extendSearch(view.search, view.targets, most);
  return blocks === view.blocks && search === view.search ? view : { ...view, blocks, search };
};

/** The view after one more thing happened. The same object when nothing that shows has changed. */
export const reduceAudit = (view: AuditView, action: AuditAction): AuditView => {
  switch (action.type) {
    case 'batch':
      return withBatch(view, action.batch);
    case 'key':
      return withKey(view, action.key);
    case 'resize':
      return { ...view, ...action.size };
    case 'tick':
      return withTime(view, action.now);
    case 'steered': {
      const { paused, rate, sent } = action;
      const isSame = paused === view.paused && rate === view.rate && sent === view.sent;
      return isSame ? view : { ...view, paused, rate, sent };
    }
    case 'found':
      return { ...view, groups: action.groups };
    case 'opened': {
      const { index, report } = action;
      const host = report && reduceHost(unknownHost(index), { type: 'host-judged', host: index, report });
      return { ...view, opened: { index, code: view.states[index] ?? CODE.waiting, host } };
    }
    case 'read':
      return withReading(view, action.most);
    case 'notice':
      return { ...view, notices: withNotices(view.notices, [action.text]), hasNews: true };
    case 'commands':
      return { ...view, commands: action.lines };
    case 'ended':
      return endedView(view, action.now, action.stays);
  }
};
