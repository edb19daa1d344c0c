import { expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { mistakeLines, readEach, refuseBad } from '../../src/targets/bad-items.ts';

const lines = (count: number): string[] => Array.from({ length: count }, (_, at) => `mistake ${at + 1}`);

it('keeps what can be read, and says what is wrong with the others', () => {
  const read = (text: string): number => {
    if (!/^\d+$/.test(text)) throw new UsageError(`${text} is no number`);
    return Number(text);
  };
  expect(readEach(['1', 'a', '2', 'b'], read)).toEqual({
    good: [1, 2],
    bad: ['a is no number', 'b is no number'],
  });
});

it('lets a bug through', () => {
  const bug = (): never => {
    throw new TypeError('a bug');
  };
  expect(() => readEach(['1'], bug)).toThrow(TypeError);
});

it('says twenty mistakes, and of more how many', () => {
  expect(mistakeLines(lines(20))).toEqual(lines(20));
  expect(mistakeLines(lines(21))).toEqual([...lines(20), 'and 1 more like these']);
  expect(mistakeLines(lines(2021)).at(-1)).toBe('and 2,001 more like these');
});

it('throws all of them at once, with a hint behind', () => {
  expect(() => refuseBad([], 'hint')).not.toThrow();
  expect(() => refuseBad(lines(2), null)).toThrow(new UsageError('mistake 1\nmistake 2'));
  expect(() => refuseBad(lines(1), 'try --skip-bad')).toThrow(new UsageError('mistake 1\ntry --skip-bad'));
});
