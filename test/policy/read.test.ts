import { describe, expect, it } from 'vitest';
import { hexBytes } from '../../src/policy/read/data.ts';
import { PolicyFault } from '../../src/policy/read/fault.ts';
import type { Instruction } from '../../src/policy/setting.ts';
import { dword, entry, pol, read, SOURCE, sz, TS, utf16 } from './files.ts';

const bare = (instructions: readonly Instruction[]) =>
  instructions.map(({ source: _, hive: __, ...rest }) => rest);

const faultOf = (bytes: Uint8Array | string): string => {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof PolicyFault) return `${error.message} (offset ${error.offset})`;
    throw error;
  }
  throw new Error('was read');
};

describe('Registry.pol', () => {
  it('of 8 bytes is valid and empty', () => {
    expect(read(pol()).instructions).toEqual([]);
  });

  it('gives every value type in the order of the file', () => {
    const file = read(
      pol(
        sz('A', 'text', 'x'),
        entry('A', 'expand', 2, utf16('%a%\0')),
        entry('A', 'bytes', 3, Buffer.from([1, 2])),
        dword('A', 'number', 4_294_967_295),
        entry('A', 'big endian', 5, Buffer.from([0, 0, 1, 0])),
        entry('A', 'list', 7, utf16('one\0two\0\0')),
        entry('A', 'long', 11, Buffer.from([1, 0, 0, 0, 0, 0, 0, 128])),
        entry('A', 'none', 0, Buffer.alloc(0)),
        entry('A', '', 1, utf16('default\0')),
      ),
    );
    expect(bare(file.instructions)).toEqual([
      { op: 'set', key: 'A', name: 'text', type: 1, data: 'x' },
      { op: 'set', key: 'A', name: 'expand', type: 2, data: '%a%' },
      { op: 'set', key: 'A', name: 'bytes', type: 3, data: Buffer.from([1, 2]) },
      { op: 'set', key: 'A', name: 'number', type: 4, data: 4_294_967_295 },
      { op: 'set', key: 'A', name: 'big endian', type: 5, data: 256 },
      { op: 'set', key: 'A', name: 'list', type: 7, data: ['one', 'two'] },
      { op: 'set', key: 'A', name: 'long', type: 11, data: 9_223_372_036_854_775_809n },
      { op: 'set', key: 'A', name: 'none', type: 0, data: Buffer.alloc(0) },
      { op: 'set', key: 'A', name: '', type: 1, data: 'default' },
    ]);
  });

  it('reads a REG_MULTI_SZ whose writer forgot the last NUL', () => {
    const [one] = read(pol(entry('A', 'list', 7, utf16('one\0two')))).instructions;
    expect(one).toMatchObject({ data: ['one', 'two'] });
  });

  it('keeps data that do not fit their type as bytes', () => {
    const [one] = read(pol(entry('A', 'number', 4, Buffer.from([1])))).instructions;
    expect(one).toMatchObject({ data: Buffer.from([1]) });
  });

  it('reads the orders that begin with **', () => {
    const text = (name: string, data: string) => entry(TS, name, 1, utf16(`${data}\0`));
    expect(
      bare(
        read(
          pol(
            text('**del.fAllowUnsolicited', ' '),
            text('**delvals.', ' '),
            text('**DeleteValues', 'a;b'),
            text('**DeleteKeys', 'RAUnsolicit;Client'),
            dword(TS, '**SecureKey', 1),
            dword(TS, '**soft.fAllowToGetHelp', 1),
          ),
        ).instructions,
      ),
    ).toEqual([
      { op: 'delete-value', key: TS, name: 'fAllowUnsolicited' },
      { op: 'delete-values', key: TS },
      { op: 'delete-value', key: TS, name: 'a' },
      { op: 'delete-value', key: TS, name: 'b' },
      { op: 'delete-key', key: `${TS}\\RAUnsolicit` },
      { op: 'delete-key', key: `${TS}\\Client` },
      { op: 'set', key: TS, name: 'fAllowToGetHelp', type: 4, data: 1, soft: true },
    ]);
  });

  it('names the offset of what is wrong', () => {
    const whole = pol(dword('A', 'b', 1));
    expect(faultOf(whole.subarray(0, 6))).toBe('ends in the middle of its header (offset 6)');
    expect(faultOf(whole.subarray(0, 22))).toBe('ends in the middle of a type (offset 22)');
    expect(faultOf(whole.subarray(0, whole.length - 1))).toMatch(/ends in the middle of an entry/);
    expect(faultOf(Buffer.concat([whole, Buffer.from('x')]))).toMatch(/ends in the middle of an entry/);
    expect(faultOf(Buffer.concat([whole, Buffer.from('xx')]))).toBe(
      `has something else where '[' belongs (offset ${whole.length})`,
    );
    expect(faultOf(pol(entry('A', 'b', 4, Buffer.alloc(4), 4_000_000_000)))).toMatch(
      /^has an entry of 4000000000 bytes of data where 6 are left \(offset \d+\)$/,
    );
    const old = Buffer.from(whole);
    old.writeUInt32LE(2, 4);
    expect(faultOf(old)).toBe('is of version 2, not 1 (offset 4)');
  });
});

