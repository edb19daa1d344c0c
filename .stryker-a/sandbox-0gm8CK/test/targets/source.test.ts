import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { NO_EXCLUDES } from '../../src/targets/read-excludes.ts';
import { parseSource } from '../../src/targets/source.ts';
import { makeSpace } from '../../src/targets/space.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, order: 'le' | 'be' = 'le'): Uint8Array => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

const read = (bytes: Uint8Array | string, csvColumn?: string): ReturnType<typeof parseSource> =>
  parseSource(typeof bytes === 'string' ? utf8(bytes) : bytes, {
    name: 'hosts.txt',
    ...(csvColumn === undefined ? {} : { csvColumn }),
  });
const brief = (...parameters: Parameters<typeof read>): string[] =>
  read(...parameters).items.map(({ text, at }) => `${text} ${at.replace('hosts.txt:', '')}`);

describe('plain lists', () => {
  const text = '# fleet\r\npc1\r\n\r\n10.0.0.0/24, pc2\tpc3 # the lab\r\n10.1.2.3 - 10.1.2.9\r\n';
  const expected = ['pc1 2', '10.0.0.0/24 4', 'pc2 4', 'pc3 4', '10.1.2.3-10.1.2.9 5'];

  it.each([
    ['UTF-8, CRLF', utf8(text)],
    ['LF', utf8(text.replaceAll('\r', ''))],
    ['CR', utf8(text.replaceAll('\n', ''))],
    ['a UTF-8 BOM', utf8(`\ufeff${text}`)],
    ['UTF-16LE', utf16(text)],
    ['UTF-16BE', utf16(text, 'be')],
    ['no newline at the end', utf8(text.trimEnd())],
  ])('reads %s', (_, bytes) => {
    expect(brief(bytes)).toEqual(expected);
  });

  it('reads a name in the western ANSI code page', () => {
    expect(brief(Uint8Array.from([0x6d, 0xfc, 0x6e]))).toEqual(['mün 1']);
  });

  it('reads nothing out of nothing', () => {
    expect([brief(''), brief('\r\n# only a comment'), brief(Uint8Array.from([0xff, 0xfe]))]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('says what to do with a CSV file and a workbook', () => {
    expect(() => read('"Name","DNSHostName"\n')).toThrow('hosts.txt:1: has quotes like a CSV file');
    expect(() => read('PK\u0003\u0004...')).toThrow(/workbook/);
  });
});

describe('CSV', () => {
  /** `Get-ADComputer -Filter * -Properties IPv4Address | Select ... | Export-Csv` in Windows PowerShell 5. */
  const AD = [
    '#TYPE Selected.Microsoft.ActiveDirectory.Management.ADComputer',
    '"Name","DNSHostName","IPv4Address","DistinguishedName","OperatingSystem"',
    '"PC0417","PC0417.corp.example","10.1.2.17","CN=PC0417,OU=Büro,DC=corp,DC=example","Windows 10 Pro"',
    '"PC0418","PC0418.corp.example",,"CN=PC0418,OU=""Lab"", 2nd floor,DC=corp","Windows XP Professional"',
    '"PC0419",,"10.1.2.19 10.1.3.19","CN=PC0419",""',
    '',
  ].join('\r\n');

  it.each([
    ['UTF-16LE', utf16(AD)],
    ['UTF-8 with a BOM', utf8(`\ufeff${AD}`)],
    ['UTF-8 without #TYPE', utf8(`\n${AD.slice(AD.indexOf('\n') + 1)}`)],
    ['ANSI', Uint8Array.from(Buffer.from(AD, 'latin1'))],
  ])('reads an Active Directory export in %s', (_, bytes) => {
    expect(brief(bytes, 'dnshostname')).toEqual(['PC0417.corp.example 3', 'PC0418.corp.example 4']);
    expect(read(bytes, 'DNSHostName').emptyCells).toBe(1);
    expect(brief(bytes, ' IPv4Address ')).toEqual(['10.1.2.17 3', '10.1.2.19 5', '10.1.3.19 5']);
  });

  it.each([
    ['comma', 'Name,Host\na;b,pc1\n,pc2\n', ['pc1 2', 'pc2 3']],
    ['semicolon', 'Name;Host\na,b;pc1\n;pc2\n', ['pc1 2', 'pc2 3']],
    ['tab, the first cell empty', 'Name\tHost\n\tpc1\nb\tpc2\n', ['pc1 2', 'pc2 3']],
    ['sep=;', 'sep=;\r\nName,x;Host\r\na;pc1\r\n', ['pc1 3']],
    ['sep=|', 'sep=|\nName|Host\na|pc1\n', ['pc1 3']],
    ['a single column', 'Host\npc1\n\npc2\n', ['pc1 2', 'pc2 4']],
    [
      'one list of addresses in a cell',
      'Host\n"10.0.0.1, 10.0.0.2;10.0.0.3"\n',
      ['10.0.0.1 2', '10.0.0.2 2', '10.0.0.3 2'],
    ],
    [
      'addresses with blanks between, and a range',
      'Host\n10.0.0.1 fe80::1%eth0\n10.0.0.1 - 10.0.0.9\n',
      ['10.0.0.1 2', 'fe80::1%eth0 2', '10.0.0.1-10.0.0.9 3'],
    ],
    ['words that are no addresses as one item', 'Host\nPC 0417\nn/a;pc1\n', ['PC 0417 2', 'n/a 3', 'pc1 3']],
    ['blanks around quotes', 'Name , "Host"\na , "pc1" \n', ['pc1 2']],
    ['lines in a cell', 'Name,Host\r\n"a\r\nb",pc1\r\nc,pc2\r\n', ['pc1 3', 'pc2 4']],
    ['short and long rows', 'Name,Host\na\nb,pc1,c,d\n', ['pc1 3']],
    ['no row at all', 'Name,Host\n', []],
  ])('reads %s', (_, text, expected) => {
    expect(brief(text, 'HOST')).toEqual(expected);
  });

  it('lists the columns when the wanted one is missing', () => {
    expect(() => read('Name;DNS\u001bName;\n', 'host')).toThrow(
      "hosts.txt: has no column 'host'; its columns are 'Name', 'DNS\\u{1b}Name'",
    );
    expect(() => read('Name\n', '')).toThrow(/no column ''/);
    expect(() => read('', 'host')).toThrow(/no header line/);
    const wide = Array.from({ length: 500 }, (_, index) => `column-${index}`).join(',');
    expect(() => read(wide, 'host')).toThrow(/ and 4\d\d more$/);
  });

  it.each([
    ['Name,Host\na,pc1\nb,"pc2\nc,pc3\n', 'hosts.txt:3: is not well-formed CSV: the row opens a quote'],
    ['#TYPE x\nName,Host\na,pc1\nb,p"c2\n', 'hosts.txt:4: is not well-formed CSV: the row has a quote'],
    ['Name,Host\na,"pc1"x\n', 'hosts.txt:2: is not well-formed CSV: the row has a quote'],
  ])('names the line of a malformed row: %j', (text, why) => {
    expect(() => read(text, 'host')).toThrow(why);
  });

  it('throws nothing but one clean line, whatever the bytes are', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...'Host,;\t"\r\n #\u0000\u202eé'), maxLength: 60 }).map(utf8),
      fc.string({ unit: fc.constantFrom(...'Host,;"\n'), maxLength: 40 }).map((text) => utf16(text)),
    );
    fc.assert(
      fc.property(bytes, fc.constantFrom(undefined, 'Host', '\u001b'), (list, column) => {
        try {
          expect(read(list, column).emptyCells).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as UsageError).message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect((error as UsageError).message.length).toBeLessThan(1500);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it('a list becomes a space, and a mistake in it is named with its line', () => {
  const guard = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };
  const space = (text: string): string[] => {
    const { items } = read(text);
    const { size, at } = makeSpace(readTargetSpec({ items, excludes: NO_EXCLUDES, guard }).spec);
    return Array.from({ length: size }, (_, index) => at(index).text);
  };
  expect(space('10.0.0.1-2\nPC1 10.0.0.0/30\n')).toEqual([
    '10.0.0.1',
    '10.0.0.2',
    'PC1',
    '10.0.0.0',
    '10.0.0.3',
  ]);
  expect(() => space('pc1\n10.0.0.0/40\n')).toThrow("hosts.txt:2 '10.0.0.0/40': is not a block of addresses");
  expect(() => space('pc1\n\npc\u001b[2J\n')).toThrow("hosts.txt:3 'pc\\u{1b}[2J'");
  expect(() => space('pc1\n10.0.0.256\n')).toThrow("hosts.txt:2 '10.0.0.256': is not an IPv4 address");
});
