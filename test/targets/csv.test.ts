import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { readCsv } from '../../src/targets/csv.ts';
import { readItems } from '../../src/targets/read-items.ts';

const read = (text: string, column = 'host') => readCsv(text, 'list.csv', column);
const texts = (text: string, column?: string): string[] => read(text, column).items.map((item) => item.text);

describe('a list in CSV', () => {
  it.each([
    ['lines that end in CR', 'host\rpc1\rpc2\r'],
    ['what PowerShell writes before', '#TYPE System.Object\nname;host\na;pc1\nb;pc2'],
    ['a delimiter that the file names', 'sep=|\nname|host\na,b|pc1\nb;c|pc2'],
    ['blanks around a quoted name of a column', 'name," Host "\na,pc1\nb,pc2'],
  ])('is read with %s', (_, text) => {
    expect(texts(text)).toEqual(['pc1', 'pc2']);
  });

  it('has several items in a cell, and words that are none together as one', () => {
    expect(read('host\npc1\n"10.0.0.1 10.0.0.2; pc2"\n" PC 17 "\n10.0.0.9 PC\n""').items).toEqual([
      { text: 'pc1', at: 'list.csv:2' },
      { text: '10.0.0.1', at: 'list.csv:3' },
      { text: '10.0.0.2', at: 'list.csv:3' },
      { text: 'pc2', at: 'list.csv:3' },
      { text: 'PC 17', at: 'list.csv:4', isWhole: true },
      { text: '10.0.0.9 PC', at: 'list.csv:5', isWhole: true },
    ]);
  });

  it('is said to have no such column, with those that it has', () => {
    const complaint = (text: string, column?: string): string => {
      try {
        return String(read(text, column).items);
      } catch (error) {
        return error instanceof UsageError ? error.message : String(error);
      }
    };
    const name = (at: number): string => `column ${String(at).padStart(39, '0')}`;
    const names = (count: number): string[] => Array.from({ length: count }, (_, at) => name(at));
    const shown = (count: number): string =>
      names(count)
        .map((one) => `'${one}'`)
        .join(', ');
    const none = "list.csv: has no column 'host'; ";
    expect(complaint('name,,room\na,b,c')).toBe(`${none}its columns are 'name', 'room'`);
    expect(complaint('na"me\na')).toBe(`${none}it has no header line`);
    expect(complaint('a,,b\n1,pc1,2', ' ')).toContain('has no column');
    expect(complaint(names(12).join(','))).toBe(`${none}its columns are ${shown(12)}`);
    expect(complaint(names(14).join(','))).toBe(`${none}its columns are ${shown(12)} and 2 more`);
  });

  it('is refused with the line of a quote that is out of place', () => {
    expect(() => read('host\npc1\n"pc2\npc3')).toThrow(
      new UsageError('list.csv:3: is not well-formed CSV: the row opens a quote that is never closed'),
    );
    expect(() => read('host\npc1\npc"2"\npc3')).toThrow(
      new UsageError('list.csv:3: is not well-formed CSV: the row has a quote inside of a field'),
    );
  });
});

describe('items', () => {
  const item = (text: string, isWhole?: true) => ({ text, at: 'x', ...(isWhole ? { isWhole } : {}) });

  it('are taken apart at blanks and commas but where they are whole', () => {
    const { good, bad } = readItems([item('pc1, pc2'), item('PC 17', true)]);
    expect(good.map(({ text }) => text)).toEqual(['pc1', 'pc2']);
    expect(bad).toHaveLength(1);
    expect(bad[0]).toContain("'PC 17'");
  });

  it('are an address and its mask together', () => {
    expect(readItems([item('10.0.0.0 255.0.0.0')]).bad).toEqual([
      "x '10.0.0.0 255.0.0.0': is an address and its mask; write 10.0.0.0/8",
    ]);
  });
});
