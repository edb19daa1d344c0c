/** What is to be explained: a number, which may be an error or an event unless the text says `event`, or a text. */
export type Query =
  | { readonly kind: 'number' | 'event'; readonly number: number }
  | { readonly kind: 'text'; readonly text: string };

/** A text with blanks and quotation marks evened out, lower case, for comparing. */
export const normalized = (text: string): string =>
  text
    .replaceAll(/[\s"'\u2018-\u201f]+/g, ' ')
    .trim()
    .toLowerCase();

/** Words that stand before a number; the first group has those that make it an event. */
const LEADING =
  /^(?:((?:microsoft-windows-)?(?:dcom|distributedcom)|event(?: ?id)?)|id|hresult|error|code|win32)(?![\w-])[ :#=]*/;

/** What is left of a text behind its leading words, and whether they speak of an event. */
const behindWords = (text: string): { readonly rest: string; readonly isEvent: boolean } => {
  let rest = text;
  let isEvent = false;
  for (let word = LEADING.exec(rest); word; word = LEADING.exec(rest)) {
    rest = rest.slice(word[0].length);
    isEvent ||= word[1] !== undefined;
  }
  return { rest, isEvent };
};

/** Hexadecimal with its prefix; or eight digits from 8 on, which no decimal error is, as events and people write HRESULTs. */
const HEX = /^(?:0x)?((?<=0x)[0-9a-f]{1,8}|8[0-9a-f]{7})$/;
/** Decimal, signed or not; `%%` is how some events write it. */
const DECIMAL = /^(?:%%)?(-?\d{1,10})$/;

/** An HRESULT inside a longer text, in hexadecimal or, as events write it, unsigned decimal. */
const INSIDE = /\b(?:0x)?(8[0-9a-f]{7})\b|\b(2147\d{6})\b/g;

/** The HRESULTs that an evened text holds. */
export const hresultsIn = (text: string): number[] =>
  [...text.matchAll(INSIDE)].map(([, hex, decimal]) =>
    hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
  );

/** Understands one argument of `explain`. Never throws: what is no number is a text. */
export const readQuery = (argument: string): Query => {
  const text = normalized(argument);
  const { rest, isEvent } = behindWords(text);
  const hex = HEX.exec(rest)?.[1];
  const decimal = DECIMAL.exec(rest)?.[1];
  if (hex === undefined && decimal === undefined) return { kind: 'text', text };
  return {
    kind: isEvent ? 'event' : 'number',
    number: hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
  };
};

/** Whether an argument is one word of a sentence: neither a number nor a symbol nor a sentence of its own. */
const isWord = (arg: string): boolean => !/[\s_]/.test(arg) && readQuery(arg).kind === 'text';

/**
 * Puts together what a shell has taken apart: `DCOM 10036` typed without quotation marks is one question, and so is a sentence
 * of words. A number, a symbol, or an argument that has blanks itself, is a question of its own.
 */
export const joinArguments = (args: readonly string[]): string[] => {
  const questions: string[] = [];
  let words: string[] = [];
  for (const arg of args) {
    words.push(arg);
    if (isWord(arg)) continue;
    const before = words.slice(0, -1);
    const leads =
      readQuery(arg).kind !== 'text' && before.every((word) => behindWords(normalized(word)).rest === '');
    if (leads) questions.push(words.join(' '));
    else questions.push(...[before.join(' '), arg].filter((text, i) => i === 1 || text !== ''));
    words = [];
  }
  return words.length === 0 ? questions : [...questions, words.join(' ')];
};
