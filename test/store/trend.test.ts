import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import type { HostReport, Run } from '../../src/model/report.ts';
import { compareTargets } from '../../src/model/target-order.ts';
import type { History } from '../../src/store/history.ts';
import { stateLetters, statesFromLetters } from '../../src/store/requirement-states.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { blocked, clear, ready, unnamed, unreachable } from '../output/reports.ts';
import { ended, newRun } from './new-run.ts';
import { judged, opened, thrownBy } from './open.ts';

/** A run that started so many minutes after all runs began. */
const add = (
  history: History,
  id: string,
  minute: number,
  {
    reports = [],
    schedule,
    targets,
    fleet,
    end = {},
  }: {
    readonly reports?: readonly HostReport[];
    readonly schedule?: string;
    readonly targets?: readonly string[];
    /** The run of a fleet of which this is that of a vantage. */
    readonly fleet?: { readonly run: string; readonly vantage: string };
    readonly end?: Partial<Run> | null;
  } = {},
): void => {
  const made = newRun(id, 1000);
  const startedAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const run = {
    ...{ ...made.run, startedAt, ...(schedule === undefined ? {} : { schedule }) },
    ...(fleet ? { vantage: fleet.vantage, fleet: { run: fleet.run, vantages: ['hq', 'branch'] } } : {}),
  };
  const recorder = history.begin({ ...made, run, targets: targets ?? made.targets });
  for (const [index, report] of reports.entries()) recorder.record({ index, ordinal: index, report });
  recorder.flush();
  if (end) recorder.finish({ ...ended, ...end }, []);
};

describe('letters', () => {
  it('come back as the states they stand for', () => {
    for (const report of [blocked, ready, unreachable, unnamed]) {
      const states = statesFromLetters(stateLetters(report));
      for (const { name, state } of report.requirements) expect(states[name]).toBe(state);
    }
    for (const bad of ['', 'pp', 'pppp', 'ppx', 'PPP'])
      expect(() => statesFromLetters(bad)).toThrow(RangeError);
  });
});

describe('trend', () => {
  const samples = [blocked, clear, ready, unreachable, unnamed];
  const anyRun = fc.array(
    fc.record({
      base: fc.constantFrom(...samples),
      target: fc.oneof(
        fc.constantFrom('a', 'b', 'c', '\u{ffee}', '\u{10000}'),
        fc.string({ unit: 'grapheme' }),
      ),
      address: fc.option(fc.constantFrom('10.0.0.1', '10.0.0.2')),
    }),
    { maxLength: 6 },
  );

  it('joins any runs by target, in order, each host once', () => {
    let id = 0;
    const { history } = opened(':memory:');
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 4 }), (runs) => {
        const ids = runs.map((hosts) => {
          id += 1;
          const reports = hosts.map(({ base, ...rest }) => ({ ...base, ...rest }));
          add(history, `run-${id}`, id, { reports });
          return `run-${id}`;
        });
        const trend = history.trend(ids);
        const targets = [...new Set(runs.flat().map(({ target }) => target))].toSorted(compareTargets);
        const expected = targets.map((target) => {
          const found = runs.map((hosts) => hosts.find((one) => one.target === target));
          return {
            target,
            address: found.findLast((one) => one && one.address !== null)?.address ?? null,
            marks: found.map((one) =>
              one
                ? {
                    verdict: one.base.verdict,
                    clearSoFar: one.base === clear,
                    confidence: one.base.confidence,
                    states: statesFromLetters(stateLetters(one.base)),
                  }
                : null,
            ),
          };
        });
        expect([...trend.hosts]).toEqual(expected);
        expect([...trend.hosts]).toEqual(expected);
        expect(trend.runs.map((run) => run.id)).toEqual(ids);
        expect(trend.runs.map(({ summary }) => summary)).toEqual(ids.map((one) => history.summary(one)));
      }),
      { numRuns: 60 },
    );
  });

  it('goes over many pages without unpacking a report', () => {
    const { sql, history } = opened(':memory:');
    for (const id of ['a', 'b']) {
      add(history, id, 0, { reports: Array.from({ length: 700 }, (_, at) => judged(at).report) });
    }
    sql.run('UPDATE evidence SET report = ?', [Buffer.from('nonsense')]);
    sql.run("DELETE FROM hosts WHERE idx % 3 = 0 AND run = (SELECT seq FROM runs WHERE id = 'b')", []);
    const hosts = [...history.trend(['a', 'b']).hosts];
    expect(hosts.length).toBe(700);
    expect(hosts.filter(({ marks }) => marks[1] === null).length).toBe(234);
    expect(() => history.trend(['a', 'c'])).toThrow(UsageError);
    sql.run('UPDATE hosts SET states = ? WHERE idx = 5', ['zzz']);
    expect(thrownBy(() => [...history.trend(['a']).hosts]).message).toContain('a record in it is damaged');
  });

  it('that loses a run under its hands says so', () => {
    const { sql, history } = opened(':memory:');
    add(history, 'a', 0, { reports: Array.from({ length: 700 }, (_, at) => judged(at).report) });
    const walk = history.trend(['a']).hosts[Symbol.iterator]();
    walk.next();
    sql.run('DELETE FROM runs', []);
    const error = thrownBy(() => {
      while (!walk.next().done);
    });
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('was removed');
  });
});

