import type { JudgedEvent } from '../model/event.ts';
import { type Action, reduce } from './reduce.ts';
import type { View } from './state.ts';

/** Holds the view. Keys change it at once; events wait for `flush`, so that a fast scan costs a few frames a second. */
export interface Store {
  readonly view: () => View;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (action: Action) => void;
  readonly collect: (event: JudgedEvent) => void;
  readonly flush: () => void;
}

/** A store that starts with this view. */
export const createStore = (initial: View): Store => {
  const listeners = new Set<() => void>();
  let view = initial;
  let waiting: JudgedEvent[] = [];
  const dispatch = (action: Action): void => {
    const next = reduce(view, action);
    if (next === view) return;
    view = next;
    for (const listener of listeners) listener();
  };
  return {
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch,
    collect: (event) => {
      waiting.push(event);
    },
    flush: () => {
      if (waiting.length === 0) return;
      const events = waiting;
      waiting = [];
      dispatch({ type: 'events', events });
    },
  };
};
