import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleaned, clip, fold, oneLine, pad, width, wrap } from '../../src/text/fit-text.ts';

const anyText = fc
  .oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
  .map(oneLine);
const columns = fc.integer({ min: 0, max: 60 });

describe('clip and pad', () => {
  it('leaves alone what fits and marks what was cut', () => {
    expect(clip('pc-0412', 7)).toBe('pc-0412');
    expect(clip('pc-0412', 6)).toBe('pc-04…');
    expect(clip('pc-0412', 1)).toBe('…');
    expect(clip('pc-0412', 0)).toBe('');
  });

  it('counts wide characters as two columns', () => {
    expect(clip('文字化け', 8)).toBe('文字化け');
    expect(clip('文字化け', 7)).toBe('文字化…');
    expect(clip('文字化け', 6)).toBe('文字…');
    expect(pad('文字', 6)).toBe('文字  ');
    expect(pad('9', 3, 'right')).toBe('  9');
  });

  it('shows no letter with a tower of accents', () => {
    expect(clip(`a${'\u0301'.repeat(500)}b`, 10)).toBe('?b');
  });

  it('never gets wider than asked', () => {
    fc.assert(
      fc.property(anyText, columns, (text, room) => {
        expect(width(clip(text, room))).toBeLessThanOrEqual(room);
        expect(width(pad(text, room))).toBe(room);
      }),
    );
  });
});

describe('wrap', () => {
  it('breaks between words, keeps paragraphs, and breaks a word only when it must', () => {
    expect(wrap('the path is clear', 9)).toEqual(['the path', 'is clear']);
    expect(wrap('one\ntwo', 9)).toEqual(['one', 'two']);
    expect(wrap('a 0123456789ab c', 5)).toEqual(['a', '01234', '56789', 'ab c']);
    expect(wrap('文字化け', 5)).toEqual(['文字', '化け']);
  });

  it('loses no word and never gets wider than asked', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 60 }), (text, room) => {
        const lines = wrap(text, room);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(room);
        expect(lines.join('').replaceAll(' ', '')).toBe(
          clip(text, Number.MAX_SAFE_INTEGER).replaceAll(' ', ''),
        );
      }),
    );
  });
});

describe('fold', () => {
  it('breaks after a space where there is one and keeps every character', () => {
    expect(fold('netsh int  ipv4 set', 11)).toEqual(['netsh int  ', 'ipv4 set']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.integer({ min: 2, max: 40 }), (text, room) => {
        const lines = fold(text, room);
        expect(lines.join('')).toBe(text);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(room);
      }),
    );
  });
});

describe('cleaned', () => {
  it('reaches every string at any depth and nothing else', () => {
    const shout = (text: string): string => text.toUpperCase();
    expect(cleaned({ a: 'x\ny  z', b: [1, null, { c: 'z' }], d: true }, shout)).toEqual({
      a: 'X\nY  Z',
      b: [1, null, { c: 'Z' }],
      d: true,
    });
  });

  it('lets a cleaner with a bound cut a name, and no prose', () => {
    const short = (text: string, most = 5): string => text.slice(0, most);
    expect(cleaned(['0123456789', 'a few words of prose'], short)).toEqual(['01234', 'a few words of prose']);
  });
});
