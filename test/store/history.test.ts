import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import type { HostReport } from '../../src/model/report.ts';
import type { ShownVerdict } from '../../src/model/shown-verdict.ts';
import { compareTargets } from '../../src/model/target-order.ts';
import { openHistory } from '../../src/store/open.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { blocked, clear, hostile, ready, unnamed, unreachable } from '../output/reports.ts';
import { ended, newRun } from './new-run.ts';
import { judged, opened, stage, thrownBy } from './open.ts';
import { refused } from './samples.ts';

const samples: readonly HostReport[] = [blocked, ready, unreachable, unnamed, hostile, refused(3)];

/** Reports with any text and any numbers where the network has a word. */
const anyReport: fc.Arbitrary<HostReport> = fc
  .record({
    base: fc.constantFrom(...samples),
    target: fc.string({ unit: 'binary' }),
    address: fc.option(fc.ipV6()),
    names: fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
    ttl: fc.option(fc.nat(255)),
    rttMs: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })),
    detail: fc.option(fc.string({ unit: 'binary' })),
  })
  .map(({ base, ttl, rttMs, detail, ...rest }) => ({
    ...base,
    ...rest,
    ports: base.ports.map((port) => ({ ...port, ttl, rttMs, detail })),
  }));

describe('what is recorded comes back', () => {
  it('as it was, in the order of the index, by target and one by one', () => {
    const { sql, history } = opened(':memory:');
    let id = 0;
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 8 }), (reports) => {
        id += 1;
        const recorder = history.begin(newRun(`run-${id}`, reports.length));
        for (const [index, report] of [...reports.entries()].toReversed()) {
          recorder.record({ index, ordinal: reports.length - 1 - index, report });
        }
        recorder.finish(ended);
        const walk = history.hosts(`run-${id}`);
        expect([...walk]).toEqual(reports);
        expect([...walk]).toEqual(reports);
        const sorted = reports.toSorted((a, b) => compareTargets(a.target, b.target));
        expect([...history.hostsByTarget(`run-${id}`)]).toEqual(sorted);
        for (const [index, report] of reports.entries()) {
          expect(history.host(`run-${id}`, index)).toEqual(report);
        }
        expect(history.host(`run-${id}`, reports.length)).toBeNull();
      }),
      { numRuns: 60 },
    );
    expect(sql.rows('PRAGMA foreign_key_check')).toEqual([]);
    history.close();
  });

  it('with hosts that are clear so far told from undetermined ones, also when they were amended', () => {
    const { history } = opened(':memory:');
    const undetermined = { ...clear, target: 'open', because: clear.because.slice(1) };
    const recorder = history.begin(newRun('run', 4));
    for (const [index, report] of [clear, ready, undetermined, { ...clear, target: 'raised' }].entries())
      recorder.record({ index, ordinal: index, report });
    recorder.flush();
    expect(history.summary('run')).toMatchObject({ undetermined: 3, clearSoFar: 2 });
    recorder.amend({ index: 3, report: { ...blocked, target: 'raised' } });
    expect(history.summary('run')).toMatchObject({ undetermined: 3, clearSoFar: 2 });
    recorder.finish(ended, []);
    const summary = { hosts: 4, ready: 1, blocked: 1, undetermined: 2, clearSoFar: 1, unreachable: 0 };
    expect(history.summary('run')).toEqual(summary);
    const listed = (verdict: ShownVerdict | null) =>
      history
        .listed('run', { verdict, search: '', after: null, limit: 9 })
        .map((host) => [host.index, host.verdict]);
    expect(listed(null)).toEqual([
      [0, 'clear-so-far'],
      [1, 'ready'],
      [2, 'undetermined'],
      [3, 'blocked'],
    ]);
    expect(listed('clear-so-far')).toEqual([[0, 'clear-so-far']]);
    expect(listed('undetermined')).toEqual([[2, 'undetermined']]);
    expect([...history.trend(['run']).hosts].map(({ marks }) => marks[0]?.clearSoFar)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    history.close();
  });

  it('over many pages, whatever the order of asking', () => {
    const { history } = opened(':memory:');
    const recorder = history.begin(newRun('many', 1000));
    for (let ordinal = 0; ordinal < 1000; ordinal++) recorder.record(judged((ordinal * 389) % 1000, ordinal));
    recorder.flush();
    const targets = [...history.hosts('many')].map(({ target }) => target);
    expect(targets).toEqual(Array.from({ length: 1000 }, (_, index) => refused(index).target));
    expect([...history.hostsByTarget('many')].map(({ target }) => target)).toEqual(
      targets.toSorted(compareTargets),
    );
  });

  it('two walks at once do not disturb each other, nor a writer between them', () => {
    const { history } = opened(':memory:');
    const recorder = history.begin(newRun('both', 300));
    for (let index = 0; index < 299; index++) recorder.record(judged(index));
    recorder.flush();
    let pairs = 0;
    const other = history.hosts('both')[Symbol.iterator]();
    for (const { target } of history.hosts('both')) {
      if (pairs === 150) {
        recorder.record(judged(299));
        recorder.flush();
      }
      expect(other.next().value?.target).toBe(target);
      pairs += 1;
    }
    expect(pairs).toBe(300);
  });

  it('with counts, times and the plan', () => {
    const around = stage();
    const { history } = opened(':memory:', around);
    const recorder = history.begin(newRun('one', 6));
    for (const [index, report] of samples.entries()) {
      recorder.record({ index, ordinal: index, report, probesSent: 10 * index });
    }
    expect(history.summary('one')).toMatchObject({ hosts: 0 });
    around.time += 2000;
    recorder.flush();
    const summary = { hosts: 6, ready: 2, blocked: 2, undetermined: 0, clearSoFar: 0, unreachable: 2 };
    const { run, targets } = newRun('one');
    expect(history.find('one')).toEqual({
      ...run,
      state: 'running',
      finishedAt: null,
      targets,
      hosts: 6,
      summary,
      probesSent: 50,
      durationMs: 2000,
    });
    expect(history.run('one')).toEqual({
      ...run,
      finishedAt: '2026-01-01T00:00:02.000Z',
      probesSent: 50,
      durationMs: 2000,
      interrupted: false,
      running: true,
    });
    // Questions count that no host is judged by yet: the process may be killed now.
    recorder.flush(75);
    expect(history.find('one')).toMatchObject({ probesSent: 75, summary });
    recorder.finish(ended);
    expect(history.run('one')).toEqual({ ...ended, id: 'one' });
    expect(history.find('one')).toMatchObject({ state: 'finished', finishedAt: ended.finishedAt, summary });
    expect(() => recorder.record(judged(9))).toThrow('ended');
  });
});

