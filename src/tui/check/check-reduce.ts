import type { JudgedEvent } from '../../model/event.ts';
import type { CommandLine } from '../kit/command-line.ts';
import { endedView } from '../kit/ended-view.ts';
import type { HostView } from '../kit/host-view.ts';
import { withNotices } from '../kit/notices.ts';
import { CLOSING, type Key, type Press } from '../kit/press.ts';
import { reduceHost, unknownHost } from '../kit/reduce-host.ts';
import type { Size } from '../kit/screen-size.ts';
import { scrolledTo } from '../kit/scroll.ts';
import { nextColumn, type SortColumn, turned } from '../kit/sorting.ts';
import { typedText } from '../kit/typing.ts';
import { type CheckPage, type CheckView, chosenHost, listedHosts } from './check-state.ts';
import { hitAt, linesWith, scrollLimits } from './layout/check-frame.ts';

/**
 * All that can happen to the view. Events come in batches: copying the host list once a batch keeps large runs cheap.
 * Times in milliseconds on the clock that made the first view.
 */
export type CheckAction =
  | { readonly type: 'events'; readonly events: readonly JudgedEvent[] }
  | { readonly type: 'key'; readonly key: Press }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The command lines that do what is shown. */
  | { readonly type: 'commands'; readonly lines: readonly CommandLine[] }
  /** The stream has ended; the screen closes at once unless it `stays`. */
  | { readonly type: 'ended'; readonly now: number; readonly stays: boolean };

const withEvents = (view: CheckView, events: readonly JudgedEvent[]): CheckView => {
  const hosts = new Map<number, HostView>(view.hosts.map((host) => [host.index, host]));
  const notices: string[] = [];
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
    notices: withNotices(view.notices, notices),
  };
};

const choose = (view: CheckView, goal: (place: number) => number): CheckView => {
  const listed = listedHosts(view);
  const place = listed.indexOf(chosenHost(view) ?? unknownHost(0));
  const next = listed[Math.max(0, Math.min(listed.length - 1, goal(place)))];
  return next ? { ...view, chosen: next.index, scroll: 0 } : view;
};

const scrolled = (view: CheckView, key: Key): CheckView => {
  const { last, page } = scrollLimits(view);
  const scroll = scrolledTo(key, view.scroll, page, last);
  return scroll === view.scroll ? view : { ...view, scroll };
};

/** The page scrolled to the first line from `from` on that has what is looked for, or else to the first of all. */
const scrolledToFound = (view: CheckView, from: number): CheckView => {
  const lines = linesWith(view, view.found);
  const line = lines.find((at) => at >= from) ?? lines[0];
  return line === undefined ? view : { ...view, scroll: Math.min(line, scrollLimits(view).last) };
};

/** The next line that has it. At the end of a page several show at once, and then comes the first again. */
const onNext = (view: CheckView): CheckView => {
  const { last } = scrollLimits(view);
  return view.found === '' ? view : scrolledToFound(view, view.scroll >= last ? 0 : view.scroll + 1);
};

const sought = (view: CheckView, text: string): CheckView =>
  view.page === 'hosts'
    ? { ...view, search: text, scroll: 0 }
    : scrolledToFound({ ...view, found: text }, view.scroll);

const typed = (view: CheckView, press: Press, before: string): CheckView => {
  if (press.name === 'back') return sought({ ...view, typing: null }, '');
  if (press.name === 'open') return { ...view, typing: null };
  const text = typedText(before, press);
  return text === before ? view : sought({ ...view, typing: text }, text);
};

/** Away from what has been seen to its end. While a run goes on, only `q` does that. */
const left = (view: CheckView): CheckView => (view.finished ? { ...view, closed: true } : view);

const opened = (view: CheckView, host: HostView | undefined): CheckView =>
  host ? { ...view, page: 'host', chosen: host.index, scroll: 0, found: '' } : view;

/** Sorted by this column; the chosen host stays chosen. */
const sortedBy = (view: CheckView, by: SortColumn): CheckView => ({
  ...view,
  order: turned(view.order, by),
  chosen: chosenHost(view)?.index ?? null,
});

const onHosts = (view: CheckView, key: Key): CheckView => {
  if (key === 'sort') return sortedBy(view, nextColumn(view.order));
  if (key === 'reverse') return sortedBy(view, view.order.by);
  if (key === 'open') return opened(view, chosenHost(view));
  if (key === 'back' || key === 'erase')
    return view.search === '' ? left(view) : { ...view, search: '', scroll: 0 };
  const last = listedHosts(view).length - 1;
  return choose(view, (place) => scrolledTo(key, place, scrollLimits(view).page, last));
};

const onHost = (view: CheckView, key: Key): CheckView => {
  if (key === 'left') return choose(view, (place) => place - 1);
  if (key === 'right') return choose(view, (place) => place + 1);
  if (key === 'next') return onNext(view);
  if ((key === 'back' || key === 'erase') && view.found !== '') return { ...view, found: '' };
  if (key === 'open' || key === 'back' || key === 'erase')
    return view.expected > 1 ? { ...view, page: 'hosts', scroll: 0, found: '' } : left(view);
  return scrolled(view, key);
};

const onOverlay = (view: CheckView, key: Key): CheckView => {
  if (key === 'next') return onNext(view);
  return CLOSING.has(key) && view.behind
    ? { ...view, ...view.behind, found: '', behind: null }
    : scrolled(view, key);
};

const overlaid = (view: CheckView, page: CheckPage): CheckView => ({
  ...view,
  page,
  scroll: 0,
  found: '',
  behind: { page: view.page, scroll: view.scroll },
});

const onClick = (view: CheckView, { at }: Press): CheckView => {
  const hit = at ? hitAt(view, at) : null;
  if (hit === null) return view;
  if (hit === 'title') return view.expected > 1 ? { ...view, page: 'hosts', scroll: 0, found: '' } : view;
  return 'sort' in hit ? sortedBy(view, hit.sort) : opened(view, hit);
};

const withKey = (view: CheckView, press: Press): CheckView => {
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

const withTime = (view: CheckView, now: number): CheckView => {
  const second = (at: number): number => Math.floor((at - view.startedAt) / 1000);
  return view.finished || second(now) === second(view.now) ? view : { ...view, now };
};

/** The view after one more thing happened. The same object when nothing that shows has changed. */
export const reduceCheck = (view: CheckView, action: CheckAction): CheckView => {
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
      return { ...view, notices: withNotices(view.notices, [action.text]) };
    case 'commands':
      return { ...view, commands: action.lines };
    case 'ended':
      return endedView(view, action.now, action.stays);
  }
};
