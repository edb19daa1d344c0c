import { type Data, type Hive, type Instruction, type PolicyFile, REG, type Source } from '../setting.ts';
import { dataOf } from './data.ts';
import { PolicyFault } from './fault.ts';
import { bounded, MOST_TEXT } from './limits.ts';
import { settingsFile } from './settings-file.ts';
import { type Line, linesOf } from './text.ts';

const HEADERS: Readonly<Record<string, { readonly wide: boolean }>> = {
  REGEDIT4: { wide: false },
  'Windows Registry Editor Version 5.00': { wide: true },
};

const HIVES: Readonly<Record<string, Hive>> = {
  HKEY_LOCAL_MACHINE: 'HKLM',
  HKLM: 'HKLM',
  HKEY_CURRENT_USER: 'HKCU',
  HKCU: 'HKCU',
};

const fault = (text: string, { number, offset }: Line): PolicyFault =>
  new PolicyFault(`line ${number} ${text}`, offset);

const isComment = (text: string): boolean => text.trim() === '' || text.trimStart().startsWith(';');

/** A quoted text from `from` on, with its escapes resolved, and what follows it; `rest` is null where it does not end. */
const quoted = (text: string, from: number): { readonly value: string; readonly rest: string | null } => {
  let value = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"') return { value, rest: text.slice(at + 1) };
    if (char === '\\') at++;
    value += text[at] ?? '';
  }
  return { value, rest: null };
};

const hexBytes = (digits: string): Uint8Array | null => {
  const parts = digits.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  return parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part))
    ? Uint8Array.from(parts, (part) => Number.parseInt(part, 16))
    : null;
};

/** Takes lines one by one, and joins those that a value is spread over. */
const takerOf = (lines: Iterator<Line>) => {
  let size = 0;
  /** Lines that belong to the value of `first`. */
  const furtherOf = (first: Line) => {
    size = first.text.length;
    return (): string => {
      const next = lines.next();
      if (next.done) throw fault('has a value that does not end', first);
      size += next.value.text.length;
      if (size > MOST_TEXT) throw fault('has a value without an end', first);
      return next.value.text;
    };
  };
  return {
    /** Characters that the last value took. */
    size: (): number => size,
    /** `hex` data goes on after a backslash at the end of a line. */
    hex: (data: string, first: Line): string => {
      const further = furtherOf(first);
      const parts: string[] = [];
      let part = data.trimEnd();
      while (part.endsWith('\\')) {
        parts.push(part.slice(0, -1));
        part = further().trim();
      }
      return [...parts, part].join('');
    },
    /** Texts may hold line ends as they are. */
    text: (data: string, first: Line): string => {
      const further = furtherOf(first);
      const parts: string[] = [];
      let part = quoted(data, 1);
      while (part.rest === null) {
        parts.push(part.value);
        part = quoted(further(), 0);
      }
      if (!isComment(part.rest)) throw fault('has more after the end of a text', first);
      return [...parts, part.value].join('\n');
    },
  };
};

interface Value {
  readonly type: number;
  readonly data: Data;
}

const readValue = (data: string, wide: boolean, line: Line, take: ReturnType<typeof takerOf>): Value => {
  if (data.startsWith('"')) return { type: REG.sz, data: take.text(data, line) };
  const dword = /^dword:\s*([0-9a-f]{1,8})\s*(;.*)?$/i.exec(data);
  if (dword) return { type: REG.dword, data: Number.parseInt(dword[1] ?? '', 16) };
  const hex = /^hex(?:\(([0-9a-f]{1,8})\))?:/i.exec(data);
  if (!hex) throw fault('has a value of no known form', line);
  const bytes = hexBytes(take.hex(data, line).slice(hex[0].length));
  if (!bytes) throw fault('has hexadecimal data with something else in it', line);
  const type = hex[1] === undefined ? REG.binary : Number.parseInt(hex[1], 16);
  return { type, data: dataOf(type, bytes, wide) };
};

/** The name before the first `=`, and what follows it. `@` is the default value, whose name is empty. */
const nameOf = (line: Line): { readonly name: string; readonly data: string } => {
  const text = line.text.trim();
  const { value, rest } = text.startsWith('"') ? quoted(text, 1) : { value: '', rest: text.slice(1) };
  const equals = /^["@]/.test(text) ? /^\s*=\s*/.exec(rest ?? '') : null;
  if (rest === null || !equals) throw fault('is neither a key nor a value', line);
  return { name: value, data: rest.slice(equals[0].length) };
};

const keyOf = (
  line: Line,
): { readonly hive: Hive | null; readonly key: string; readonly deleted: boolean } => {
  const match = /^\[(-?)([^\\\]]+)(?:\\(.*))?\]$/.exec(line.text.trim());
  if (!match) throw fault('has a key without an end', line);
  const [, minus, root = '', key = ''] = match;
  return { hive: HIVES[root.toUpperCase()] ?? null, key, deleted: minus === '-' };
};

const headerOf = (lines: Iterator<Line>): { readonly wide: boolean } => {
  for (let next = lines.next(); !next.done; next = lines.next()) {
    if (isComment(next.value.text)) continue;
    const header = HEADERS[next.value.text.trim()];
    if (!header) break;
    return header;
  }
  throw new PolicyFault("does not begin with 'REGEDIT4' or 'Windows Registry Editor Version 5.00'", 0);
};

/**
 * Reads a `.reg` file as regedit exports it, REGEDIT4 or version 5: its values and deletions in their order. Keys of hives other
 * than HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER are left out. Throws PolicyFault.
 */
export const readReg = (bytes: Uint8Array, source: Source): PolicyFile => {
  const lines = linesOf(bytes);
  const { wide } = headerOf(lines);
  const take = takerOf(lines);
  const list = bounded<Instruction>();
  const covers = bounded<string>();
  let current: { readonly hive: Hive | null; readonly key: string } | null = null;
  for (let next = lines.next(); !next.done; next = lines.next()) {
    const line = next.value;
    if (isComment(line.text)) continue;
    if (line.text.trimStart().startsWith('[')) {
      const { hive, key, deleted } = keyOf(line);
      current = { hive, key };
      if (hive !== null && deleted) list.add({ hive, key, source, op: 'delete-key' }, line.offset);
      if (hive === 'HKLM') covers.add(key.toLowerCase(), line.offset, key.length);
      continue;
    }
    if (current === null) throw fault('has a value before the first key', line);
    const { name, data } = nameOf(line);
    const { hive, key } = current;
    if (data.trimEnd() === '-') {
      if (hive !== null) list.add({ hive, key, source, op: 'delete-value', name }, line.offset);
      continue;
    }
    const value = readValue(data, wide, line, take);
    const weight = key.length + name.length + take.size();
    if (hive !== null) list.add({ hive, key, source, op: 'set', name, ...value }, line.offset, weight);
  }
  return settingsFile({ format: 'reg', source, covers: covers.items, instructions: list.items });
};
