import type { JudgedEvent } from '../../model/event.ts';
import { createViewStore, type ViewStore } from '../kit/view-store.ts';
import { type CheckAction, reduceCheck } from './check-reduce.ts';
import type { CheckView } from './check-state.ts';

/** Holds the view. Keys change it at once; events wait for `flush`, so that a fast scan costs a few frames a second. */
export interface CheckStore extends ViewStore<CheckView, CheckAction> {
  readonly collect: (event: JudgedEvent) => void;
  readonly flush: () => void;
}

/** A store that starts with this view. */
export const createCheckStore = (initial: CheckView): CheckStore => {
  const holder = createViewStore(initial, reduceCheck);
  let waiting: JudgedEvent[] = [];
  return {
    ...holder,
    collect: (event) => {
      waiting.push(event);
    },
    flush: () => {
      if (waiting.length === 0) return;
      const events = waiting;
      waiting = [];
      holder.dispatch({ type: 'events', events });
    },
  };
};