describe('batches', () => {
  it('are written when they are full or old', () => {
    const around = stage();
    const { history } = opened(':memory:', around);
    const recorder = history.begin(newRun('one'));
    const stored = (): number => history.summary('one').hosts;
    for (let index = 0; index < 127; index++) recorder.record(judged(index));
    expect(stored()).toBe(0);
    recorder.record(judged(127));
    expect(stored()).toBe(128);
    recorder.record(judged(128));
    around.time += 249;
    recorder.record(judged(129));
    expect(stored()).toBe(128);
    around.time += 1;
    recorder.record(judged(130));
    expect(stored()).toBe(131);
  });

  it('never hold a host twice, and a batch that fails leaves nothing behind', () => {
    const { history } = opened(':memory:');
    const recorder = history.begin(newRun('one'));
    recorder.record(judged(1));
    recorder.record(judged(1, 2));
    expect(() => recorder.flush()).toThrow('UNIQUE');
    expect(history.summary('one').hosts).toBe(0);
  });
});

describe('find', () => {
  const { history } = opened(':memory:');
  const ids = ['20260101T000000Z-aaaaaa', '20260101T000000Z-bbbbbb', '20260102T000000Z-a%_aaa'];

  it('says so when nothing is there', () => {
    for (const spec of ['latest', 'x', '']) {
      const error = thrownBy(() => history.find(spec));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain('no runs');
    }
  });

  it('takes ids, their beginnings and places from the end', () => {
    for (const id of ids) history.begin(newRun(id)).finish(ended);
    const idOf = (spec: string): string => history.find(spec).id;
    expect(idOf('latest')).toBe(ids[2]);
    expect(idOf('previous')).toBe(ids[1]);
    expect(idOf('latest~2')).toBe(ids[0]);
    expect(idOf('20260102')).toBe(ids[2]);
    expect(idOf('20260101T000000Z-b')).toBe(ids[1]);
    for (const id of ids) expect(idOf(id)).toBe(id);
    expect(history.runs().map(({ id }) => id)).toEqual(ids.toReversed());
    expect(history.runs(1).map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it('an id that begins another one is found', () => {
    history.begin(newRun(`${ids[0]}-2`)).finish(ended);
    expect(history.find(ids[0] ?? '').id).toBe(ids[0]);
  });

  it.each([
    ['20260101', 'several runs'],
    ['%', 'no such run'],
    ['', 'no such run'],
    ['latest~4', '4 runs'],
    ['latest~-1', 'no such run'],
    ['\u001b[2J\n', "'\\u{1b}[2J\\u{a}'"],
    ['x'.repeat(5000), 'no such run'],
  ])('refuses %j', (spec, part) => {
    const error = thrownBy(() => history.find(spec));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(part);
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(600);
  });

  it('whole ids only where a program asks', () => {
    expect(() => history.hosts('2026')).toThrow(UsageError);
    expect(() => history.run('latest')).toThrow(UsageError);
  });
});

it('after close() nothing goes on', () => {
  const history = openHistory(':memory:', stage());
  const recorder = history.begin(newRun('one'));
  history.close();
  history.close();
  expect(() => recorder.flush()).toThrow();
  expect(() => history.runs()).toThrow('closed');
  expect(thrownBy(() => openHistory('', stage()))).toBeInstanceOf(StoreError);
});

describe('looking across runs', () => {
  it('finds what the newest runs said of a target, and the runs of a schedule', () => {
    const around = stage();
    const { history } = opened(':memory:', around);
    for (const [at, id] of ['one', 'two', 'three'].entries()) {
      const fresh = newRun(id);
      const startedAt = new Date(Date.UTC(2026, 0, 1 + at)).toISOString();
      const schedule = id === 'two' ? {} : { schedule: 'nightly' };
      const recorder = history.begin({ ...fresh, run: { ...fresh.run, ...schedule, startedAt } });
      for (const host of id === 'two' ? [judged(3)] : [judged(3), judged(4)])
        recorder.record({ ...host, probesSent: 1 });
      recorder.flush();
    }
    const { target } = judged(4).report;
    expect(
      history.ofTarget(target, 9).map(({ run, index, report }) => [run.id, index, report.target]),
    ).toEqual([
      ['three', 4, target],
      ['one', 4, target],
    ]);
    expect(history.ofTarget(judged(3).report.target, 2).map(({ run }) => run.id)).toEqual(['three', 'two']);
    expect(history.ofTarget('nobody', 9)).toEqual([]);
    expect(history.scheduleNames()).toEqual(['nightly']);
    expect(history.ofSchedule('nightly', 9).map(({ id }) => id)).toEqual(['three', 'one']);
    expect(history.ofSchedule('nightly', 1).map(({ id }) => id)).toEqual(['three']);
  });
});
