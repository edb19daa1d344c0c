import { type Data, type Instruction, type PolicyFile, REG, type Source } from '../setting.ts';
import { PolicyFault } from './fault.ts';
import { bounded } from './limits.ts';
import { settingsFile } from './settings-file.ts';
import { type Line, linesOf } from './text.ts';

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/s, '$1');

/** Binary data are numbers of a byte each, of a REG_MULTI_SZ the items, with commas between them (MS-GPSB 2.2.6). */
const dataOf = (type: number, text: string): Data | null => {
  switch (type) {
    case REG.sz:
    case REG.expandSz:
      return unquoted(text);
    case REG.multiSz:
      return text.split(',').map(unquoted).filter(Boolean);
    case REG.dword:
      return /^\d{1,10}$/.test(text.trim()) ? Number(text.trim()) : null;
    case REG.binary: {
      const bytes = text.split(',').map(Number);
      return bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)
        ? Uint8Array.from(bytes)
        : null;
    }
    default:
      return null;
  }
};

const instructionOf = ({ text, number, offset }: Line, source: Source): Instruction | null => {
  // Not one pattern for all of it: a line of blanks would be tried in every way there is.
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals)).trim().replace(/^"|"$/g, '');
  const match = path.includes('"') ? null : /^\s*(\d+)\s*,(.*)$/.exec(text.slice(equals + 1));
  const [, kind = '', rest = ''] = match ?? [];
  const type = Number(kind);
  const data = dataOf(type, rest);
  const slash = path.lastIndexOf('\\');
  if (!match || data === null || slash < 0)
    throw new PolicyFault(`line ${number} is not a registry value of a security template`, offset);
  const [, root = '', key = ''] = /^([^\\]+)\\(.*)$/.exec(path.slice(0, slash)) ?? [];
  if (root.toUpperCase() !== 'MACHINE') return null;
  return { op: 'set', hive: 'HKLM', key, name: path.slice(slash + 1).trim(), type, data, source };
};

/**
 * Reads the registry values of a security template (GptTmpl.inf of a GPO, MS-GPSB 2.2.6), which hold the DCOM restrictions.
 * Throws PolicyFault.
 */
export const readInf = (bytes: Uint8Array, source: Source): PolicyFile => {
  const list = bounded<Instruction>();
  let section: string | null = null;
  for (const line of linesOf(bytes)) {
    const text = line.text.trim();
    if (text === '' || text.startsWith(';')) continue;
    const header = /^\[(.+)\]$/.exec(text);
    if (header) {
      section = header[1]?.trim().toLowerCase() ?? '';
    } else if (section === null) {
      throw new PolicyFault(`line ${line.number} stands before the first section`, line.offset);
    } else if (section === 'registry values') {
      const instruction = instructionOf(line, source);
      if (instruction) list.add(instruction, line.offset, text.length);
    }
  }
  return settingsFile({ format: 'inf', source, instructions: list.items });
};
