import type { RequirementState } from './report.ts';

/** One letter for each state of a requirement, where many stand in a row: in the history and in the data of a page. */
export const STATE_LETTERS: Readonly<Record<RequirementState, string>> = {
  pass: 'p',
  fail: 'f',
  undetermined: 'u',
  'not-needed': 'n',
};
