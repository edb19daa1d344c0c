import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport, Report, ReportSource } from '../../src/model/report.ts';
import { SCRIPT } from '../../src/output/html/client.ts';
import { renderHtml } from '../../src/output/html.ts';
import { auditOf } from './audit-reports.ts';
import { assertBalanced, DATA, markupOnly } from './balanced.ts';
import { nastyHost, steering } from './hostile.ts';
import { installed } from './installed.ts';
import { blocked, clear, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };

const pageOf = (report: ReportSource, verbose = false) => textOf(renderHtml(report, { ...OPTIONS, verbose }));

const bodyOf = (page: string) => markupOnly(page).slice(markupOnly(page).indexOf('<body>'));

const LINTER = 'xmllint';

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
    multipath: [],
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
  audit: auditOf(1000),
};

describe('renderHtml', () => {
  it.each(['one', 'few', 'hostile'])('%s is as it was', async (name) => {
    await expect(bodyOf(pageOf(CASES[name] ?? reportOf([])))).toMatchFileSnapshot(`golden/${name}.html`);
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

  it('puts each command on a line of its own', () => {
    expect(pageOf(reportOf([markupBomb]))).toContain('&lt;script&gt;\na &amp;&amp; b</code>');
    // Where hosts are data, the script of the page gets the line end as it is.
    const many = pageOf(reportOf(Array.from({ length: 30 }, () => markupBomb)));
    expect(many).toContain('"\\n"');
    for (const name of ['one', 'few']) expect(pageOf(CASES[name] ?? reportOf([]))).not.toContain('\\u{a}');
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

  it('asks nobody for anything and lets no script run but its own', () => {
    const page = pageOf(CASES['few'] ?? reportOf([]));
    expect(bodyOf(page)).not.toMatch(/<script|<link|<img|<iframe| on\w+=| style="| src=/);
    // The name of SVG is not an address that anybody asks.
    expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/url\(|@import|https?:\/\//);
    expect(SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|import/,
    );
    const policy = /content="(default-src [^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? '';
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
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
    const body = bodyOf(pageOf(CASES['audit'] ?? reportOf([]), true));
    const badges = [...body.matchAll(/<span class="badge ([\w-]+)">(.*?)<\/span> ([\w ]+)<\/span>/g)];
    expect(badges.length).toBe(1000);
    for (const [, verdict, , word] of badges) expect(word).toBe(verdict?.replaceAll('-', ' '));
  });

  it('calls a host that is clear so far so, and counts it by itself', () => {
    const open = { ...clear, target: 'open', because: clear.because.slice(1) };
    const page = pageOf(reportOf([clear, open, ready]));
    expect(page).toContain(
      'No host is known to be blocked; 1 of 3 hosts clear so far, 1 of 3 hosts could not be judged.',
    );
    expect(page).toContain(
      '<li class="clear-so-far"><strong>1</strong><span aria-hidden="true">○</span> clear so far</li>',
    );
    expect(page).toContain('<li class="undetermined"><strong>1</strong>');
    expect(page).toMatch(
      /<summary><span class="badge clear-so-far"><span aria-hidden="true">○<\/span> clear so far<\/span> <h3>10\.77\.1\.43/,
    );
    expect(page).toContain('<option value="clear-so-far">clear so far (1)</option>');
  });

  it('has every host of an audit once in its data, and for paper the first that need attention', () => {
    const report = auditOf(3000);
    const page = pageOf(report);
    const data: readonly unknown[] = JSON.parse([...page.matchAll(DATA)][0]?.[1] ?? '');
    expect(data).toHaveLength(3000);
    const rows = [...page.matchAll(/<tr id="host-(\d+)"/g)].map(([, index]) => Number(index));
    expect(rows).toEqual(
      [...report.hosts].flatMap(({ verdict }, index) => (verdict === 'blocked' ? [index] : [])).slice(0, 300),
    );
    expect(page).toContain(
      `Blocked and undetermined: ${report.summary.blocked} hosts, the first 300 follow.`,
    );
    expect(page).toContain('nft insert rule inet filter forward');
  });

  it('has all of up to 300 hosts in full for paper, and of any number when verbose', () => {
    for (const [size, verbose] of [
      [300, false],
      [301, true],
    ] as const) {
      const page = pageOf(auditOf(size), verbose);
      expect([...page.matchAll(/<details class="host"/g)]).toHaveLength(size);
    }
    expect(pageOf(auditOf(301))).not.toContain('<details class="host"');
  });

  it('keeps no hosts: each is written before the next is pulled', () => {
    let pulled = 0;
    const report = auditOf(5000, () => pulled++);
    let written = 0;
    for (const piece of renderHtml(report, OPTIONS)) {
      expect(piece.length).toBeLessThan(20_000);
      if (!/^,?\n\[/.test(piece)) continue;
      written++;
      // The first walk counts, the second writes the data, the third stops early.
      expect(pulled).toBe(5000 + written);
    }
    expect(written).toBe(5000);
    expect(pulled).toBeLessThan(15_000);
  });
});
