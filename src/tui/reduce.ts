import type { JudgedEvent } from '../model/event.ts';
import { ended } from './ended.ts';
import { reduceHost, unknownHost } from './host.ts';
import { hitAt, linesWith, scrollLimits } from './layout/frame.ts';
import { nextColumn, type SortColumn, turned } from './order.ts';
import {
  type CommandLine,
  chosenHost,
  type HostView,
  type Key,
  listedHosts,
  type Page,
  type Press,
  type Size,
  type View,
} from './state.ts';

/**
 * All that can happen to the view. Events come in batches: copying the host list once a batch keeps large runs cheap.
 * Times in milliseconds on the clock that made the first view.
 */
export type Action =
  | { readonly type: 'events'; readonly events: readonly JudgedEvent[] }
  | { readonly type: 'key'; readonly key: Press }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The command lines that do what is shown. */
  | { readonly type: 'commands'; readonly lines: readonly CommandLine[] }
  /** The stream has ended; the screen closes at once unless it `stays`. */
  | { readonly type: 'ended'; readonly now: number; readonly stays: boolean };

const NOTICES_KEPT = 20;
const LONGEST_SEARCH = 100;
/** Lines that a notch of the wheel moves. */
const NOTCH = 3;

const withEvents = (view: View, events: readonly JudgedEvent[]): View => {
  const hosts = new Map<number, HostView>(view.hosts.map((host) => [host.index, host]));
  const notices = [...view.notices];
  let { run, expected, page } = view;
  for (const event of events) {
    if ('host' in event) {
      hosts.set(event.host, reduceHost(hosts.get(event.host) ?? unknownHost(event.host), event));
    } else if (event.type === 'notice') {
      notices.push(event.text);
    } else {
      run = event.run;
      if (event.type === 'run-started') expected = event.hosts;
    }
  }
  // A list of one would only be a step on the way to its host.
  if (expected === 1 && hosts.size < 2 && page === 'hosts') page = 'host';
  return {
    ...view,
    run,
    expected,
    page,
    hosts: [...hosts.values()].sort((a, b) => a.index - b.index),
    notices: notices.slice(-NOTICES_KEPT),
  };
};

const choose = (view: View, goal: (place: number) => number): View => {
  const listed = listedHosts(view);
  const place = listed.indexOf(chosenHost(view) ?? unknownHost(0));
  const next = listed[Math.max(0, Math.min(listed.length - 1, goal(place)))];
  return next ? { ...view, chosen: next.index, scroll: 0 } : view;
};

/** Where a movement key leads from `from`, on a page of `page` lines; null for other keys. */
const moved = (key: Key, from: number, page: number, last: number): number | null => {
  switch (key) {
    case 'up':
      return from - 1;
    case 'down':
      return from + 1;
    case 'wheel-up':
      return from - NOTCH;
    case 'wheel-down':
      return from + NOTCH;
    case 'page-up':
      return from - page;
    case 'page-down':
      return from + page;
    case 'home':
      return 0;
    case 'end':
      return last;
    default:
      return null;
  }
};

const scrolled = (view: View, key: Key): View => {
  const { last, page } = scrollLimits(view);
  const scroll = moved(key, Math.min(view.scroll, last), page, last);
  return scroll === null ? view : { ...view, scroll: Math.max(0, Math.min(last, scroll)) };
};

/** The page scrolled to the first line from `from` on that has what is looked for, or else to the first of all. */
const scrolledToFound = (view: View, from: number): View => {
  const lines = linesWith(view, view.found);
  const line = lines.find((at) => at >= from) ?? lines[0];
  return line === undefined ? view : { ...view, scroll: Math.min(line, scrollLimits(view).last) };
};

/** The next line that has it. At the end of a page several show at once, and then comes the first again. */
const onNext = (view: View): View => {
  const { last } = scrollLimits(view);
  return view.found === '' ? view : scrolledToFound(view, view.scroll >= last ? 0 : view.scroll + 1);
};

const sought = (view: View, text: string): View =>
  view.page === 'hosts'
    ? { ...view, search: text, scroll: 0 }
    : scrolledToFound({ ...view, found: text }, view.scroll);

