import { describe, expect, it } from 'vitest';
import { decodeText, whyNoText } from '../../src/targets/decode.ts';

const bytesOf = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part].map((one) => one.charCodeAt(0)))),
  );
const TEXT = 'pc1.example\r\npc2.example\r\n';
const low = bytesOf(...[...TEXT].flatMap((letter) => [letter, 0]));
const high = bytesOf(...[...TEXT].flatMap((letter) => [0, letter]));

describe('decodeText', () => {
  it.each([
    ['UTF-8', new TextEncoder().encode('bür\u{1f5a5}'), 'bür\u{1f5a5}'],
    ['UTF-8 with a mark', bytesOf(0xef, 0xbb, 0xbf, 'pc1'), 'pc1'],
    ['UTF-16LE with a mark', bytesOf(0xff, 0xfe, 'p', 0, 'c', 0), 'pc'],
    ['UTF-16BE with a mark', bytesOf(0xfe, 0xff, 0, 'p', 0, 'c'), 'pc'],
    ['UTF-16LE without one', low, TEXT],
    ['UTF-16BE without one', high, TEXT],
    ['the western code page', bytesOf('B', 0xfc, 'ro'), 'Büro'],
    ['half a mark of UTF-16', bytesOf(0xff, 'pc'), 'ÿpc'],
    ['a third of a mark of UTF-8', bytesOf(0xef, 'pc'), 'ïpc'],
  ])('reads %s', (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it('takes nothing for UTF-16 that has as many zeros elsewhere, or a quarter of its bytes', () => {
    expect(decodeText(bytesOf(0, 0, 0, 0))).toBe('\0\0\0\0');
    expect(decodeText(bytesOf('a', 0, 'bc'))).toBe('a\0bc');
    expect(decodeText(bytesOf(0, 'abc'))).toBe('\0abc');
  });
});

describe('whyNoText', () => {
  it.each([
    [bytesOf('PK', 3, 4, 20), 'is a workbook or a ZIP file'],
    [bytesOf(0xd0, 0xcf, 0x11, 0xe0, 0xa1), 'is a workbook or another document of an old Office'],
    [bytesOf('%PDF-1.7'), 'is a PDF'],
    [bytesOf(0x7f, 'ELF', 2, 1, 1, 0), 'is not text'],
    [bytesOf('PK1.example'), null],
    [bytesOf('% a remark'), null],
    [low, null],
  ])('says of a file what it is', (bytes, why) => {
    expect(whyNoText(bytes)).toBe(why);
  });
});
