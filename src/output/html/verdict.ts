import type { Verdict } from '../../model/report.ts';
import { html, type Markup } from './markup.ts';

/** A sign beside the word, so that no verdict is told by colour alone. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  ready: '✓',
  blocked: '✕',
  undetermined: '?',
  unreachable: '–',
};

/** The sign of a verdict; screen readers have the word and skip it. */
export const sign = (verdict: Verdict): Markup => html`<span aria-hidden="true">${SIGNS[verdict]}</span>`;

/** A verdict as sign and word. */
export const badge = (verdict: Verdict): Markup =>
  html`<span class="badge ${verdict}">${sign(verdict)} ${verdict}</span>`;