const typed = (view: View, { name, letter }: Press, before: string): View => {
  if (name === 'back') return sought({ ...view, typing: null }, '');
  if (letter === '' && name === 'open') return { ...view, typing: null };
  const text =
    letter !== ''
      ? [...before, letter].slice(0, LONGEST_SEARCH).join('')
      : [...before].slice(0, name === 'erase' ? -1 : LONGEST_SEARCH).join('');
  return text === before ? view : sought({ ...view, typing: text }, text);
};

/** Away from what has been seen to its end. While a run goes on, only `q` asks for that. */
const left = (view: View): View => (view.finished ? { ...view, closed: true } : view);

const opened = (view: View, host: HostView | undefined): View =>
  host ? { ...view, page: 'host', chosen: host.index, scroll: 0, found: '' } : view;

/** Sorted by this column; the chosen host stays chosen. */
const sortedBy = (view: View, by: SortColumn): View => ({
  ...view,
  order: turned(view.order, by),
  chosen: chosenHost(view)?.index ?? null,
});

const onHosts = (view: View, key: Key): View => {
  if (key === 'sort') return sortedBy(view, nextColumn(view.order));
  if (key === 'reverse') return sortedBy(view, view.order.by);
  if (key === 'open') return opened(view, chosenHost(view));
  if (key === 'back' || key === 'erase')
    return view.search === '' ? left(view) : { ...view, search: '', scroll: 0 };
  const last = listedHosts(view).length - 1;
  return choose(view, (place) => moved(key, place, scrollLimits(view).page, last) ?? place);
};

const onHost = (view: View, key: Key): View => {
  if (key === 'left') return choose(view, (place) => place - 1);
  if (key === 'right') return choose(view, (place) => place + 1);
  if (key === 'next') return onNext(view);
  if ((key === 'back' || key === 'erase') && view.found !== '') return { ...view, found: '' };
  if (key === 'open' || key === 'back' || key === 'erase')
    return view.expected > 1 ? { ...view, page: 'hosts', scroll: 0, found: '' } : left(view);
  return scrolled(view, key);
};

const TO_CLOSE: ReadonlySet<Key> = new Set(['open', 'back', 'erase', 'help', 'command']);

const onOverlay = (view: View, key: Key): View => {
  if (key === 'next') return onNext(view);
  return TO_CLOSE.has(key) && view.behind
    ? { ...view, ...view.behind, found: '', behind: null }
    : scrolled(view, key);
};

const overlaid = (view: View, page: Page): View => ({
  ...view,
  page,
  scroll: 0,
  found: '',
  behind: { page: view.page, scroll: view.scroll },
});

const onClick = (view: View, { at }: Press): View => {
  const hit = at ? hitAt(view, at) : null;
  if (hit === null) return view;
  if (hit === 'title') return view.expected > 1 ? { ...view, page: 'hosts', scroll: 0, found: '' } : view;
  return 'sort' in hit ? sortedBy(view, hit.sort) : opened(view, hit);
};

const withKey = (view: View, press: Press): View => {
  const { name } = press;
  if (name === 'interrupt' || (name === 'quit' && view.typing === null))
    return view.finished ? { ...view, closed: true } : { ...view, stopping: true };
  if (view.typing !== null) return typed(view, press, view.typing);
  if (name === 'mouse') return { ...view, mouse: !view.mouse };
  if (name === 'search') return { ...view, typing: view.page === 'hosts' ? view.search : '' };
  if (name === 'click') return onClick(view, press);
  if (view.behind) return onOverlay(view, name);
  if (name === 'help' || name === 'command') return overlaid(view, name);
  return view.page === 'host' ? onHost(view, name) : onHosts(view, name);
};

const withTime = (view: View, now: number): View => {
  const second = (at: number): number => Math.floor((at - view.startedAt) / 1000);
  return view.finished || second(now) === second(view.now) ? view : { ...view, now };
};

/** The view after one more thing happened. The same object when nothing that shows has changed. */
export const reduce = (view: View, action: Action): View => {
  switch (action.type) {
    case 'events':
      return withEvents(view, action.events);
    case 'key':
      return withKey(view, action.key);
    case 'resize':
      return { ...view, ...action.size };
    case 'tick':
      return withTime(view, action.now);
    case 'notice':
      return { ...view, notices: [...view.notices, action.text].slice(-NOTICES_KEPT) };
    case 'commands':
      return { ...view, commands: action.lines };
    case 'ended':
      return ended(view, action.now, action.stays);
  }
};
