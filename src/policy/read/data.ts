import { type Data, REG } from '../setting.ts';

const UTF16 = new TextDecoder('utf-16le');
const ANSI = new TextDecoder('windows-1252');

const textOf = (bytes: Uint8Array, wide: boolean): string | null => {
  if (!wide) return ANSI.decode(bytes);
  return bytes.length % 2 === 0 ? UTF16.decode(bytes) : null;
};

/** Items of one REG_MULTI_SZ that are read; more stay bytes. */
const MOST_ITEMS = 10_000;

/** Bytes that are written as pairs of hexadecimal digits; null for anything else. */
export const hexBytes = (text: string): Uint8Array | null =>
  // No pattern of pairs: it would need a place on the stack for each.
  text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : null;

/** The items of a REG_MULTI_SZ; each ends with a NUL, the list with another. Writers that forget one are common. */
export const multiItems = (text: string): string[] => text.split('\0').filter(Boolean);

/** A text without the NULs at its end. */
const untilNul = (text: string): string => {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\0') end--;
  return text.slice(0, end);
};

const numeric = (type: number, bytes: Uint8Array): number | bigint | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === REG.dword && bytes.length === 4) return view.getUint32(0, true);
  if (type === REG.dwordBigEndian && bytes.length === 4) return view.getUint32(0);
  if (type === REG.qword && bytes.length === 8) return view.getBigUint64(0, true);
  return null;
};

/**
 * Registry data from the bytes that files hold, little endian and UTF-16 (`wide`), or of one byte a character as in REGEDIT4.
 * Bytes that do not fit the type are given back as they are.
 */
export const dataOf = (type: number, bytes: Uint8Array, wide = true): Data => {
  if (type === REG.sz || type === REG.expandSz || type === REG.link) {
    const text = textOf(bytes, wide);
    return text === null ? bytes : untilNul(text);
  }
  if (type === REG.multiSz) {
    const items = multiItems(textOf(bytes, wide) ?? '');
    return bytes.length % (wide ? 2 : 1) === 0 && items.length <= MOST_ITEMS ? items : bytes;
  }
  return numeric(type, bytes) ?? bytes;
};
