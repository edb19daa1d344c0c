import type { RequirementState } from '../../model/report.ts';
import type { ShownVerdict } from '../../model/shown-verdict.ts';

// Imports nothing but types: the script of the page holds a copy of this file.

/** A sign beside the word, so that no verdict is told by colour alone. */
export const SIGNS: Readonly<Record<ShownVerdict, string>> = {
  ready: '✓',
  'clear-so-far': '○',
  blocked: '✕',
  undetermined: '?',
  unreachable: '–',
};

/** The same for the state of a requirement. */
export const STATE_SIGNS: Readonly<Record<RequirementState, string>> = {
  pass: '✓',
  fail: '✕',
  undetermined: '?',
  'not-needed': '·',
};
