import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/output/json-text.ts';

const UNSAFE = /[^ -~]/u;

/** The same, character by character: what the quick way has to give. */
const slowly = (value: unknown, indent: number, by: number): string =>
  [...JSON.stringify(value, null, indent)]
    .map((char) => {
      if (char === '\n') return `\n${' '.repeat(by)}`;
      if (!UNSAFE.test(char)) return char;
      return [...Array(char.length).keys()]
        .map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join('');
    })
    .join('');

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', ' ', '~', '"', '\\', 'é', '\n', '\r', '\t', '\0', '\u007f', '\u0085', '\u2028'),
    fc.constantFrom('\u2029', '\u202e', '\u200b', '\ufeff', '\ue000', '\u{e0001}', '\u{10ffff}', '\ud800'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, nasty, fc.integer(), fc.array(tie('any')), fc.dictionary(nasty, tie('any'))),
})).any;

describe('jsonText', () => {
  it('is ASCII, whatever it holds, in one line and in many', () => {
    fc.assert(
      fc.property(
        value,
        fc.constantFrom([0, 0] as const, [2, 0] as const, [2, 2] as const, [2, 4] as const),
        (any, [indent, by]) => {
          const text = jsonText(any, indent, by);
          expect(text).toBe(slowly(any, indent, by));
          expect(text.replaceAll('\n', '')).not.toMatch(UNSAFE);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(any)));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
