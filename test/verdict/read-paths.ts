/** Where something is read: keys from the root on. */
export type Path = readonly string[];

/** A value that notes each place of it that is read; its parts are the same objects each time, since rules compare them. */
export const watched = <T extends object>(value: T): { readonly value: T; readonly paths: () => Path[] } => {
  const seen = new Map<string, Path>();
  const known = new WeakMap<object, unknown>();
  const wrap = (part: unknown, path: Path): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    const proxy =
      known.get(part) ??
      new Proxy(part, {
        get(target, key, receiver) {
          const got: unknown = Reflect.get(target, key, receiver);
          if (typeof key === 'symbol' || typeof got === 'function') return got;
          const at = [...path, key];
          seen.set(at.join('.'), at);
          return wrap(got, at);
        },
      });
    known.set(part, proxy);
    return proxy;
  };
  return { value: wrap(value, []) as T, paths: () => [...seen.values()] };
};

const changed = (value: unknown): unknown => {
  switch (typeof value) {
    case 'number':
      return value + 1;
    case 'string':
      return `${value}, changed`;
    case 'boolean':
      return !value;
    default:
      return true;
  }
};

const copied = <T>(part: T): T => (Array.isArray(part) ? [...part] : { ...part }) as T;

/**
 * A copy in which what stands at a path is something else: a longer list for its length, by `more` where it is empty. Null for a part
 * that has parts of its own. What is not on the path is shared: to clone it too took longer than all else.
 */
export const changedAt = <T>(value: T, path: Path, more: object): T | null => {
  const copy = copied(value);
  const last = path.at(-1) ?? '';
  let parent = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) {
    const own = copied(parent[key]) as Record<string, unknown>;
    parent[key] = own;
    parent = own;
  }
  if (Array.isArray(parent)) {
    if (last !== 'length') return null;
    parent.push(structuredClone(parent.at(-1) ?? more));
    return copy;
  }
  const own = parent[last];
  if (typeof own === 'object' && own !== null) return null;
  parent[last] = changed(own);
  return copy;
};
