import { type Data, type Hive, type Instruction, type PolicyFile, REG, type Source } from '../setting.ts';
import { hexBytes, multiItems } from './data.ts';
import { PolicyFault } from './fault.ts';
import { bounded } from './limits.ts';
import { settingsFile } from './settings-file.ts';
import { type Line, linesOf } from './text.ts';

/** Configurations of LGPO: the computer, or users, of whom only all matter here. */
const HIVES: readonly (readonly [pattern: RegExp, hive: Hive])[] = [
  [/^computer$/i, 'HKLM'],
  [/^user(:.*)?$/i, 'HKCU'],
];

const numberOf = (text: string): bigint | null =>
  /^(\d+|0x[0-9a-f]+)$/i.test(text.trim()) ? BigInt(text.trim()) : null;

const dwordOf = (text: string): number | null => {
  const value = numberOf(text);
  return value !== null && value < 2n ** 32n ? Number(value) : null;
};

const qwordOf = (text: string): bigint | null => {
  const value = numberOf(text);
  return value !== null && value < 2n ** 64n ? value : null;
};

const binaryOf = (text: string): Uint8Array | null => hexBytes(text.trim());

const TYPES: Readonly<Record<string, readonly [type: number, read: (text: string) => Data | null]>> = {
  SZ: [REG.sz, (text) => text],
  EXSZ: [REG.expandSz, (text) => text],
  MULTISZ: [REG.multiSz, (text) => multiItems(text.replaceAll('\\0', '\0'))],
  DWORD: [REG.dword, dwordOf],
  QWORD: [REG.qword, qwordOf],
  BINARY: [REG.binary, binaryOf],
};

const fault = (text: string, { number, offset }: Line): PolicyFault =>
  new PolicyFault(`line ${number} ${text}`, offset);

/** What the four lines of an entry ask for; null where nothing changes: a key that is only made, or cleared in the file. */
const instructionOf = (
  [, key, name, action]: readonly [Line, Line, Line, Line],
  hive: Hive,
  source: Source,
): Instruction | null => {
  const at = { hive, key: key.text.trim(), source };
  const value = name.text.trim();
  const verb = action.text.trim().toUpperCase();
  if (verb === 'DELETE') return { ...at, op: 'delete-value', name: value };
  if (verb === 'DELETEALLVALUES') return { ...at, op: 'delete-values' };
  if (verb === 'DELETEKEYS')
    return { ...at, op: 'delete-key', key: value === '*' ? at.key : `${at.key}\\${value}` };
  if (verb === 'CREATEKEY' || verb === 'CLEAR') return null;
  const [, type = '', data = ''] = /^\s*([a-z]+):(.*)$/i.exec(action.text) ?? [];
  const known = TYPES[type.toUpperCase()];
  const read = known?.[1](data) ?? null;
  if (!known || read === null) throw fault('has no action or value that LGPO knows', action);
  return { ...at, op: 'set', name: value, type: known[0], data: read };
};

/**
 * Reads the text of `LGPO /parse`: entries of four lines, `Computer` or `User`, key, value name, action, with comments after `;`.
 * Throws PolicyFault.
 */
export const readLgpo = (bytes: Uint8Array, source: Source): PolicyFile => {
  const list = bounded<Instruction>();
  let entry: Line[] = [];
  for (const line of linesOf(bytes)) {
    if (line.text.trimStart().startsWith(';')) continue;
    // An empty line may be the name of a default value, but begins no entry and is no key.
    if (line.text.trim() === '' && entry.length < 2) {
      if (entry.length > 0) throw fault('ends an entry after its first line', line);
      continue;
    }
    entry.push(line);
    const [first, key, name, action] = entry;
    if (!first || !key || !name || !action) continue;
    const hive = HIVES.find(([pattern]) => pattern.test(first.text.trim()))?.[1];
    if (hive === undefined) throw fault("is neither 'Computer' nor 'User'", first);
    const instruction = instructionOf([first, key, name, action], hive, source);
    const weight = key.text.length + name.text.length + action.text.length;
    if (instruction) list.add(instruction, first.offset, weight);
    entry = [];
  }
  const [open] = entry;
  if (open) throw fault('begins an entry that does not end', open);
  return settingsFile({ format: 'lgpo', source, instructions: list.items });
};
