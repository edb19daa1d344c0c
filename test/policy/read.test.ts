import { describe, expect, it } from 'vitest';
import { hexBytes } from '../../src/policy/read/data.ts';
import { dword, entry, pol, read, SOURCE, sz, TS, utf16 } from './files.ts';
import { bare, faultOf, V5 } from './read-faults.ts';

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
