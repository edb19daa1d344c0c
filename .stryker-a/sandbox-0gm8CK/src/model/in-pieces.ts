/** Hosts that are walked in one piece: some milliseconds. */
const AT_ONCE = 128;

/**
 * An empty piece of text after every 128 of `all`, so that a walk over very many hosts holds up nobody: whoever takes the pieces may see
 * to other things at each. `see` takes each in turn.
 */
export function* inPieces<T>(all: Iterable<T>, see: (one: T) => void): Generator<''> {
  let count = 0;
  for (const one of all) {
    see(one);
    if (++count % AT_ONCE === 0) yield '';
  }
}
