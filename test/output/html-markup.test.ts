import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, Markup, trusted } from '../../src/output/html/markup.ts';
import { assertBalanced } from './balanced.ts';

describe('html', () => {
  it('lets no text out of its place, whatever it is', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '<',
          '>',
          '&',
          '"',
          "'",
          '/',
          '-',
          '!',
          'a',
          '=',
          '`',
          '\0',
          '\u202e',
          '\ufffe',
        ),
      }),
    );
    fc.assert(
      fc.property(nasty, (text) => {
        const made = html`<p title="${text}">${[text, null, html`<b>${text}</b>`]}</p>`.text;
        assertBalanced(made);
        expect([...made.matchAll(/</g)]).toHaveLength(4);
        expect(made).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/u);
      }),
    );
  });

  it('keeps ordinary text, numbers and markup as they are', () => {
    expect(html`${'Größe 日本'} ${7} ${html`<b>${'&'}</b>`}${null}${[1, 2]}`.text).toBe(
      'Größe 日本 7 <b>&amp;</b>12',
    );
    expect(trusted('<b>')).toBeInstanceOf(Markup);
  });
});
