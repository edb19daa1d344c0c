import { cleanText } from '../../text/clean-text.ts';
import { escapeHtml } from '../../text/escape.ts';

/** Longest text that goes into a page in one piece, characters. */
const MOST = 20_000;

/** Printable ASCII of common length needs no cleaning; most text is that, and cleaning is slow. */
const PLAIN = /^[ -~]{0,2000}$/;

/** Text for a page before it is escaped: what steers or hides is made visible, as for a terminal, and length is bounded. */
export const safeText = (text: string): string =>
  PLAIN.test(text)
    ? text
    : // Code points that are no characters make a page invalid (HTML, 13.2.3.5 "noncharacter-in-input-stream").
      cleanText(text, MOST).replaceAll(/\p{Noncharacter_Code_Point}/gu, '\ufffd');

/** HTML that needs no escaping any more. Only `html` and `trusted` make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text and numbers are escaped, markup is not, lists are joined, null is nothing. */
export type Child = string | number | Markup | null | readonly Child[];

const render = (child: Child): string => {
  if (child === null) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'object') return child.map(render).join('');
  return escapeHtml(safeText(String(child)));
};

/** A template that escapes whatever is put into it, markup excepted. */
export const html = (strings: TemplateStringsArray, ...children: readonly Child[]): Markup =>
  new Markup(strings.reduce((text, string, i) => text + render(children[i - 1] ?? null) + string));

/** Text of ours that is to stand as it is, like a style sheet. Never give it anything that came from outside. */
export const trusted = (text: string): Markup => new Markup(text);
