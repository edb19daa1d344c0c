import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_REPLY, ReplyLimits } from '../../src/fleet/reply-limits.ts';

const replies = [
  '+OK',
  ':-12',
  '$-1',
  '$5\r\na\r\nbc',
  '*0',
  '*2\r\n*1\r\n:1\r\n$0\r\n',
  '%1\r\n+a\r\n_',
  ',1.5e3',
  '#t',
].map((text) => `${text}\r\n`);

/** What is wrong with these pieces, the first fault that there is. */
const faultOf = (limits: ReplyLimits, pieces: readonly string[]): string | null => {
  for (const piece of pieces) {
    const fault = limits.take(Buffer.from(piece, 'latin1'));
    if (fault !== null) return fault;
  }
  return null;
};

describe('the limits of replies', () => {
  it('let through what a store sends, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...replies)),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (all, sizes) => {
          const limits = new ReplyLimits();
          let rest = all.join('');
          const pieces: string[] = [];
          for (const size of sizes) {
            if (rest === '') break;
            pieces.push(rest.slice(0, size));
            rest = rest.slice(size);
          }
          expect(faultOf(limits, pieces)).toBeNull();
          expect([limits.replies, limits.isWithin]).toEqual([all.length, false]);
        },
      ),
    );
  });

  it('know when a reply has begun and not ended', () => {
    const limits = new ReplyLimits();
    for (const piece of ['*', '2\r\n:1\r', '\n$3', '\r\nab', 'c\r']) {
      expect(limits.take(Buffer.from(piece))).toBeNull();
      expect(limits.isWithin).toBe(true);
    }
    expect(limits.take(Buffer.from('\n'))).toBeNull();
    expect([limits.replies, limits.isWithin]).toEqual([1, false]);
  });

  it.each([
    ['a long text, from what announces it', ['$999999999\r\n'], /more than 8 MiB/],
    [
      'texts that are long together',
      ['*3\r\n', `$4000000\r\n${'a'.repeat(4_000_000)}\r\n`, '$5000000\r\n'],
      /more than 8 MiB/,
    ],
    ['a list that the client would make room for', ['*32000000\r\n'], /more than 20000 values/],
    ['lists of lists', Array.from({ length: 9 }, () => '*1\r\n'), /more than 8 levels/],
    [
      'many lists in one',
      ['*3\r\n', '*9000\r\n', ':1\r\n'.repeat(9000), '*19000\r\n'],
      /more than 20000 values/,
    ],
    ['a line without end', Array.from({ length: 20 }, () => '+'.padEnd(1000, 'a')), /more than 16 KiB/],
    ['a web page', ['HTTP/1.1 200 OK\r\n'], /no reply/],
    ['a count that is none', ['$1e9\r\n'], /no reply/],
    ['a length below none', ['*-2\r\n'], /no reply/],
    ['a line end within a line', ['+a\rb\r\n'], /no reply/],
  ])('find %s', (_, pieces, fault) => {
    expect(faultOf(new ReplyLimits(), pieces)).toMatch(fault);
  });

  it('begin anew with each reply', () => {
    const limits = new ReplyLimits();
    const half = `$${MOST_REPLY / 2}\r\n${'a'.repeat(MOST_REPLY / 2)}\r\n`;
    expect(faultOf(limits, [half, half, half, half])).toBeNull();
    expect(limits.replies).toBe(4);
  });

  it('never fail, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'*$:+-%0129\r\na') })), (pieces) => {
        const fault = faultOf(new ReplyLimits(), pieces);
        expect(fault === null || /^(what is no reply|a (reply|line) of more)/.test(fault)).toBe(true);
      }),
    );
  });
});
