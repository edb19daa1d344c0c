import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import type { HostReport } from '../../src/model/report.ts';
import type { History } from '../../src/store/history.ts';
import { linesOf } from '../../src/store/split-lines.ts';
import { blocked, hostile, ready, unnamed, unreachable } from '../output/reports.ts';
import { ended, newRun } from './new-run.ts';
import { opened, stage } from './open.ts';
import { refused } from './samples.ts';
import { CHECKS } from './transfer.ts';

const group = { id: 'g', signature: 's', hosts: 2, prefixes: ['10.0.0.0/31'], text: 't', commands: ['c'] };

const anyText = fc.string({ unit: 'binary' });
const anyReport: fc.Arbitrary<HostReport> = fc
  .record({
    base: fc.constantFrom(blocked, ready, unreachable, unnamed, hostile, refused(3)),
    target: anyText,
    names: fc.array(anyText, { maxLength: 2 }),
    detail: fc.option(anyText),
  })
  .map(({ base, detail, ...rest }) => ({
    ...base,
    ...rest,
    ports: base.ports.map((port) => ({ ...port, detail })),
  }));

const anyRun = fc.record({
  reports: fc.array(anyReport, { maxLength: 5 }),
  interrupted: fc.boolean(),
  killed: fc.boolean(),
  schedule: fc.option(fc.constantFrom('daily', 'äöü 1')),
  targets: fc.array(anyText, { maxLength: 3 }),
  plan: fc.jsonValue(),
  groups: fc.boolean(),
});

/** Everything that the history tells of its runs. */
const told = (history: History): unknown =>
  history.runs().map((entry) => ({
    entry,
    run: history.run(entry.id),
    groups: history.groups(entry.id),
    entries: [...history.entries(entry.id)],
    blocked: [...history.entries(entry.id, 'blocked')],
    byTarget: [...history.hostsByTarget(entry.id)],
    done: history.done(entry.id),
    trend: [...history.trend([entry.id]).hosts],
  }));

describe('what is exported', () => {
  it('is imported as it was, and can be resumed and imported again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRun, { maxLength: 3 }), async (runs) => {
        const around = stage();
        const { history } = opened(':memory:', around);
        for (const [at, { reports, schedule, targets, plan, ...how }] of runs.entries()) {
          const { run } = newRun(`run-${at}`);
          const recorder = history.begin({
            run: { ...run, ...(schedule === null ? {} : { schedule }) },
            targets,
            hosts: 10,
            plan,
          });
          for (const [place, report] of reports.entries()) {
            recorder.record({ index: 9 - place, ordinal: (place * 3) % 10, report, probesSent: place });
          }
          recorder.flush();
          around.time += 1234;
          const { interrupted, killed } = how;
          if (!killed) recorder.finish({ ...ended, interrupted }, how.groups ? [group] : null);
        }
        around.time += 3_600_000;
        const ids = history
          .runs()
          .map(({ id }) => id)
          .toReversed();
        const lines = [...history.exportRuns(ids)];
        for (const line of lines) expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const { history: copy, sql } = opened(':memory:', around);
        const hosts = runs.reduce((sum, { reports }) => sum + reports.length, 0);
        expect(await copy.importRuns(linesOf([Buffer.from(lines.join(''))]), CHECKS)).toEqual({
          runs: ids,
          skipped: [],
          hosts,
        });
        expect(told(copy)).toEqual(told(history));
        const parsed = (text: string): unknown => JSON.parse(text);
        expect([...copy.exportRuns(ids)].map(parsed)).toEqual(lines.map(parsed));
        expect(await copy.importRuns(lines, CHECKS)).toEqual({ runs: [], skipped: ids, hosts: 0 });
        expect(told(copy)).toEqual(told(history));
        for (const { id } of copy.unfinished()) expect(copy.plan(id)).toEqual(history.plan(id));
        expect(sql.rows('PRAGMA foreign_key_check')).toEqual([]);
        history.close();
        copy.close();
      }),
      { numRuns: 40 },
    );
  });

  it('is no run that is still running', () => {
    const { history } = opened(':memory:');
    history.begin(newRun('one'));
    expect(() => history.exportRuns(['one'])).toThrow('still running');
    expect(() => history.exportRuns(['two'])).toThrow(UsageError);
  });
});
