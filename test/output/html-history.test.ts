import { describe, expect, it } from 'vitest';
import type { HostReport, ReportSource } from '../../src/model/report.ts';
import type { HostMark, Trend } from '../../src/model/trend.ts';
import { renderDiffHtml } from '../../src/output/diff-html.ts';
import { Matrix } from '../../src/output/html/matrix.ts';
import { lettersOf, readTrend } from '../../src/output/html/trend.ts';
import { renderHtml, renderHtmlWith } from '../../src/output/html.ts';
import { auditOf } from './audit-reports.ts';
import { pastOf, trendOf } from './past.ts';
import { blocked, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';
import { resultOf } from './result-of.ts';
import { diffOf, runOf } from './runs.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };
const summary = { hosts: 6, ready: 2, blocked: 1, undetermined: 2, clearSoFar: 1, unreachable: 1 };

const mark = (verdict: HostMark['verdict'], rpc: HostMark['states']['dynamic-rpc']): HostMark => ({
  verdict,
  clearSoFar: false,
  confidence: 'proven',
  states: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': rpc },
});

const trend: Trend = {
  runs: ['2026-01-01', '2026-01-02'].map((day) => ({
    id: day,
    startedAt: `${day}T03:00:00.000Z`,
    summary,
    groups: [],
  })),
  hosts: [
    { target: 'a', address: '10.0.0.1', marks: [mark('ready', 'pass'), mark('blocked', 'fail')] },
    { target: 'b', address: '10.0.0.2', marks: [mark('ready', 'pass'), mark('ready', 'pass')] },
    { target: 'c', address: '10.0.0.3', marks: [null, mark('undetermined', 'undetermined')] },
  ],
};

const trendPage = (): string => textOf(renderHtmlWith(reportOf([ready, blocked]), OPTIONS, { trend }));

describe('readTrend', () => {
  it('counts where a requirement is met among the hosts at which that is known', () => {
    const { runs, letters } = resultOf(readTrend(trend, 100));
    expect(runs.map(({ availability }) => availability['dynamic-rpc'])).toEqual([
      { pass: 2, known: 2 },
      { pass: 1, known: 2 },
    ]);
    expect(runs.map(({ availability }) => availability['remote-desktop'].known)).toEqual([0, 0]);
    expect([...letters]).toEqual([
      ['a', 'rb'],
      ['b', 'rr'],
      ['c', '.u'],
    ]);
  });

  it('keeps the last 60 runs, the last 20 of a host, and strips of so many hosts only', () => {
    const long = trendOf(auditOf(30), 70);
    const { runs, letters } = resultOf(readTrend(long, 5));
    expect(runs.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => `run-${i + 10}`));
    expect(letters.size).toBe(5);
    expect(lettersOf([...long.hosts][0] ?? { marks: [] })).toHaveLength(20);
    // The first run misses every ninth host, so counts of another run would differ.
    expect(
      resultOf(readTrend(trendOf(auditOf(30), 2), 1)).runs.map(
        (run) => run.availability['endpoint-mapper'].known,
      ),
    ).not.toEqual(runs.slice(0, 2).map((run) => run.availability['endpoint-mapper'].known));
  });
});

