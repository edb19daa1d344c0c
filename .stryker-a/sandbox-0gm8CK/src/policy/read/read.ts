import type { Hive, PolicyFile, Source } from '../setting.ts';
import { readJson } from './collected.ts';
import { PolicyFault } from './fault.ts';
import { readInf } from './inf.ts';
import { readLgpo } from './lgpo.ts';
import { MOST_BYTES } from './limits.ts';
import { readPol } from './pol.ts';
import { readReg } from './reg.ts';
import { readReport } from './report.ts';
import { codingOf } from './text.ts';

/** As much of a file as shows what it is. */
const BEGINNING = 4096;

type Reader = (bytes: Uint8Array, source: Source, hive: Hive) => PolicyFile;

/** What a file is by its first text; those that are no policy have something said about them. */
const KINDS: readonly (readonly [beginning: RegExp, reader: Reader | string])[] = [
  [/^PReg/, readPol],
  [/^version https:\/\/git-lfs\./, 'is a Git LFS pointer, not the file itself (git lfs pull)'],
  [/^PK\W/, 'is a ZIP archive: unpack it first'],
  [/^<(!doctype html|html)\b/i, 'is an HTML page; gpresult /x and Get-GPOReport -ReportType Xml make XML'],
  [/^</, readReport],
  [/^(REGEDIT4|Windows Registry Editor)/, readReg],
  [
    /^\[-?HK(EY_|LM|CU)/i,
    "has keys of the registry without the line before them: 'Windows Registry Editor Version 5.00', or REGEDIT4",
  ],
  [/^\[[a-z][a-z ]*\]/i, readInf],
  [/^[[{]/, readJson],
  [/^(;[^\n]*\n\s*)*(computer|user(:[^\n]*)?)\s*\n/i, readLgpo],
];

const beginningOf = (bytes: Uint8Array): string => {
  const { encoding, start } = codingOf(bytes.subarray(0, BEGINNING));
  return new TextDecoder(encoding).decode(bytes.subarray(start, BEGINNING)).trimStart();
};

/**
 * Reads one policy file, whatever it is of those that docs/policy.md lists; its content decides, not its name. `hive` is for
 * Registry.pol, which does not say whether it is the computer's. Throws PolicyFault: one line, and the offset.
 */
export const readPolicy = (bytes: Uint8Array, source: Source, hive: Hive): PolicyFile => {
  if (bytes.length === 0) throw new PolicyFault('is empty', 0);
  if (bytes.length > MOST_BYTES)
    throw new PolicyFault(`has ${bytes.length} bytes; ${MOST_BYTES} are the most`, MOST_BYTES);
  const beginning = beginningOf(bytes);
  const reader = KINDS.find(([pattern]) => pattern.test(beginning))?.[1];
  if (reader === undefined) throw new PolicyFault('is none of the policy files that can be read', 0);
  if (typeof reader === 'string') throw new PolicyFault(reader, 0);
  return reader(bytes, source, hive);
};
