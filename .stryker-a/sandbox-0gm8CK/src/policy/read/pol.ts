import type { Hive, Instruction, PolicyFile, Source } from '../setting.ts';
import { dataOf } from './data.ts';
import { PolicyFault } from './fault.ts';
import { bounded, MOST_TEXT } from './limits.ts';
import { settingsFile } from './settings-file.ts';

/** `PReg`, and version 1 (MS-GPREG 2.2.1). */
const MAGIC = 0x67655250;
const VERSION = 1;
const HEADER_BYTES = 8;

const UTF16 = new TextDecoder('utf-16le');

/** Reads the fields of `[key;value;type;size;data]` one after the other; throws PolicyFault at the offset of the mistake. */
const fieldsOf = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = HEADER_BYTES;
  const need = (count: number, what: string): void => {
    if (at + count > bytes.length) throw new PolicyFault(`ends in the middle of ${what}`, bytes.length);
  };
  return {
    offset: () => at,
    isAtEnd: () => at === bytes.length,
    mark: (sign: string): void => {
      need(2, 'an entry');
      if (view.getUint16(at, true) !== sign.charCodeAt(0))
        throw new PolicyFault(`has something else where '${sign}' belongs`, at);
      at += 2;
    },
    /** A text up to its NUL. */
    text: (what: string): string => {
      const start = at;
      for (;;) {
        need(2, what);
        if (view.getUint16(at, true) === 0) break;
        at += 2;
        if (at - start > MOST_TEXT) throw new PolicyFault(`has ${what} without an end`, start);
      }
      at += 2;
      return UTF16.decode(bytes.subarray(start, at - 2));
    },
    number: (what: string): number => {
      need(4, what);
      at += 4;
      return view.getUint32(at - 4, true);
    },
    data: (size: number): Uint8Array => {
      if (size > bytes.length - at)
        throw new PolicyFault(
          `has an entry of ${size} bytes of data where ${bytes.length - at} are left`,
          at,
        );
      if (size > MOST_TEXT) throw new PolicyFault(`has an entry of ${size} bytes of data`, at);
      at += size;
      return bytes.subarray(at - size, at);
    },
  };
};

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly type: number;
  readonly data: Uint8Array;
}

const LIST_SEPARATOR = ';';

const listed = ({ type, data }: Entry): string[] => {
  const text = dataOf(type, data);
  return typeof text === 'string' ? text.split(LIST_SEPARATOR).filter(Boolean) : [];
};

/** What an entry sets. Names that begin with `**` are orders (MS-GPREG 3.2.5.1); `**SecureKey` changes no value. */
const instructionsOf = (entry: Entry, hive: Hive, source: Source): Instruction[] => {
  const { key, name, type } = entry;
  const at = { hive, key, source };
  const order = /^\*\*(del\.|delvals|deletevalues|deletekeys|securekey|soft\.)/i
    .exec(name)?.[1]
    ?.toLowerCase();
  switch (order) {
    case 'del.':
      return [{ ...at, op: 'delete-value', name: name.slice('**del.'.length) }];
    case 'delvals':
      return [{ ...at, op: 'delete-values' }];
    case 'deletevalues':
      return listed(entry).map((one) => ({ ...at, op: 'delete-value', name: one }));
    case 'deletekeys':
      return listed(entry).map((one) => ({ ...at, op: 'delete-key', key: `${key}\\${one}` }));
    case 'securekey':
      return [];
    case 'soft.':
      return [
        {
          ...at,
          op: 'set',
          name: name.slice('**soft.'.length),
          type,
          data: dataOf(type, entry.data),
          soft: true,
        },
      ];
    default:
      return [{ ...at, op: 'set', name, type, data: dataOf(type, entry.data) }];
  }
};

/**
 * Reads a Registry.pol (MS-GPREG 2.2.1): its entries in their order. A file that ends after its header is valid and empty. The
 * file does not say whether it is for the computer or the user. Throws PolicyFault.
 */
export const readPol = (bytes: Uint8Array, source: Source, hive: Hive): PolicyFile => {
  if (bytes.length < HEADER_BYTES) throw new PolicyFault('ends in the middle of its header', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new PolicyFault("does not begin with 'PReg'", 0);
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw new PolicyFault(`is of version ${version}, not ${VERSION}`, 4);
  const list = bounded<Instruction>();
  const fields = fieldsOf(bytes);
  while (!fields.isAtEnd()) {
    const start = fields.offset();
    fields.mark('[');
    const key = fields.text('the name of a key');
    fields.mark(';');
    const name = fields.text('the name of a value');
    fields.mark(';');
    const type = fields.number('a type');
    fields.mark(';');
    const size = fields.number('a size');
    fields.mark(';');
    const data = fields.data(size);
    fields.mark(']');
    for (const one of instructionsOf({ key, name, type, data }, hive, source))
      list.add(one, start, fields.offset() - start);
  }
  return settingsFile({ format: 'pol', source, instructions: list.items });
};