describe('runs of a fleet', () => {
  const { history } = opened(':memory:');
  add(history, 'alone', 1);
  for (const [at, name] of ['f1', 'f2'].entries())
    for (const vantage of ['hq', 'branch'])
      add(history, `${name}.${vantage}`, 2 + at, { fleet: { run: name, vantage } });

  it('are compared with those from the same place only', () => {
    expect(history.previousOf('f2.branch')?.id).toBe('f1.branch');
    expect(history.previousOf('f1.branch')).toBeNull();
    expect(history.series('f2.hq', 9).map(({ id }) => id)).toEqual(['f1.hq', 'f2.hq']);
    expect(history.series('alone', 9).map(({ id }) => id)).toEqual(['alone']);
  });

  it('are found by the id of the whole or its beginning, where that is no other run', () => {
    const ids = (spec: string): string[] => history.fleet(spec).map(({ id }) => id);
    expect(ids('f2')).toEqual(['f2.hq', 'f2.branch']);
    expect([ids('f'), ids('f2.hq'), ids('alone'), ids(''), ids('latest')]).toEqual([[], [], [], [], []]);
  });
});

describe('the run before', () => {
  const { history } = opened(':memory:');
  add(history, 'm1', 1, { schedule: 'monday' });
  add(history, 'm2', 2, { schedule: 'monday', targets: ['other'] });
  add(history, 't1', 3, { schedule: 'tuesday' });
  add(history, 'hand-1', 4);
  add(history, 'hand-other', 5, { targets: ['other'] });
  add(history, 'm-cut', 6, { schedule: 'monday', end: { interrupted: true } });
  add(history, 'm4', 8, { schedule: 'monday' });
  add(history, 'hand-2', 9);
  add(history, 'hand-now', 10, { end: null });
  // Came late, as by an import, but is older.
  add(history, 'm3', 7, { schedule: 'monday' });

  it.each([
    ['m1', null],
    ['m2', 'm1'],
    ['m3', 'm2'],
    ['m4', 'm3'],
    ['m-cut', 'm2'],
    ['t1', null],
    ['hand-1', null],
    ['hand-other', null],
    ['hand-2', 'hand-1'],
    ['hand-now', 'hand-2'],
  ])('%s is %s', (id, before) => {
    expect(history.previousOf(id)?.id ?? null).toBe(before);
  });

  it('series go up to the run, finished ones only, oldest first', () => {
    const idsOf = (id: string, limit: number): string[] => history.series(id, limit).map((one) => one.id);
    expect(idsOf('m4', 9)).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(idsOf('m4', 2)).toEqual(['m3', 'm4']);
    expect(idsOf('m3', 9)).toEqual(['m1', 'm2', 'm3']);
    expect(idsOf('hand-now', 9)).toEqual(['hand-1', 'hand-2']);
    expect(history.series('m4', 1)).toEqual([history.find('m4')]);
  });

  it('the newest run is the one that started last', () => {
    expect(history.find('latest').id).toBe('hand-now');
    expect(history.find('latest~3').id).toBe('m3');
  });
});
