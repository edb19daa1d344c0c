import { REG } from '../setting.ts';
import { bytesOf } from './pol.ts';
import type { WrittenValue } from './wanted.ts';

const HIVES = { HKLM: 'HKEY_LOCAL_MACHINE', HKCU: 'HKEY_CURRENT_USER' } as const;

const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',');

const dataText = (value: WrittenValue): string => {
  if (value.type === REG.dword) return `dword:${Number(value.data).toString(16).padStart(8, '0')}`;
  if (value.type === REG.sz) return quoted(String(value.data));
  return `hex(${value.type}):${hex(bytesOf(value))}`;
};

/** A file for regedit, version 5: text with CRLF. It belongs in UTF-16LE behind a byte order mark, which is not in it. */
export const writeReg = (values: readonly WrittenValue[]): string => {
  const lines = ['Windows Registry Editor Version 5.00'];
  let key = '';
  for (const value of values) {
    const path = `${HIVES[value.hive]}\\${value.key}`;
    if (path !== key) lines.push('', `[${path}]`);
    key = path;
    lines.push(`; ${value.setting} (${value.document})`, `${quoted(value.name)}=${dataText(value)}`);
  }
  return `${lines.join('\r\n')}\r\n`;
};
