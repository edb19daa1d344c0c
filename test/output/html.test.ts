import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport, Report, ReportSource } from '../../src/model/report.ts';
import { html, Markup, trusted } from '../../src/output/html/markup.ts';
import { STYLE } from '../../src/output/html/style.ts';
import { renderHtml } from '../../src/output/html.ts';
import { nastyHost, steering } from './hostile.ts';
import { installed } from './installed.ts';
import { auditOf, blocked, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };
const pageOf = (report: ReportSource, verbose = false) => textOf(renderHtml(report, { ...OPTIONS, verbose }));
/** The page without its style sheet, where selectors look like text. */
const bodyOf = (page: string) => page.slice(page.indexOf('<body>'));

const LINTER = 'xmllint';
const VOID = new Set(['meta', 'rect']);

/** Throws unless every element that is opened is closed in its turn and every attribute stands in quotes or alone. */
const assertBalanced = (page: string): void => {
  const open: string[] = [];
  const text = page.replace('<!doctype html>', '').replace(STYLE, '');
  for (const [tag] of text.matchAll(/<[^>]*>/g)) {
    const parts = /^<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:[A-Z][A-Za-z]*)?(?:="[^"<>]*")?)*)\/?>$/.exec(tag);
    if (!parts) throw new Error(`odd tag ${tag}`);
    const [, closing, name = ''] = parts;
    if (closing) {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
    } else if (!VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
  const left = text.replaceAll(/<[^>]*>/g, '');
  if (/[<>]/.test(left)) throw new Error('a bracket that is no tag');
  if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(left)) throw new Error('an ampersand that is no entity');
};

const idsOf = (page: string): string[] => [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? '');

const markupBomb: HostReport = {
  ...hostile,
  target: '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  names: ["'><svg onload=alert(1)>"],
  because: [
    { rule: '<b>rule</b>', text: '</span></summary></details><script>evil()</script>', ports: [135] },
  ],
  requirements: hostile.requirements.map((one) => ({
    ...one,
    text: '<iframe src="//evil.example">',
    rule: '<i>',
  })),
  ports: hostile.ports.map((one) => ({
    ...one,
    detail: '</td></table><style>*{}</style>',
    service: '&lt;<a href=x>',
  })),
  path: {
    hops: [{ ttl: 1, address: '<hop>', rttMs: 1 }],
    filters: [{ ports: [135], afterHop: '<after>', by: '<by>', how: 'drop' }],
  },
  remedies: [
    {
      id: 'x',
      title: '<title>',
      where: 'novice',
      text: '&amp;<!--',
      commands: ['</code></pre><script>', 'a && b'],
    },
  ],
};

const group = (text: string) => ({
  id: text,
  signature: text,
  hosts: 3,
  prefixes: [text, ...Array(20).fill(text)],
  commands: [text],
  text,
});

const CASES: Readonly<Record<string, Report | ReportSource>> = {
  one: reportOf([blocked]),
  few: { ...reportOf([ready, blocked, unreachable, unnamed]), groups: auditOf(1000).groups },
  none: reportOf([]),
  hostile: { ...reportOf([hostile, markupBomb]), groups: [group('<finding> & "more" \u202e')] },
  'many-hostile': {
    ...reportOf(
      Array.from({ length: 30 }, (_, i) => (i % 2 ? markupBomb : { ...markupBomb, verdict: 'ready' })),
    ),
    groups: [group('<finding>')],
  },
  audit: auditOf(3000),
};

