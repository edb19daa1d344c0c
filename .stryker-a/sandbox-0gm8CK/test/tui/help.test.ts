import { describe, expect, it } from 'vitest';
import { auditKeysOf } from '../../src/tui/audit/audit-keys.ts';
import { auditHelpLines } from '../../src/tui/audit/layout/audit-help.ts';
import { checkKeysOf } from '../../src/tui/check/check-keys.ts';
import { checkHelpLines } from '../../src/tui/check/layout/check-help.ts';
import { plainText, type StyledLine } from '../../src/tui/kit/layout/line.ts';

type InkKey = Parameters<typeof checkKeysOf>[1];
const INK = {} as InkKey;
const PRINTED = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));

/** The terms of a help page: the words before its sentences. */
const termsOf = (lines: readonly StyledLine[]): Set<string> =>
  new Set(lines.flatMap((line) => (line[0] ? plainText([line[0]]).trim().split(/\s+/) : [])));

describe.each([
  ['check', checkKeysOf, checkHelpLines],
  ['audit', auditKeysOf, auditHelpLines],
] as const)('the help of %s', (_, pressesIn, lines) => {
  const terms = termsOf(lines(100));
  const letters = PRINTED.filter((letter) => pressesIn(letter, INK)[0]?.name !== 'other');

  it('names every letter that does something', () => {
    expect(letters.length).toBeGreaterThan(15);
    // Second names of keys stand in the sentences.
    const text = lines(200).map(plainText).join('\n');
    const missing = letters.filter((letter) => {
      const said = letter === ' ' ? 'space' : letter === '=' ? '+' : letter;
      return !terms.has(said) && !new RegExp(`[( ]${said === '?' ? '\\?' : said}(?=[ ,)])`).test(text);
    });
    expect(missing).toEqual([]);
  });
});
