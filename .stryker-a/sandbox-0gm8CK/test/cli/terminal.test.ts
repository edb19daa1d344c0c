import { describe, expect, it } from 'vitest';
import { screenOf } from '../../src/cli/terminal.ts';

const stream = (columns: number | null): NodeJS.WriteStream =>
  (columns === null ? { isTTY: false } : { isTTY: true, columns }) as NodeJS.WriteStream;

describe('screenOf', () => {
  it.each([
    ['a terminal', 132, {}, 132],
    ['a terminal before COLUMNS', 132, { COLUMNS: '60' }, 132],
    ['a terminal that does not know its size', 0, {}, 80],
    ['a terminal that does not know its size, and COLUMNS', 0, { COLUMNS: '60' }, 60],
    ['a pipe', null, {}, 80],
    ['a pipe, and COLUMNS', null, { COLUMNS: '60' }, 60],
    ['a pipe, and COLUMNS of nonsense', null, { COLUMNS: 'x' }, 80],
    ['a pipe, and COLUMNS of nothing', null, { COLUMNS: '0' }, 80],
  ])('takes the width of %s', (_, columns, env, width) => {
    expect(screenOf(stream(columns), env, true, stream(null)).width).toBe(width);
  });

  it('takes the width of the terminal for messages where the result goes through a pipe', () => {
    expect(screenOf(stream(null), { COLUMNS: '60' }, true, stream(120)).width).toBe(120);
    expect(screenOf(stream(90), {}, true, stream(120)).width).toBe(90);
  });
});
