import { REG } from '../setting.ts';
import type { WrittenValue } from './wanted.ts';

const utf16 = (text: string): Uint8Array => {
  const units = new Uint8Array(text.length * 2);
  const view = new DataView(units.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), true);
  return units;
};

const dword = (number: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
};

/** Registry data as the registry keeps it: texts end in a zero, a list of texts in another. */
export const bytesOf = ({ type, data }: Pick<WrittenValue, 'type' | 'data'>): Uint8Array => {
  if (type === REG.dword && typeof data === 'number') return dword(data);
  if (type === REG.sz && typeof data === 'string') return utf16(`${data}\0`);
  if (type === REG.multiSz && Array.isArray(data))
    return utf16(`${data.map((text) => `${text}\0`).join('')}\0`);
  throw new TypeError(`no policy of ours has registry data of type ${type}`);
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** A Registry.pol (MS-GPREG 2.2.1) for the computer half of a policy: `Machine\Registry.pol`. */
export const writePol = (values: readonly WrittenValue[]): Uint8Array =>
  joined([
    // "PReg", and version 1.
    dword(0x6765_5250),
    dword(1),
    ...values.flatMap((value) => {
      const data = bytesOf(value);
      return [
        utf16(`[${value.key}\0;${value.name}\0;`),
        dword(value.type),
        utf16(';'),
        dword(data.length),
        utf16(';'),
        data,
        utf16(']'),
      ];
    }),
  ]);
