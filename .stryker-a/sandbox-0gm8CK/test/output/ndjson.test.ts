import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunStart } from '../../src/model/report.ts';
import { renderJson } from '../../src/output/json.ts';
import { hostLine, renderNdjson, runLine, summaryLine } from '../../src/output/ndjson.ts';
import { hostSchema } from '../../src/output/schema.ts';
import { nastyHost } from './hostile.ts';
import { blocked, ready, reportOf, textOf, unnamed } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };
const linesOf = (text: string): string[] => text.trimEnd().split('\n');

describe('renderNdjson', () => {
  it('gives back hosts, summary, groups and run', () => {
    const report = reportOf([ready, blocked, unnamed]);
    const [first, ...rest] = linesOf(textOf(renderNdjson(report, OPTIONS))).map((line) => JSON.parse(line));
    const last = rest.pop();
    expect(rest).toEqual(report.hosts);
    expect(last).toEqual({ summary: report.summary, groups: report.groups, run: report.run });
    expect({ ...report.run, ...first.run }).toEqual(report.run);
    expect(first.schema).toBe(report.schema);
    expect(first.tool).toEqual(report.tool);
  });

  it('is what the live lines are, written one by one while less is known', () => {
    const { tool, run, summary, groups, ...report } = reportOf([ready, blocked]);
    const { finishedAt: _, probesSent: __, durationMs: ___, interrupted: ____, ...start } = run;
    const known: RunStart = start;
    const live = [
      runLine(tool, known),
      ...report.hosts.map(hostLine),
      summaryLine({ run: run, summary, groups }),
    ];
    expect(live).toEqual([...renderNdjson({ tool, run, summary, groups, ...report }, OPTIONS)]);
  });

  it('keeps one object a line, whatever the network said, for readers that break lines at more than LF', () => {
    fc.assert(
      fc.property(nastyHost, (host) => {
        const line = hostLine(host);
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(hostSchema.parse(JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(host)));
        const json = textOf(renderJson(reportOf([host]), OPTIONS));
        expect(JSON.parse(json).hosts).toEqual([JSON.parse(line)]);
      }),
      { numRuns: 60 },
    );
  });

  it('throws with the path of the field rather than write a broken line', () => {
    const broken = { ...ready, confidence: 'certain' as never };
    expect(() => hostLine(broken)).toThrow(/host 10\.77\.1\.9\.confidence/);
    const { tool, run, ...report } = reportOf([]);
    expect(() => runLine(tool, { ...run, seed: -1 })).toThrow(/run\.seed/);
    expect(() => summaryLine({ ...report, run: { ...run, finishedAt: 'soon' } })).toThrow(/run\.finishedAt/);
  });
});
