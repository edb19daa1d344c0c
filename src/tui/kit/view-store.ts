/** Holds a view, changes it by a pure reducer, and calls listeners when it is another one. */
export interface ViewStore<V, A> {
  readonly view: () => V;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (action: A) => void;
}

/** A holder that starts with this view. */
export const createViewStore = <V, A>(initial: V, reducer: (view: V, action: A) => V): ViewStore<V, A> => {
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
