import { describe, expect, it } from 'vitest';
import { formatNames, formats } from '../../src/output/formats.ts';
import { renderHtmlWith } from '../../src/output/html.ts';
import { auditOf } from './audit-reports.ts';
import { trendOf } from './past.ts';
import { ready, reportOf } from './reports.ts';

const OPTIONS = { width: 100, colour: false, verbose: false };
/** What may be walked between two pieces: some milliseconds of work. */
const MOST_WALKED = 128;

/** The most that was walked between two pieces of a text; `walked` counts all that was walked by now. */
const longestWalk = (text: Iterable<string>, walked: () => number): number => {
  let before = walked();
  let longest = 0;
  for (const _ of text) {
    longest = Math.max(longest, walked() - before);
    before = walked();
  }
  return Math.max(longest, walked() - before);
};

describe('a report of very many hosts holds up nobody', () => {
  it.each(formatNames)('as %s: a piece after a few hosts, from the first on', async (name) => {
    let hosts = 0;
    const report = auditOf(2000, () => {
      hosts += 1;
    });
    const render = await formats[name]();
    expect(longestWalk(render(report, OPTIONS), () => hosts)).toBeLessThanOrEqual(MOST_WALKED);
  });

  it.each(['nagios', 'html'] as const)('as %s, when nothing is said of most hosts', async (name) => {
    let hosts = 0;
    const { summary, ...report } = reportOf([ready]);
    const many = {
      ...report,
      summary: { ...summary, hosts: 200_000, ready: 200_000 },
      hosts: {
        *[Symbol.iterator]() {
          for (let i = 0; i < 2000; i++) {
            hosts += 1;
            yield ready;
          }
        },
      },
    };
    const render = await formats[name]();
    expect(longestWalk(render(many, OPTIONS), () => hosts)).toBeLessThanOrEqual(MOST_WALKED);
  });

  it('as a page with a trend', () => {
    let hosts = 0;
    const trend = trendOf(auditOf(2000), 2);
    const counted = {
      ...trend,
      hosts: {
        *[Symbol.iterator]() {
          for (const host of trend.hosts) {
            hosts += 1;
            yield host;
          }
        },
      },
    };
    const page = renderHtmlWith(auditOf(30), OPTIONS, { trend: counted });
    expect(longestWalk(page, () => hosts)).toBeLessThanOrEqual(MOST_WALKED);
    expect(hosts).toBeGreaterThan(1000);
  });
});
