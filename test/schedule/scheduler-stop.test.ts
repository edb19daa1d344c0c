import { describe, expect, it } from 'vitest';
import { runSchedules } from '../../src/schedule/scheduler-loop.ts';
import { begin, HOUR, MINUTE } from './begin-loop.ts';
import { FakeClock, scheduleSpec } from './fake-clock.ts';

describe('several audits', () => {
  it('never overlap themselves: what is due meanwhile is skipped, counted and said', async () => {
    const day = begin('2026-11-21T05:59:00Z', [scheduleSpec('quick', '*/10 * * * *')], {
      takes: () => 25 * MINUTE,
    });
    await day.clock.until('2026-11-21T06:59:00Z');
    await day.stop();
    expect(day.runs.map((run) => run.at.slice(11))).toEqual(['06:00', '06:30']);
    const after = 'because the run before is still running';
    expect(day.said.slice(1)).toEqual([
      `quick: skipped at 2026-11-21 06:10, ${after}`,
      'quick: skipped 2 times while it was waiting or running',
      `quick: skipped at 2026-11-21 06:40, ${after}`,
      'quick: skipped 2 times while it was waiting or running',
    ]);
  });

  it('go one after another when due at once, the earlier due first, then as configured', async () => {
    const specs = ['one', 'two', 'three'].map((name) =>
      scheduleSpec(name, name === 'three' ? '5 6 * * *' : '0 6 * * *'),
    );
    const day = begin('2026-11-21T05:59:00Z', specs, { takes: () => 20 * MINUTE });
    await day.clock.until('2026-11-21T07:10:00Z');
    await day.stop();
    expect(day.runs.map((run) => `${run.name} ${run.at.slice(11)} ${run.missed}`)).toEqual([
      'one 06:00 0',
      'two 06:20 0',
      'three 06:40 0',
    ]);
    expect(day.mostTogether()).toBe(1);
  });

  it('go in the order of what was missed, whatever the order of the file', async () => {
    const specs = [scheduleSpec('later', '0 9 * * *'), scheduleSpec('sooner', '0 8 * * *')];
    const day = begin('2026-11-21T05:59:00Z', specs);
    day.clock.jump(5 * HOUR);
    await day.clock.until('2026-11-21T11:30:00Z');
    await day.stop();
    expect(day.runs.map((run) => run.name)).toEqual(['sooner', 'later']);
  });

  it('begin as soon as the one before has ended', async () => {
    const specs = ['one', 'two'].map((name) => scheduleSpec(name, '0 6 * * *'));
    const day = begin('2026-11-21T05:59:00Z', specs, { takes: () => 20 * MINUTE - 15_000 });
    await day.clock.until('2026-11-21T06:30:00Z');
    await day.stop();
    expect(day.runs.map((run) => run.at.slice(11))).toEqual(['06:00', '06:19']);
  });

  it('say when one waited so long that it was due again', async () => {
    const specs = [scheduleSpec('long', '0 6 * * *'), scheduleSpec('short', '*/30 * * * *')];
    const day = begin('2026-11-21T05:59:00Z', specs, {
      takes: (name) => (name === 'long' ? 70 * MINUTE : 0),
    });
    await day.clock.until('2026-11-21T07:20:00Z');
    await day.stop();
    expect(day.runs.map((run) => `${run.name} ${run.at.slice(11)}`)).toEqual(['long 06:00', 'short 07:10']);
    expect(day.said).toContain(
      'short: skipped at 2026-11-21 06:30, because the run before is still waiting for another schedule',
    );
  });

  it('go on when one fails', async () => {
    const day = begin(
      '2026-11-21T05:59:00Z',
      [scheduleSpec('bad', '0 * * * *'), scheduleSpec('good', '0 * * * *')],
      {
        takes: (name) => {
          if (name === 'bad') throw new Error('no such network\n\u001b[2J');
          return 0;
        },
      },
    );
    await day.clock.until('2026-11-21T07:10:00Z');
    await day.stop();
    expect(day.runs.map((run) => run.name)).toEqual(['bad', 'good', 'bad', 'good']);
    expect(day.said).toContain('bad: the run of 2026-11-21 06:00 failed: no such network\\u{a}\\u{1b}[2J');
  });
});

describe('a wish to stop', () => {
  it('reaches the run under way, waits for its end and starts no other', async () => {
    const specs = [scheduleSpec('one', '0 6 * * *'), scheduleSpec('two', '0 6 * * *')];
    const day = begin('2026-11-21T05:59:00Z', specs, { takes: () => HOUR });
    await day.clock.until('2026-11-21T06:10:00Z');
    await day.stop();
    expect(day.runs.map((run) => run.name)).toEqual(['one']);
    expect(day.ended).toEqual([]);
    expect(day.said.slice(2)).toEqual(['two: stopped before the run of 2026-11-21 06:00']);
  });

  it('is not done before a run that takes its time to end', async () => {
    const clock = new FakeClock('2026-11-21T05:59:00Z');
    const stop = new AbortController();
    const never = new AbortController();
    let over = false;
    const done = runSchedules(
      [scheduleSpec('slow', '0 6 * * *')],
      {
        now: clock.now,
        monotonic: clock.monotonic,
        sleep: clock.sleep,
        log: () => {},
        lastRun: () => null,
        run: () => clock.wait(10 * MINUTE, never.signal),
      },
      stop.signal,
    ).then(() => {
      over = true;
    });
    await clock.until('2026-11-21T06:05:00Z');
    stop.abort();
    await clock.until('2026-11-21T06:09:00Z');
    expect(over).toBe(false);
    await clock.until('2026-11-21T06:11:00Z');
    await done;
    expect(over).toBe(true);
  });

  it('before the start means no run at all', async () => {
    const clock = new FakeClock('2026-11-21T06:00:00Z');
    const runs: string[] = [];
    await runSchedules(
      [scheduleSpec('nightly', '0 6 * * *')],
      {
        now: clock.now,
        monotonic: clock.monotonic,
        sleep: clock.sleep,
        log: () => {},
        lastRun: () => new Date('2026-11-01T00:00:00Z'),
        run: async (spec) => {
          runs.push(spec.name);
        },
      },
      AbortSignal.abort(),
    );
    expect(runs).toEqual([]);
  });
});
