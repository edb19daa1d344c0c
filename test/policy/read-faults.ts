import { PolicyFault } from '../../src/policy/read/fault.ts';
import type { Instruction } from '../../src/policy/setting.ts';
import { read } from './files.ts';

export const bare = (instructions: readonly Instruction[]) =>
  instructions.map(({ source: _, hive: __, ...rest }) => rest);

export const faultOf = (bytes: Uint8Array | string): string => {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof PolicyFault) return `${error.message} (offset ${error.offset})`;
    throw error;
  }
  throw new Error('was read');
};

export const V5 = 'Windows Registry Editor Version 5.00\r\n\r\n';
