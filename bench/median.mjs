/** The middle one of the values, of an even number the upper of the two; NaN of none. */
export const median = (values) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
