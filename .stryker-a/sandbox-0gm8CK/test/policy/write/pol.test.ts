import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { REG } from '../../../src/policy/setting.ts';
import { bytesOf, writePol } from '../../../src/policy/write/pol.ts';
import { valuesOf } from '../../../src/policy/write/wanted.ts';
import { needs } from '../../lab/gate.ts';
import { finish } from '../../lab/shell.ts';
import { wanted } from './wanted.ts';

/** Debian's own Python: Samba's modules are for that one. */
const PYTHON = '/usr/bin/python3';
const READER = `
import json, sys
from samba.dcerpc import preg
from samba.ndr import ndr_unpack
def data(entry):
    return list(entry.data) if isinstance(entry.data, bytes) else entry.data
for path in sys.argv[1:]:
    file = ndr_unpack(preg.file, open(path, 'rb').read())
    print(json.dumps([[e.keyname, e.valuename, e.type, data(e)] for e in file.entries]))
`;
const folder = mkdtempSync(join(tmpdir(), 'ra-pol-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whyNoSamba = async (): Promise<string | null> => {
  if (!existsSync(PYTHON)) return `no ${PYTHON}`;
  const { code } = await finish(PYTHON, ['-c', 'import samba.dcerpc.preg, samba.ndr']);
  return code === 0 ? null : 'python3-samba is not installed';
};

describe('a Registry.pol that was written', () => {
  it('is what MS-GPREG 2.2.1 describes, to the byte', () => {
    const value = { hive: 'HKLM', key: 'K', name: 'N', setting: '', document: '' } as const;
    const bytes = writePol([{ ...value, type: REG.dword, data: 1 }]);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      // PReg, 1, [ K 0 ; N 0 ; 4 ; 4 ; 1 ]
      '50526567010000005b004b0000003b004e0000003b00040000003b00040000003b00010000005d00',
    );
  });

  it('ends a list of texts with one more zero than it has texts', () => {
    expect(Buffer.from(bytesOf({ type: REG.multiSz, data: ['ab', 'c'] })).toString('utf16le')).toBe(
      'ab\0c\0\0',
    );
  });

  it('is read by Samba as it was meant', async ({ skip }) => {
    needs(skip, await whyNoSamba());
    const policies = fc.sample(wanted, { numRuns: 60, seed: 11 }).map(valuesOf);
    const files = policies.map((values, i) => {
      const file = join(folder, `${i}.pol`);
      writeFileSync(file, writePol(values));
      return file;
    });
    const { code, stdout, stderr } = await finish(PYTHON, ['-c', READER, ...files]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const read = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Samba gives the bytes of a list of texts.
    const meant = policies.map((values) =>
      values.map((value) => [
        value.key,
        value.name,
        value.type,
        value.type === REG.multiSz ? [...bytesOf(value)] : value.data,
      ]),
    );
    expect(read).toEqual(meant);
  });
});
