const MOST_KEPT = 20;

/** Notices with more of them: the latest 20. */
export const withNotices = (before: readonly string[], more: readonly string[]): readonly string[] =>
  [...before, ...more].slice(-MOST_KEPT);
