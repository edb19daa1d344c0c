import { concat, type Reader, u16le, u32le } from './reader.ts';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Reads a DCE UUID: the first three fields in the sender's byte order, the rest as they stand (C706 appendix A). */
export const readUuid = (reader: Reader): string => {
  const [low, mid, high] = [reader.u32(), reader.u16(), reader.u16()];
  const rest = [...reader.bytes(8)].map((byte) => hex(byte, 2)).join('');
  return `${hex(low, 8)}-${hex(mid, 4)}-${hex(high, 4)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
};

/** Writes a UUID, little-endian. `text` in the usual form with hyphens. */
export const uuidBytes = (text: string): Uint8Array => {
  const [low = '', mid = '', high = '', ...rest] = text.split('-');
  const tail = rest.join('').match(/../g) ?? [];
  return concat([
    u32le(Number.parseInt(low, 16)),
    u16le(Number.parseInt(mid, 16)),
    u16le(Number.parseInt(high, 16)),
    Uint8Array.from(tail, (byte) => Number.parseInt(byte, 16)),
  ]);
};