describe('renderHtmlWith', () => {
  it('is the plain page without a past', () => {
    const report = reportOf([ready, blocked]);
    expect(textOf(renderHtmlWith(report, OPTIONS, {}))).toBe(textOf(renderHtml(report, OPTIONS)));
    for (const id of ['changes', 'trend', 'flapping'])
      expect(textOf(renderHtml(report, OPTIONS))).not.toContain(`<h2 id="${id}">`);
  });

  it('draws each run as bars whose heights add up to its hosts, with the numbers in a table', () => {
    const page = trendPage();
    const bars = [
      ...page.matchAll(
        /<rect class="([\w-]+)" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"\/>/g,
      ),
    ];
    const first = bars.filter(([, , x]) => x === bars[0]?.[2]);
    expect(first.map(([, verdict, , , height]) => [verdict, Number(height)])).toEqual([
      ['blocked', 26.7],
      ['undetermined', 26.7],
      ['clear-so-far', 26.7],
      ['ready', 53.3],
      ['unreachable', 26.7],
    ]);
    expect(page).toMatch(
      /<th scope="row">2026-01-02 03:00 UTC<\/th><td class="number">2<\/td><td class="number">1<\/td><td class="number">1<\/td><td class="number">1<\/td><td class="number">1<\/td><td class="number">100\.0 %<\/td><td class="number">unknown<\/td><td class="number">50\.0 %<\/td>/,
    );
  });

  it('names what changed by kind, folds many, and says how many are left out', () => {
    const report = auditOf(40);
    const { diff } = pastOf(report);
    const [change] = diff.changes;
    const many = {
      ...diff,
      changes: change
        ? Array.from({ length: 600 }, (_, i) => ({ ...change, address: `2001:db8::${i.toString(16)}` }))
        : [],
    };
    const page = textOf(renderHtmlWith(report, OPTIONS, { diff: many }));
    expect(page).toContain('<h3>Gone <span class="soft">600</span></h3>');
    // Many of a kind are grouped by subnet, with the range that changed, as in the table.
    expect(page).toMatch(
      /<ul class="folds">\n<li><details><summary><strong>2001:db8::-2001:db8::257<\/strong> <span class="soft">600 hosts, for example<\/span> /,
    );
    expect(page).toContain('And 100 more, not shown.');
    const few = { ...many, changes: many.changes.slice(0, 40) };
    expect(textOf(renderHtmlWith(report, OPTIONS, { diff: few }))).toContain('<summary>28 more</summary>');
    expect(page).not.toContain('Newly blocked');
    expect(textOf(renderHtmlWith(report, OPTIONS, { diff: { ...diff, changes: [] } }))).toContain(
      'Nothing changed since 2025-12-31 00:00 UTC: 10 of 40 hosts in both runs are unchanged.',
    );
  });

  it('stands among other pages when it is told of them', () => {
    const report = auditOf(3);
    const site = {
      navigation: [['/', 'All & more']] as const,
      runHref: (id: string) => `/runs/${id}`,
      hostHref: '/host?target=',
    };
    const { diff } = pastOf(auditOf(40));
    const page = textOf(renderHtmlWith(report, OPTIONS, { site, diff }));
    expect(page).toContain('<nav class="top" aria-label="Dashboard"><a href="/">All &amp; more</a> </nav>');
    expect(page).toContain('<div class="live" id="live" data-host="/host?target=" hidden>');
    expect(page).toContain(
      `<a href="/host?target=${encodeURIComponent([...report.hosts][0]?.target ?? '')}">`,
    );
    const compared = textOf(renderDiffHtml(diff, site));
    expect(compared).toContain(`<a href="/runs/${diff.before.id}">`);
    expect(compared).toContain('href="/host?target=');
    expect(compared).not.toContain('Since the last run');
    for (const alone of [renderHtmlWith(report, OPTIONS, { diff }), renderDiffHtml(diff)])
      expect(textOf(alone)).not.toMatch(/href="\//);
  });

  it('says which hosts are neither changed nor the same, and never that nothing changed', () => {
    const few = textOf(renderDiffHtml(diffOf({}, runOf(), 2)));
    expect(few).toContain(
      'No certain change since 2026-01-08 02:00 UTC: 65998 of 66000 hosts in both runs are unchanged; the verdict on 2 hosts differs, but was uncertain in one run or both.',
    );
    expect(few).not.toContain('Nothing changed');
    expect(few).toContain('<h3>Uncertain <span class="soft">2</span></h3>');
    expect(few).toContain('Was blocked: TCP 135 (silently dropped), now undetermined.');
    const many = textOf(renderDiffHtml(diffOf({ gone: 1 }, runOf(), 300)));
    expect(many).toContain('1 change since');
    expect(many).toMatch(/<ul class="folds">\n<li><details><summary><strong>10\.3\.0\.0-10\.3\.0\.99</);
  });

  it('says that a run is still made, and not that it was interrupted', () => {
    const report = auditOf(40);
    const going: ReportSource = { ...report, run: { ...report.run, running: true } };
    const page = textOf(renderHtmlWith(going, OPTIONS, { underway: 512 }));
    const alone = textOf(renderHtml(going, OPTIONS));
    expect(alone).toContain('This audit is still running: these are the results so far.');
    expect(alone).not.toContain('interrupted');
    expect(page).toContain('This audit is still running: 40 of 512 hosts judged.');
    expect(page).not.toContain('was interrupted');
    const cut = { ...report, run: { ...report.run, interrupted: true } };
    expect(textOf(renderHtmlWith(cut, OPTIONS, {}))).toContain('The run was interrupted');
  });

  it('shows hosts that go to and fro with their runs', () => {
    const report = auditOf(50);
    const { flapping } = pastOf(report, 4);
    const page = textOf(renderHtmlWith(report, OPTIONS, { flapping }));
    expect(page).toContain(
      '<th scope="row">10.64.0.7</th><td class="number">2</td><td class="runs">✕ ✓ ✕ –</td>',
    );
  });
});

describe('Matrix', () => {
  const drawn = (hosts: Iterable<HostReport>): string => {
    const matrix = new Matrix();
    for (const host of hosts) matrix.add(host);
    return [...matrix.section()].map(({ text }) => text).join('');
  };
  const many = (count: number, at: (i: number) => HostReport) =>
    Array.from({ length: count }, (_, i) => at(i));

  it('is a table of few hosts, and nothing for one', () => {
    expect(drawn([ready])).toBe('');
    const table = drawn([ready, blocked, unreachable, unnamed]);
    expect([...table.matchAll(/<tr><th scope="row">/g)]).toHaveLength(4);
    expect(table).toContain('<span class="state fail"><span aria-hidden="true">✕</span> FAIL</span>');
  });

  it('puts a host where its last number is, and joins equal neighbours', () => {
    const map = drawn(
      many(60, (i) => ({ ...(i < 10 ? blocked : ready), address: `10.1.2.${i < 10 ? i : i + 100}` })),
    );
    expect(map).toContain('aria-label="10.1.2.0/24: 50 ready, 10 blocked"');
    const verdicts = /<g class="lane verdict">(.*?)<\/g>/.exec(map)?.[1];
    expect(verdicts).toBe(
      '<path class="blocked" d="M0 0h10v10h-10z"/><path class="ready" d="M110 6h50v4h-50z"/>',
    );
    expect(/<g class="lane remote-desktop">(.*?)<\/g>/.exec(map)?.[1]).toContain('class="not-needed"');
  });

  it('draws a /64 and hosts without an address in lines of 256, sixteen at most', () => {
    const map = drawn(
      many(5000, (i) => ({ ...ready, address: i % 2 ? `2001:db8::${i.toString(16)}` : null })),
    );
    expect(map).toContain('aria-label="2001:db8::/64: 2500 ready"');
    expect(map).toContain('aria-label="no address: 2500 ready"');
    expect([...map.matchAll(/viewBox="0 0 256 120"/g)]).toHaveLength(2);
    const big = drawn(many(6000, () => ({ ...ready, address: null })));
    expect(big).toContain('viewBox="0 0 256 192"');
  });
});
