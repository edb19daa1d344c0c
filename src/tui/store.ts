import type { JudgedEvent } from '../model/event.ts';
import { type Action, reduce } from './reduce.ts';
import type { View } from './state.ts';

/** Holds a view, changes it by a pure reducer, and tells listeners when it is another one. */
export interface Holder<V, A> {
  readonly view: () => V;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (action: A) => void;
}

/** Holds the view. Keys change it at once; events wait for `flush`, so that a fast scan costs a few frames a second. */
export interface Store extends Holder<View, Action> {
  readonly collect: (event: JudgedEvent) => void;
  readonly flush: () => void;
}

/** A holder that starts with this view. */
export const createHolder = <V, A>(initial: V, reducer: (view: V, action: A) => V): Holder<V, A> => {
  const listeners = new Set<() => void>();
  let view = initial;
  return {
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch: (action) => {
      const next = reducer(view, action);
      if (next === view) return;
      view = next;
      for (const listener of listeners) listener();
    },
  };
};

/** A store that starts with this view. */
export const createStore = (initial: View): Store => {
  const holder = createHolder(initial, reduce);
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
