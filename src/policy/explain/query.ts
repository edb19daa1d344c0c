/**
 * What somebody asks about. `number` is unsigned 32 bits; `event` only where the text says so, `either` for a bare decimal number,
 * which may be an event or an error.
 */
export type Query =
  | { readonly kind: 'hresult' | 'event' | 'either'; readonly number: number }
  | { readonly kind: 'text'; readonly text: string };

const LARGEST = 0xffff_ffff;

/** A text with blanks and quotation marks evened out, lower case, for comparing. */
export const evened = (text: string): string =>
  text
    .replaceAll(/[\s"'\u2018-\u201f]+/g, ' ')
    .trim()
    .toLowerCase();

const EVENT = /^(?:microsoft-windows-)?(?:dcom|distributedcom|event)(?: event)?(?: id)?[ :#]*(\d{1,6})$/;
/** Hexadecimal with its prefix, or eight digits of which one is a letter, as event texts write HRESULTs. */
const HEX = /^(?:0x([0-9a-f]{1,8})|(?=[0-9]*[a-f])([0-9a-f]{8}))$/;
/** An HRESULT inside a longer text, in hexadecimal or, as events write it, unsigned decimal. */
const INSIDE = /\b(?:0x)?(8[0-9a-f]{7})\b|\b(2147\d{6})\b/g;

/** The HRESULTs that an evened text holds. */
export const hresultsIn = (text: string): number[] =>
  [...text.matchAll(INSIDE)].map(([, hex, decimal]) =>
    hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
  );

/** Understands one argument of `explain`. Never throws: what is no number is a text. */
export const readQuery = (argument: string): Query => {
  const text = evened(argument);
  const event = EVENT.exec(text);
  if (event) return { kind: 'event', number: Number(event[1]) };
  const bare = text.replace(/^(?:hresult|error|code|win32)(?: code)?[ :=]*/, '').replace(/^%%/, '');
  const hex = HEX.exec(bare);
  if (hex) return { kind: 'hresult', number: Number.parseInt(hex[1] ?? hex[2] ?? '', 16) };
  if (/^-?\d{1,10}$/.test(bare)) {
    const number = Number(bare);
    if (number < 0 && number >= -0x8000_0000) return { kind: 'hresult', number: number + LARGEST + 1 };
    if (number >= 0 && number <= LARGEST) return { kind: 'either', number };
  }
  return { kind: 'text', text };
};

/** Words that belong to the number behind them. */
const LEADING = /^(?:dcom|distributedcom|event|id|hresult|error|code|win32)$/i;

/**
 * Puts together what a shell has taken apart: `DCOM 10036` typed without quotation marks is one question, and so is a sentence
 * of words. A number, or an argument that has blanks itself, is a question of its own.
 */
export const joinArguments = (args: readonly string[]): string[] => {
  const questions: string[] = [];
  let words: string[] = [];
  const flush = (): void => {
    if (words.length > 0) questions.push(words.join(' '));
    words = [];
  };
  for (const arg of args) {
    const isWord = !/\s/.test(arg.trim()) && readQuery(arg).kind === 'text' && !/_/.test(arg);
    if (isWord) {
      words.push(arg);
      continue;
    }
    const leads = words.length > 0 && words.every((word) => LEADING.test(word)) && !/\s/.test(arg.trim());
    if (leads) questions.push([...words.splice(0), arg].join(' '));
    else {
      flush();
      questions.push(arg);
    }
  }
  flush();
  return questions;
};