describe('renderHtml', () => {
  it.each(['one', 'few', 'hostile'])('%s is as it was', async (name) => {
    await expect(pageOf(CASES[name] ?? reportOf([]))).toMatchFileSnapshot(`golden/${name}.html`);
  });

  it.each(Object.keys(CASES))('%s is well-formed, with ids that occur once and are found', (name) => {
    for (const verbose of [false, true]) {
      const page = pageOf(CASES[name] ?? reportOf([]), verbose);
      assertBalanced(page);
      const ids = idsOf(page);
      expect(new Set(ids).size).toBe(ids.length);
      const named = [...page.matchAll(/(?:aria-labelledby="|href="#)([^"]*)"/g)].map(([, id]) => id);
      expect(ids).toEqual(expect.arrayContaining(named));
    }
  });

  it('passes libxml2 where that is installed', ({ skip }) => {
    if (!installed(LINTER)) skip('xmllint is not installed');
    for (const report of Object.values(CASES)) {
      const { stderr } = spawnSync(LINTER, ['--html', '--noout', '-'], {
        input: pageOf(report),
        encoding: 'utf8',
      });
      // libxml2 knows the elements of HTML 4 only.
      const errors = stderr
        .split('\n')
        .filter((line) => line.includes('error') && !/Tag \w+ invalid/.test(line));
      expect(errors).toEqual([]);
    }
  });

  it('escapes whatever came from the network', () => {
    for (const name of ['hostile', 'many-hostile']) {
      const body = bodyOf(pageOf(CASES[name] ?? reportOf([])));
      expect(body).not.toMatch(
        /<(?:script|img|iframe|style|b|i|a href=x|hop|after|by|finding|title|!--)(?![a-z])/,
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
      expect(body).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    }
  });

  it('stays whole and quiet for any host, few or many', () => {
    fc.assert(
      fc.property(fc.array(nastyHost, { minLength: 1, maxLength: 3 }), fc.boolean(), (hosts, many) => {
        const report = reportOf(
          many
            ? Array.from({ length: 12 }, () => hosts)
                .flat()
                .slice(0, 30)
            : hosts,
        );
        const groups = hosts.map(({ target }) => group(target));
        const page = pageOf({ ...report, groups, summary: { ...report.summary, hosts: many ? 30 : 3 } });
        assertBalanced(page);
        expect(page).not.toMatch(steering);
      }),
      { numRuns: 40 },
    );
  });

  it('asks nobody for anything and lets no script run', () => {
    const page = pageOf(CASES['few'] ?? reportOf([]));
    expect(page).not.toMatch(/<script|<link|<img|<iframe| on\w+=| style="| src=|url\(|@import|https?:\/\//);
    const policy = /content="(default-src [^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('has one h1, headings without gaps, and scopes on every header cell', () => {
    for (const report of Object.values(CASES)) {
      const page = bodyOf(pageOf(report));
      const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
      for (const [, attributes] of page.matchAll(/<th( [^>]*)?>/g))
        expect(attributes).toMatch(/ scope="(?:row|col)"/);
    }
  });

  it('says every verdict in a word', () => {
    const body = bodyOf(pageOf(CASES['audit'] ?? reportOf([])));
    const badges = [...body.matchAll(/<span class="badge (\w+)">(.*?)<\/span> (\w+)<\/span>/g)];
    expect(badges.length).toBe(3000);
    for (const [, verdict, , word] of badges) expect(word).toBe(verdict);
  });

  it('has every host of an audit once: in full where something is to do, else as a row', () => {
    const report = auditOf(3000);
    const page = pageOf(report);
    const count = (what: RegExp) => [...page.matchAll(what)].length;
    expect(count(/<details class="host"/g)).toBe(report.summary.blocked + report.summary.undetermined);
    expect(count(/<tr id="host-/g)).toBe(report.summary.ready + report.summary.unreachable);
    expect(page).toContain('nft add rule inet filter forward');
  });

  it('keeps no hosts: each is written before the next is pulled', () => {
    let pulled = 0;
    const report = auditOf(20_000, () => pulled++);
    let written = 0;
    for (const piece of renderHtml(report, OPTIONS)) {
      expect(piece.length).toBeLessThan(20_000);
      const host = / id="host-(\d+)"/.exec(piece)?.[1];
      if (host === undefined) continue;
      written++;
      // The first walk counts, the second writes the hosts in full, the third the rows.
      expect(pulled % 20_000 || 20_000).toBe(Number(host) + 1);
    }
    expect([written, pulled]).toEqual([20_000, 60_000]);
  });

  it('has four and a half to one of contrast, in light and dark', () => {
    const luminance = (colour: string): number => {
      const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
      const [r = 0, g = 0, b = 0] = parts.map((part) =>
        part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a: string, b: string): number => {
      const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    const themes = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
      ([, block = '']) =>
        new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])),
    );
    expect(themes).toHaveLength(3);
    const pairs = [
      ...['text', 'soft', 'link', 'blocked'].map((name) => [name, 'ground']),
      ...['text', 'soft'].map((name) => [name, 'sheet']),
      ...['ready', 'blocked', 'undetermined', 'unreachable'].map((name) => [name, `${name}-ground`]),
    ];
    for (const theme of themes)
      for (const [front, back] of pairs)
        expect(contrast(theme.get(`--${front}`) ?? '', theme.get(`--${back}`) ?? '')).toBeGreaterThanOrEqual(
          4.5,
        );
  });
});

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
