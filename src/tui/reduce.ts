import type { JudgedEvent } from '../model/event.ts';
import { ended } from './ended.ts';
import { reduceHost, unknownHost } from './host.ts';
import { scrollLimits } from './layout/frame.ts';
import { chosenHost, type HostView, type Key, type Size, type View } from './state.ts';

/**
 * All that can happen to the view. Events come in batches: copying the host list once a batch keeps large runs cheap.
 * Times in milliseconds on the clock that made the first view.
 */
export type Action =
  | { readonly type: 'events'; readonly events: readonly JudgedEvent[] }
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'tick'; readonly now: number }
  /** The stream has ended; the screen closes after `closeAfterMs` unless a key keeps it open. */
  | { readonly type: 'ended'; readonly now: number; readonly closeAfterMs: number };

const NOTICES_KEPT = 20;

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
  const place = view.hosts.indexOf(chosenHost(view) ?? unknownHost(0));
  const next = view.hosts[Math.max(0, Math.min(view.hosts.length - 1, goal(place)))];
  return next ? { ...view, chosen: next.index, scroll: 0 } : view;
};

/** Where a movement key leads from `from`, on a page of `page` lines; null for other keys. */
const moved = (key: Key, from: number, page: number, last: number): number | null => {
  switch (key) {
    case 'up':
      return from - 1;
    case 'down':
      return from + 1;
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

const onHosts = (view: View, key: Key): View => {
  if (key === 'open') return view.hosts.length > 0 ? { ...view, page: 'host', scroll: 0 } : view;
  const last = view.hosts.length - 1;
  return choose(view, (place) => moved(key, place, scrollLimits(view).page, last) ?? place);
};

const onHost = (view: View, key: Key): View => {
  if (key === 'left') return choose(view, (place) => place - 1);
  if (key === 'right') return choose(view, (place) => place + 1);
  if (key === 'open' || key === 'back')
    return view.expected > 1 ? { ...view, page: 'hosts', scroll: 0 } : view;
  return scrolled(view, key);
};

const onHelp = (view: View, key: Key): View =>
  (key === 'open' || key === 'back' || key === 'help') && view.behindHelp
    ? { ...view, ...view.behindHelp, behindHelp: null }
    : scrolled(view, key);

const withKey = (before: View, key: Key): View => {
  const view = { ...before, closesAt: null };
  if (key === 'quit' || key === 'interrupt')
    return view.finished ? { ...view, closed: true } : { ...view, stopping: true };
  if (view.page === 'help') return onHelp(view, key);
  if (key === 'help')
    return { ...view, page: 'help', scroll: 0, behindHelp: { page: view.page, scroll: view.scroll } };
  return view.page === 'host' ? onHost(view, key) : onHosts(view, key);
};

const withTime = (view: View, now: number): View => {
  if (view.closesAt !== null && now >= view.closesAt) return { ...view, now, closed: true };
  const shown = (at: number): string =>
    `${Math.floor((at - view.startedAt) / 1000)} ${view.closesAt === null ? '' : Math.ceil((view.closesAt - at) / 1000)}`;
  const stands = view.finished && view.closesAt === null;
  return stands || shown(now) === shown(view.now) ? view : { ...view, now };
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
    case 'ended':
      return ended(view, action.now, action.closeAfterMs);
  }
};
