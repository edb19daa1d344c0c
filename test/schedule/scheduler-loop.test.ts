import { describe, expect, it } from 'vitest';
import { runSchedules } from '../../src/schedule/scheduler-loop.ts';
import type { ScheduleSpec } from '../../src/schedule/spec.ts';
import { FakeClock, scheduleSpec } from './fake-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Started {
  readonly name: string;
  readonly at: string;
  readonly due: string;
  readonly missed: number;
}

/** The loop on a made-up machine; each run takes so long as `takes` says, or throws what it throws. */
const begin = (
  start: string,
  specs: readonly ScheduleSpec[],
  {
    takes = () => 0,
    last = {},
  }: { takes?: (name: string) => number; last?: Readonly<Record<string, string>> } = {},
) => {
  const clock = new FakeClock(start);
  const stop = new AbortController();
  const runs: Started[] = [];
  const ended: string[] = [];
  const said: string[] = [];
  let together = 0;
  let mostTogether = 0;
  const short = (date: Date): string => date.toISOString().slice(0, 16);
  const done = runSchedules(
    specs,
    {
      now: clock.now,
      monotonic: clock.monotonic,
      sleep: clock.sleep,
      say: (text) => said.push(text),
      lastRun: (name) => (last[name] === undefined ? null : new Date(last[name])),
      run: async (spec, due, missed, signal) => {
        runs.push({ name: spec.name, at: short(clock.now()), due: short(due), missed: missed.length });
        together += 1;
        mostTogether = Math.max(mostTogether, together);
        try {
          const ms = takes(spec.name);
          if (ms > 0) await clock.wait(ms, signal);
          ended.push(spec.name);
        } finally {
          together -= 1;
        }
      },
    },
    stop.signal,
  );
  let over = false;
  const finished = done.then(() => {
    over = true;
  });
  return {
    clock,
    runs,
    ended,
    said,
    mostTogether: () => mostTogether,
    isOver: () => over,
    abort: () => stop.abort(),
    stop: async () => {
      stop.abort();
      await finished;
    },
  };
};

