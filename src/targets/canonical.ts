import type { Family } from '../model/target.ts';

// An audit turns the number of every host into text, and that text into a number again before the host gets a packet.
// Nearly all addresses that it meets are canonical, and plain arithmetic does for these what ip-address does for all, in a
// fraction of the time.

/** An IPv4 address from its number, which is a plain one. */
export const dotted = (number: number): string =>
  `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;

const WORD = 0x1_0000;
/** Three words of 16 bits as one number, which is exact. */
const joined = (a: number, b: number, c: number): number => (a * WORD + b) * WORD + c;
const words = (number: number): readonly number[] => [
  Math.floor(number / WORD / WORD),
  Math.floor(number / WORD) % WORD,
  number % WORD,
];

const ZEROS = /\b0(?::0)+\b/g;

/** An IPv6 address as RFC 5952 writes it: lower-case, and `::` for the longest run of zeros, the first of equal ones. */
const coloned = (number: bigint): string => {
  const text = [
    ...words(Number(number >> 80n)),
    ...words(Number(BigInt.asUintN(48, number >> 32n))),
    ...words(Number(BigInt.asUintN(32, number))).slice(1),
  ]
    .map((word) => word.toString(16))
    .join(':');
  let longest = { length: 0, at: 0 };
  for (const { 0: run, index } of text.matchAll(ZEROS))
    if (run.length > longest.length) longest = { length: run.length, at: index };
  if (longest.length === 0) return text;
  return `${text.slice(0, Math.max(0, longest.at - 1))}::${text.slice(longest.at + longest.length + 1)}`;
};

/** The canonical text of an address, as `parseAddress` writes it. */
export const textOf = (number: bigint, family: Family): string =>
  family === 4 ? dotted(Number(number)) : coloned(number);

const numberOfFour = (text: string): bigint | null => {
  const [a, b, c, d] = text.split('.');
  const number = ((Number(a) * 256 + Number(b)) * 256 + Number(c)) * 256 + Number(d);
  return dotted(number) === text ? BigInt(number) : null;
};

const wordsOf = (text: string | undefined): readonly number[] =>
  text ? text.split(':').map((word) => Number.parseInt(word, 16)) : [];

const numberOfSix = (text: string): bigint | null => {
  const [before, after] = text.split('::');
  const [head, tail] = [wordsOf(before), wordsOf(after)];
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const all = [...head, ...Array<number>(zeros).fill(0), ...tail];
  if (all.length !== 8 || !all.every((word) => word < WORD)) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = all;
  const number =
    (BigInt(joined(a, b, c)) << 80n) | (BigInt(joined(d, e, f)) << 32n) | BigInt(joined(0, g, h));
  // IPv4 in IPv6 clothes is written as IPv4.
  return coloned(number) === text && number >> 32n !== 0xffffn ? number : null;
};

/** The number of an address that is written as `parseAddress` writes it, without a zone; null for every other text. */
export const readCanonical = (text: string): { readonly family: Family; readonly number: bigint } | null => {
  const family = text.includes(':') ? 6 : 4;
  // What writes the same text has read it right.
  const number = family === 4 ? numberOfFour(text) : numberOfSix(text);
  return number === null ? null : { family, number };
};
