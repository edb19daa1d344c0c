export const median: (values: readonly number[]) => number;
