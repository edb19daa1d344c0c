import { describe, expect, it } from 'vitest';
import { begin, HOUR } from './begin-loop.ts';
import { scheduleSpec } from './fake-clock.ts';

const DAY = 24 * HOUR;

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
