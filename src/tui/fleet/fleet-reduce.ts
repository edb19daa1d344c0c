import type { FleetStatus } from '../../model/fleet.ts';
import type { Press } from '../kit/press.ts';
import type { Size } from '../kit/screen-size.ts';
import { distanceOf, movedBy } from '../kit/scroll.ts';
import { typedText } from '../kit/typing.ts';
import { chosenVantage, type FleetView, listedVantages } from './fleet-state.ts';
import { scrollLimits, vantageAt } from './layout/fleet-frame.ts';

/** What changes the screen of a fleet. Texts are safe to show. */
export type FleetAction =
  | { readonly type: 'status'; readonly status: FleetStatus }
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'key'; readonly key: Press };

/** Lines of the list that a page key goes. */
const PAGE = 10;

const choose = (view: FleetView, by: number): FleetView => {
  const listed = listedVantages(view);
  const chosen = chosenVantage(view);
  const next = listed[movedBy(by, chosen ? listed.indexOf(chosen) : 0, listed.length - 1)];
  return next ? { ...view, chosen: next.name } : view;
};

const scrollBy = (view: FleetView, by: number): FleetView => ({
  ...view,
  scroll: movedBy(by, view.scroll, scrollLimits(view).last),
});

const typed = (view: FleetView, press: Press): FleetView => {
  if (press.name === 'open') return { ...view, isTyping: false };
  if (press.name === 'back') return { ...view, isTyping: false, search: '' };
  if (press.name === 'interrupt') return { ...view, closed: true };
  return { ...view, search: typedText(view.search, press) };
};

/** One level up; from the list it leaves. */
const back = (view: FleetView): FleetView => {
  if (view.page !== 'list') return { ...view, page: 'list', scroll: 0 };
  return view.search === '' ? { ...view, closed: true } : { ...view, search: '' };
};

const move = (view: FleetView, by: number): FleetView =>
  view.page === 'list' ? choose(view, by) : scrollBy(view, by);

const beside = (view: FleetView, by: number): FleetView =>
  view.page === 'vantage' ? { ...choose(view, by), scroll: 0 } : view;

const open = (view: FleetView): FleetView =>
  view.page !== 'list'
    ? { ...view, page: 'list', scroll: 0 }
    : chosenVantage(view)
      ? { ...view, page: 'vantage', scroll: 0, chosen: chosenVantage(view)?.name ?? null }
      : view;

const pressed = (view: FleetView, key: Press): FleetView => {
  if (view.isTyping) return typed(view, key);
  const by = distanceOf(key.name, view.page === 'list' ? PAGE : scrollLimits(view).page);
  if (by !== null) return move(view, by);
  switch (key.name) {
    case 'quit':
    case 'interrupt':
      return { ...view, closed: true };
    case 'back':
    case 'erase':
      return back(view);
    case 'left':
      return beside(view, -1);
    case 'right':
      return beside(view, 1);
    case 'open':
      return open(view);
    case 'help':
      return { ...view, page: view.page === 'help' ? 'list' : 'help', scroll: 0 };
    case 'search':
      return view.page === 'list' ? { ...view, isTyping: true } : view;
    case 'click': {
      const found = key.at && vantageAt(view, key.at);
      return found ? open({ ...view, chosen: found }) : view;
    }
    default:
      return view;
  }
};

/** The next view. Pure. */
export const reduceFleet = (view: FleetView, action: FleetAction): FleetView => {
  switch (action.type) {
    case 'status':
      return { ...view, status: action.status, failure: null };
    case 'failed':
      return { ...view, failure: action.why };
    case 'resize':
      return { ...view, ...action.size, scroll: 0 };
    case 'key':
      return pressed(view, action.key);
  }
};