const V5 = 'Windows Registry Editor Version 5.00\r\n\r\n';

describe('.reg', () => {
  const text = [
    '[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]',
    '; a comment',
    '@="default"',
    '"quoted \\"name\\"\\\\"="a \\\\ b"',
    '"number"=dword:0000ffff',
    '"gone"=-',
    '"bytes"=hex:01,02,\\',
    '  03',
    '"expand"=hex(2):25,00,61,00,25,00,00,00',
    '"list"=hex(7):6f,00,6e,00,65,00,00,00,74,00,77,00,6f,00,00,00,00,00',
    '"long"=hex(b):01,00,00,00,00,00,00,00',
    '"two lines"="a',
    'b"',
    '[-HKEY_LOCAL_MACHINE\\SOFTWARE\\B]',
    '[HKEY_CLASSES_ROOT\\C]',
    '"left out"="x"',
    '',
  ].join('\r\n');
  const expected = [
    { op: 'set', key: 'SOFTWARE\\A', name: '', type: 1, data: 'default' },
    { op: 'set', key: 'SOFTWARE\\A', name: 'quoted "name"\\', type: 1, data: 'a \\ b' },
    { op: 'set', key: 'SOFTWARE\\A', name: 'number', type: 4, data: 65_535 },
    { op: 'delete-value', key: 'SOFTWARE\\A', name: 'gone' },
    { op: 'set', key: 'SOFTWARE\\A', name: 'bytes', type: 3, data: Uint8Array.from([1, 2, 3]) },
    { op: 'set', key: 'SOFTWARE\\A', name: 'expand', type: 2, data: '%a%' },
    { op: 'set', key: 'SOFTWARE\\A', name: 'list', type: 7, data: ['one', 'two'] },
    { op: 'set', key: 'SOFTWARE\\A', name: 'long', type: 11, data: 1n },
    { op: 'set', key: 'SOFTWARE\\A', name: 'two lines', type: 1, data: 'a\nb' },
    { op: 'delete-key', key: 'SOFTWARE\\B' },
  ];

  it.each([
    ['UTF-16 with a byte order mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(V5 + text)])],
    ['UTF-16 without one', utf16(V5 + text)],
    [
      'UTF-8 with a byte order mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(V5 + text)]),
    ],
    ['UTF-8', Buffer.from(V5 + text)],
  ])('of version 5 as %s', (_, bytes) => {
    expect(bare(read(bytes).instructions)).toEqual(expected);
  });

  it('of REGEDIT4 has one byte a character, in its data too', () => {
    const file = read(
      Buffer.concat([
        Buffer.from('REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n"'),
        Buffer.from([0xfc]),
        Buffer.from('"=hex(7):6f,6e,65,00,00\r\n'),
      ]),
    );
    expect(bare(file.instructions)).toEqual([{ op: 'set', key: 'A', name: 'ü', type: 7, data: ['one'] }]);
  });

  it('names line and offset of what is wrong', () => {
    expect(faultOf(`${V5}"a"="b"\r\n`)).toBe(`line 3 has a value before the first key (offset ${V5.length})`);
    expect(faultOf(`${V5}[HKEY_LOCAL_MACHINE\\A]\r\n"a"=hex:zz\r\n`)).toMatch(/line 4 has hexadecimal data/);
    expect(faultOf(`${V5}[HKEY_LOCAL_MACHINE\\A]\r\n"a"="b\r\n`)).toMatch(
      /line 4 has a value that does not end/,
    );
    expect(faultOf(`${V5}[HKEY_LOCAL_MACHINE\\A\r\n`)).toMatch(/line 3 has a key without an end/);
    expect(faultOf('Windows Registry Editor Version 6.00\r\n')).toMatch(/does not begin with/);
  });
});

describe('LGPO text', () => {
  it('is read in entries of four lines', () => {
    const file = read(
      [
        '; made by LGPO.exe',
        'Computer',
        'Software\\A',
        'number',
        'DWORD:1',
        '',
        'Computer',
        'Software\\A',
        'list',
        'MULTISZ:one\\0two',
        '',
        'User',
        'Software\\A',
        'text',
        'SZ:a:b',
        'Computer',
        'Software\\A',
        'gone',
        'DELETE',
        'Computer',
        'Software\\A',
        '*',
        'DELETEALLVALUES',
        'Computer',
        'Software\\A',
        '*',
        'CREATEKEY',
        '',
      ].join('\r\n'),
    );
    expect(file.instructions.map(({ hive }) => hive)).toEqual(['HKLM', 'HKLM', 'HKCU', 'HKLM', 'HKLM']);
    expect(bare(file.instructions)).toEqual([
      { op: 'set', key: 'Software\\A', name: 'number', type: 4, data: 1 },
      { op: 'set', key: 'Software\\A', name: 'list', type: 7, data: ['one', 'two'] },
      { op: 'set', key: 'Software\\A', name: 'text', type: 1, data: 'a:b' },
      { op: 'delete-value', key: 'Software\\A', name: 'gone' },
      { op: 'delete-values', key: 'Software\\A' },
    ]);
  });

  it('names line and offset of what is wrong', () => {
    expect(faultOf('Computer\nA\nb\nDWORD:x\n')).toBe(
      'line 4 has no action or value that LGPO knows (offset 13)',
    );
    expect(faultOf('Computer\nA\nb\nDWORD:1\nComputer\nA\n')).toBe(
      'line 5 begins an entry that does not end (offset 21)',
    );
  });
});

describe('GptTmpl.inf', () => {
  it('gives its registry values, with texts in quotes', () => {
    const file = read(
      Buffer.concat([
        Buffer.from([0xff, 0xfe]),
        utf16(
          '[Unicode]\r\nUnicode=yes\r\n[Registry Values]\r\nMACHINE\\Software\\Policies\\Microsoft\\Windows NT\\DCOM\\MachineLaunchRestriction=1,"O:BAG:BAD:(A;;CC;;;BA)"\r\nMACHINE\\System\\A\\b=4,1\r\nMACHINE\\System\\A\\c=7,one,two\r\n[Version]\r\nsignature="$CHICAGO$"\r\n',
        ),
      ]),
    );
    expect(file.format).toBe('inf');
    expect(bare(file.instructions)).toEqual([
      {
        op: 'set',
        key: 'Software\\Policies\\Microsoft\\Windows NT\\DCOM',
        name: 'MachineLaunchRestriction',
        type: 1,
        data: 'O:BAG:BAD:(A;;CC;;;BA)',
      },
      { op: 'set', key: 'System\\A', name: 'b', type: 4, data: 1 },
      { op: 'set', key: 'System\\A', name: 'c', type: 7, data: ['one', 'two'] },
    ]);
  });

  it('is refused for a line of very many blanks, without every way being tried to read it', () => {
    expect(faultOf(`[Registry Values]\nMACHINE\\A\\b${' '.repeat(500_000)}x\n`)).toBe(
      'line 2 is not a registry value of a security template (offset 18)',
    );
  });
});

describe('bytes in hexadecimal digits', () => {
  it('may be as many as a file holds', () => {
    expect(hexBytes('0aFf'.repeat(4_000_000))).toHaveLength(8_000_000);
    for (const wrong of ['0', '0g', '0x', 'ff ']) expect(hexBytes(wrong)).toBeNull();
  });
});

describe('files that are something else', () => {
  it.each([
    ['an empty file', '', 'is empty (offset 0)'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'is a Git LFS pointer, not the file itself (git lfs pull) (offset 0)',
    ],
    [
      'keys of the registry without a header',
      '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Ole]\r\n"EnableDCOM"="Y"\r\n',
      /^has keys of the registry without the line before them: 'Windows Registry Editor Version 5\.00'.*\(offset 0\)$/,
    ],
    ['an HTML page', '<!DOCTYPE html><html></html>', /^is an HTML page/],
    ['a ZIP archive', 'PK\x03\x04', /^is a ZIP archive/],
    ['a text', 'hello', 'is none of the policy files that can be read (offset 0)'],
    ['XML of something else', '<a/>', /^is XML of 'a'/],
    [
      'XML that declares entities',
      '<?xml version="1.0"?><!DOCTYPE Rsop [<!ENTITY a "b">]><Rsop/>',
      /^has a document type/,
    ],
    [
      'XML with an unknown entity',
      '<Rsop><ComputerResults>&a;</ComputerResults></Rsop>',
      /^is not well-formed XML: undefined entity/,
    ],
    ['XML that ends early', '<Rsop><ComputerResults>', /^is not well-formed XML: unclosed tag/],
    ['a report without a computer', '<Rsop><UserResults/></Rsop>', /^holds no results for the computer/],
    ['JSON of something else', '{"name":"x"}', /^is JSON, but neither/],
    ['JSON that ends early', '[{"a":', 'is not valid JSON (offset 6)'],
    [
      'JSON of another of our formats',
      '{"schema":"ra-preflight/report@1"}',
      /^is of the format ra-preflight\/report@1/,
    ],
  ])('%s is told', (_, bytes, message) => {
    expect(faultOf(bytes)).toMatch(message);
  });

  it('UTF-32 and invalid UTF-16 are told with the offset', () => {
    expect(faultOf(Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0]))).toMatch(/^is UTF-32/);
    const broken = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      utf16(V5),
      Buffer.from([0x00, 0xd8, 0x41, 0x00]),
    ]);
    expect(faultOf(broken)).toBe(`is not valid utf-16le (offset ${2 + V5.length * 2})`);
  });
});

it('every instruction names the file', () => {
  for (const one of read(pol(dword('A', 'b', 1))).instructions) expect(one.source).toEqual(SOURCE);
});