describe('the loop on quiet days', () => {
  it('runs each due time once, on time, and never sleeps longer than 30 s', async () => {
    const day = begin('2026-11-21T05:00:00Z', [scheduleSpec('nightly', '0 6 * * *')]);
    await day.clock.until('2026-11-23T12:00:00Z');
    await day.stop();
    expect(day.runs).toEqual(
      ['21', '22', '23'].map((d) => ({
        name: 'nightly',
        at: `2026-11-${d}T06:00`,
        due: `2026-11-${d}T06:00`,
        missed: 0,
      })),
    );
    expect(day.clock.longestSleep).toBe(30_000);
    expect(day.said).toEqual(['nightly: every day at 06:00 (UTC), next in 60 minutes: 2026-11-21 06:00']);
  });

  it('tells nothing but the rhythm when clocks change for summer and winter', async () => {
    const spec = scheduleSpec('berlin', '30 2 * * *', 'Europe/Berlin');
    const spring = begin('2026-03-28T12:00:00Z', [spec]);
    await spring.clock.until('2026-03-30T12:00:00Z');
    await spring.stop();
    expect(spring.runs.map((run) => run.at)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
    const autumn = begin('2026-10-24T12:00:00Z', [spec]);
    await autumn.clock.until('2026-10-26T12:00:00Z');
    await autumn.stop();
    expect(autumn.runs.map((run) => run.at)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
    expect([...spring.said, ...autumn.said]).toHaveLength(2);
  });

  it('ends at once when nothing is under way', async () => {
    const day = begin('2026-11-21T05:00:00Z', [scheduleSpec('nightly', '0 6 * * *')]);
    await day.clock.until('2026-11-21T05:10:00Z');
    await day.stop();
    expect(day.runs).toEqual([]);
  });
});

describe('what was missed', () => {
  it('runs once after three days of sleep, and says how many were missed', async () => {
    const day = begin('2026-11-20T05:00:00Z', [scheduleSpec('hourly', '0 * * * *')]);
    await day.clock.until('2026-11-20T05:30:00Z');
    day.clock.jump(3 * DAY);
    await day.clock.until('2026-11-23T06:30:00Z');
    await day.stop();
    expect(day.runs).toEqual([
      { name: 'hourly', at: '2026-11-23T05:30', due: '2026-11-23T05:00', missed: 72 },
      { name: 'hourly', at: '2026-11-23T06:00', due: '2026-11-23T06:00', missed: 0 },
    ]);
    expect(day.said).toContain(
      '3 days passed unnoticed: the machine was asleep or suspended, or its clock was set forward',
    );
    expect(day.said).toContain('hourly: missed 72 times since 2026-11-20 06:00; running once now');
  });

  it('is on time when the sleep ends just at a due time, and leaves this one out of the missed', async () => {
    const day = begin('2026-11-20T05:00:00Z', [scheduleSpec('hourly', '0 * * * *')]);
    await day.clock.until('2026-11-20T05:30:00Z');
    day.clock.jump(2.5 * HOUR);
    await day.clock.until('2026-11-20T08:30:00Z');
    await day.stop();
    expect(day.runs).toEqual([
      { name: 'hourly', at: '2026-11-20T08:00', due: '2026-11-20T08:00', missed: 2 },
    ]);
  });

  it('counts from the last run in the history when it starts', async () => {
    const day = begin(
      '2026-11-21T12:00:00Z',
      [
        scheduleSpec('nightly', '0 6 * * *'),
        scheduleSpec('new', '0 7 * * *'),
        scheduleSpec('fresh', '0 8 * * *'),
      ],
      { last: { nightly: '2026-11-18T06:00:03Z', fresh: '2026-11-21T08:00:01Z' } },
    );
    await day.clock.until('2026-11-21T12:05:00Z');
    await day.stop();
    expect(day.runs).toEqual([
      { name: 'nightly', at: '2026-11-21T12:00', due: '2026-11-21T06:00', missed: 3 },
    ]);
    expect(day.said).toContain('nightly: missed 3 times since 2026-11-19 06:00; running once now');
  });

  it('bounds what it lists after years', async () => {
    const day = begin('2026-11-21T12:00:30Z', [scheduleSpec('often', '* * * * *')], {
      last: { often: '2020-01-01T00:00:00Z' },
    });
    await day.clock.until('2026-11-21T12:00:40Z');
    await day.stop();
    // The newest is on time, and is not counted.
    expect(day.runs).toEqual([
      { name: 'often', at: '2026-11-21T12:00', due: '2026-11-21T12:00', missed: 999 },
    ]);
    expect(day.said.join('\n')).toContain('often: missed at least 999 times; running once now');
  });
});

describe('a clock that is set back', () => {
  it('repeats no minute when it is an hour', async () => {
    const day = begin('2026-11-21T05:50:00Z', [scheduleSpec('quarter', '*/15 * * * *')]);
    await day.clock.until('2026-11-21T06:20:00Z');
    day.clock.jump(-HOUR);
    await day.clock.until('2026-11-21T07:00:00Z');
    await day.stop();
    const dues = day.runs.map((run) => run.due.slice(11));
    expect(dues).toEqual(['06:00', '06:15', '06:30', '06:45', '07:00']);
    expect(day.runs.map((run) => run.at.slice(11))).toEqual(dues);
    expect(day.said).toContain('the clock was set back by 60 minutes; runs already made are not repeated');
  });

  it('counts anew when it was wrong by years', async () => {
    const day = begin('2036-11-21T05:50:00Z', [scheduleSpec('nightly', '0 6 * * *')]);
    await day.clock.until('2036-11-21T05:55:00Z');
    day.clock.jump(Date.parse('2026-11-21T05:55:00Z') - Date.parse('2036-11-21T05:55:00Z'));
    await day.clock.until('2026-11-21T06:30:00Z');
    await day.stop();
    expect(day.runs).toEqual([
      { name: 'nightly', at: '2026-11-21T06:00', due: '2026-11-21T06:00', missed: 0 },
    ]);
    expect(day.said.some((text) => text.includes('counting from now'))).toBe(true);
  });

  it('is not misled by a last run from a wrong clock, and waits for one a little ahead', async () => {
    const specs = [scheduleSpec('wild', '0 * * * *'), scheduleSpec('near', '30 * * * *')];
    const day = begin('2026-11-21T05:50:00Z', specs, {
      last: { wild: '2036-01-01T00:00:00Z', near: '2026-11-21T06:30:01Z' },
    });
    await day.clock.until('2026-11-21T07:45:00Z');
    await day.stop();
    expect(day.runs.map((run) => `${run.name} ${run.at.slice(11)}`)).toEqual([
      'wild 06:00',
      'wild 07:00',
      'near 07:30',
    ]);
  });
});

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
        say: () => {},
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
        say: () => {},
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
