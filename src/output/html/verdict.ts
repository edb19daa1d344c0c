import type { RequirementState } from '../../model/report.ts';
import { SHOWN_WORDS, type ShownVerdict } from '../../model/shown-verdict.ts';
import { html, type Markup } from './markup.ts';

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

/** A letter for each verdict, where many stand in a row: in the data of the page and in a history. */
export const VERDICT_LETTERS: Readonly<Record<ShownVerdict, string>> = {
  ready: 'r',
  'clear-so-far': 'c',
  blocked: 'b',
  undetermined: 'u',
  unreachable: 'x',
};

const SIGN_OF_LETTER: ReadonlyMap<string, string> = new Map(
  (Object.keys(SIGNS) as ShownVerdict[]).map((verdict) => [VERDICT_LETTERS[verdict], SIGNS[verdict]]),
);

/** Verdicts in letters as signs, `✓ ✓ ✕`; a dot where the host was not probed. */
export const historySigns = (letters: string): string =>
  [...letters].map((letter) => SIGN_OF_LETTER.get(letter) ?? '·').join(' ');

/** The sign of a verdict; screen readers have the word and skip it. */
export const sign = (verdict: ShownVerdict): Markup =>
  html`<span aria-hidden="true">${SIGNS[verdict]}</span>`;

/** A verdict as sign and word. */
export const badge = (verdict: ShownVerdict): Markup =>
  html`<span class="badge ${verdict}">${sign(verdict)} ${SHOWN_WORDS[verdict]}</span>`;
