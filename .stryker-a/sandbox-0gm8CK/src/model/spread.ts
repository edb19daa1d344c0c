/** At most `most` of the items, evenly spread over all of them, in their order. */
export const spread = <T>(items: readonly T[], most: number): T[] =>
  items.filter(
    (_, at) => Math.floor((at * most) / items.length) !== Math.floor(((at - 1) * most) / items.length),
  );
