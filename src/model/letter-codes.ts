import type { RequirementState } from './report.ts';
import type { ShownVerdict } from './shown-verdict.ts';

// Imports nothing but types: the script of the page holds a copy of this file.

/** One letter for each state of a requirement, where many stand in a row: in the history and in the data of a page. */
export const STATE_LETTERS: Readonly<Record<RequirementState, string>> = {
  pass: 'p',
  fail: 'f',
  undetermined: 'u',
  'not-needed': 'n',
};

/** A letter for each verdict, where many stand in a row: in the data of the page and in a history. */
export const VERDICT_LETTERS: Readonly<Record<ShownVerdict, string>> = {
  ready: 'r',
  'clear-so-far': 'c',
  blocked: 'b',
  undetermined: 'u',
  unreachable: 'x',
};
