import { VERDICT_LETTERS } from '../../model/letter-codes.ts';
import { SHOWN_WORDS, type ShownVerdict } from '../../model/shown-verdict.ts';
import { html, type Markup } from './markup.ts';
import { SIGNS } from './signs.ts';

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
