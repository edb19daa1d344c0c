const PLACE = /\{([a-z]*)\}/g;

/** The places of a pattern that are not among the known ones, as written: `{rnu}`. */
export const unknownPlaces = (pattern: string, known: readonly string[]): string[] =>
  [...pattern.matchAll(PLACE)].filter(([, name]) => !known.includes(name ?? '')).map(([place]) => place);

/** A pattern with its places filled in one pass, so that braces in a value stay what they are. */
export const fill = (pattern: string, values: Readonly<Record<string, string>>): string =>
  pattern.replaceAll(PLACE, (place, name: string) => values[name] ?? place);

/** A name as one part of a path: no separator, no leading dot, nothing that a shell or Windows takes for more. */
export const pathPart = (name: string): string => {
  const safe = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^\.+/, '')
    .slice(0, 100);
  return safe === '' ? '-' : safe;
};
