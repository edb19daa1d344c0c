import { isUtf8 } from 'node:buffer';
import { PolicyFault } from './fault.ts';
import { MOST_TEXT } from './limits.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How the text of a file is written, and after how many bytes it begins. */
export interface Coding {
  readonly encoding: Encoding;
  readonly start: number;
}

const PIECE = 65_536;

const startsWith = (bytes: Uint8Array, ...signs: readonly number[]): boolean =>
  signs.every((sign, index) => bytes[index] === sign);

/**
 * The encoding of a text: by its byte order mark, else by the zero bytes of UTF-16, else UTF-8, or windows-1252 where it is
 * none. Throws PolicyFault for UTF-32.
 */
export const codingOf = (bytes: Uint8Array): Coding => {
  if (startsWith(bytes, 0xff, 0xfe, 0, 0) || startsWith(bytes, 0, 0, 0xfe, 0xff))
    throw new PolicyFault('is UTF-32, which Windows does not write', 0);
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', start: 3 };
  if (startsWith(bytes, 0xff, 0xfe)) return { encoding: 'utf-16le', start: 2 };
  if (startsWith(bytes, 0xfe, 0xff)) return { encoding: 'utf-16be', start: 2 };
  if (bytes.length >= 2 && bytes[0] !== 0 && bytes[1] === 0) return { encoding: 'utf-16le', start: 0 };
  if (bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0) return { encoding: 'utf-16be', start: 0 };
  return { encoding: isUtf8(bytes) ? 'utf-8' : 'windows-1252', start: 0 };
};

/** How many bytes a text takes in the file. */
export const bytesOf = (text: string, encoding: Encoding): number => {
  if (encoding === 'utf-8') return Buffer.byteLength(text);
  return encoding === 'windows-1252' ? text.length : text.length * 2;
};

/** Where decoding failed: what a lenient decoder replaces comes after this many bytes. */
const faultIn = (bytes: Uint8Array, encoding: Encoding): number => {
  const lenient = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  const index = lenient.indexOf('�');
  return bytesOf(index < 0 ? lenient : lenient.slice(0, index), encoding);
};

/** The text of a file in pieces that are not too large. Throws PolicyFault where the bytes are none of the encoding. */
export function* piecesOf(bytes: Uint8Array, { encoding, start }: Coding): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  for (let at = start; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    try {
      yield decoder.decode(piece, { stream: at + PIECE < bytes.length });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new PolicyFault(`is not valid ${encoding}`, at + faultIn(piece, encoding));
    }
  }
}

/** One line without its end, counted from 1; `offset` is the byte at which it begins. */
export interface Line {
  readonly text: string;
  readonly number: number;
  readonly offset: number;
}

/** The lines of a text. Throws PolicyFault for bytes that are no text, and for a line without an end. */
export function* linesOf(bytes: Uint8Array): Generator<Line> {
  const coding = codingOf(bytes);
  let rest = '';
  let offset = coding.start;
  let number = 1;
  const lineOf = (whole: string): Line => {
    const zero = whole.indexOf('\0');
    if (zero >= 0)
      throw new PolicyFault(
        'has a zero in its text',
        offset + bytesOf(whole.slice(0, zero), coding.encoding),
      );
    const line = { text: whole.replace(/\r$/, ''), number, offset };
    number++;
    offset += bytesOf(whole, coding.encoding) + bytesOf('\n', coding.encoding);
    return line;
  };
  for (const piece of piecesOf(bytes, coding)) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield lineOf(part);
    if (rest.length > MOST_TEXT)
      throw new PolicyFault(`has a line of more than ${MOST_TEXT} characters`, offset);
  }
  if (rest !== '') yield lineOf(rest);
}
