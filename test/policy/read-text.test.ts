import { describe, expect, it } from 'vitest';
import { read, utf16 } from './files.ts';
import { bare, faultOf, V5 } from './read-faults.ts';

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
