import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeError, codeText, type ResponderCode, readCode } from '../../src/responder-protocol/code.ts';
import { code, NOW } from './arbitraries.ts';

const SAMPLE: ResponderCode = {
  seed: 123_456,
  firewall: 'lets-in',
  endsAtMinute: NOW + 10,
  range: null,
  secret: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
};

const why = (text: string): string => {
  try {
    readCode(text, NOW);
    return 'read';
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
    return error.message;
  }
};

describe('the code of a responder', () => {
  it('says again what it was made of', () => {
    fc.assert(
      fc.property(code, (given) => {
        expect(readCode(codeText(given), NOW)).toEqual(given);
      }),
    );
  });

  it('has five groups of five, or eight of four with a range of its own, of letters that cannot be confused', () => {
    fc.assert(
      fc.property(code, (given) => {
        const letter = '[0-9A-HJKMNP-TV-Z]';
        const five = `${letter}{5}(-${letter}{5}){4}`;
        const eight = `${letter}{4}(-${letter}{4}){7}`;
        expect(codeText(given)).toMatch(new RegExp(`^${given.range === null ? five : eight}$`));
      }),
    );
  });

  it('is read as people type and say it: any case, O for 0, I and L for 1, dashes and blanks anywhere or nowhere', () => {
    fc.assert(
      fc.property(code, fc.array(fc.nat(40), { maxLength: 12 }), fc.boolean(), (given, places, lower) => {
        const bare = codeText(given).replaceAll('-', '').replaceAll('0', 'O').replaceAll('1', 'l');
        const letters = [...bare];
        for (const [i, place] of places.entries())
          letters.splice(place, 0, ['-', ' ', '\t', '–', '.', '_'][i % 6] ?? '');
        const text = letters.join('');
        expect(readCode(lower ? text.toLowerCase() : text, NOW)).toEqual(given);
      }),
    );
  });

  it('is not read with any one character changed', () => {
    for (const range of [null, { from: 50_000, to: 50_100 }]) {
      const text = codeText({ ...SAMPLE, range }).replaceAll('-', '');
      for (let at = 0; at < text.length; at++)
        for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') {
          if (other === text[at]) continue;
          expect(why(text.slice(0, at) + other + text.slice(at + 1))).not.toBe('read');
        }
    }
  });

  it('is not read with two neighbours that changed places', () => {
    fc.assert(
      fc.property(code, fc.nat(30), (given, at) => {
        const text = codeText(given).replaceAll('-', '');
        const [a = '', b = ''] = text.slice(at, at + 2);
        fc.pre(b !== '' && a !== b);
        expect(why(text.slice(0, at) + b + a + text.slice(at + 2))).toMatch(/changed places/);
      }),
    );
  });

  it('says what is wrong with a text that is none', () => {
    const text = codeText(SAMPLE);
    expect(why(text.slice(0, -1))).toBe('has 24 characters instead of 25 (or 32)');
    expect(why(`${text}7`)).toBe('has 26 characters instead of 25 (or 32)');
    expect(why(text.replace(/^./, 'U'))).toBe('has "U" in it, which no code has');
    expect(why('')).toBe('has 0 characters instead of 25 (or 32)');
    expect(why('\u001B[31m'.padEnd(25, '0'))).toMatch(/which no code has/);
  });

  it('never reads anything but a code, and throws nothing but CodeError', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9A-Z-]{20,40}$/)),
        (text) => {
          const said = why(text);
          if (said === 'read') expect(codeText(readCode(text, NOW))).toBeTruthy();
          else expect(said.length).toBeGreaterThan(10);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses a range that is none, and a version to come', () => {
    const reversed = { ...SAMPLE, range: { from: 60_000, to: 50_000 } };
    expect(why(codeText(reversed))).toBe('names no range of ports');
    expect(why(codeText({ ...SAMPLE, range: { from: 135, to: 135 } }))).toBe('names no range of ports');
    // The highest bits are those of the version.
    const later = codeText({ ...SAMPLE, seed: SAMPLE.seed + 2 ** 38 });
    expect(why(later)).toBe('is of a newer version of ra-preflight');
  });

  it('tells the public part from the secret: the same ports say nothing of the key', () => {
    const other = codeText({ ...SAMPLE, secret: new Uint8Array(10) });
    expect(other.slice(0, 8)).toBe(codeText(SAMPLE).slice(0, 8));
  });
});
