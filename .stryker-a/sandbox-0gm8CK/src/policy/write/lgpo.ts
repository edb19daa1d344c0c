import { REG } from '../setting.ts';
import type { WrittenValue } from './wanted.ts';

const dataText = ({ type, data }: WrittenValue): string => {
  if (type === REG.dword) return `DWORD:${data}`;
  return Array.isArray(data) ? `MULTISZ:${data.join('\\0')}` : `SZ:${data}`;
};

/** A text for LGPO.exe /t: for each value four lines and an empty one, with CRLF. */
export const writeLgpo = (values: readonly WrittenValue[]): string =>
  values
    .flatMap((value) => [
      `; ${value.setting} (${value.document})`,
      value.hive === 'HKLM' ? 'Computer' : 'User',
      value.key,
      value.name,
      dataText(value),
      '',
    ])
    .map((line) => `${line}\r\n`)
    .join('');
