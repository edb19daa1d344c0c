import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronInWords, inWords, lengthInWords } from '../../src/schedule/in-words.ts';
import { nextRuns, runsBetween } from '../../src/schedule/next-runs.ts';
import { knownZone, localTime, zoneOf } from '../../src/schedule/time-zone.ts';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';

const runs = (cron: string, timezone: string, from: string, count: number): string[] =>
  nextRuns({ cron, timezone }, new Date(from), count).map((date) => date.toISOString().slice(5, 16));

describe('next runs when clocks change', () => {
  // Berlin goes from 02:00 to 03:00 at 01:00 UTC on 2026-03-29, and from 03:00 to 02:00 at 01:00 UTC on 2026-10-25.
  // New York goes from 02:00 to 03:00 at 07:00 UTC on 2026-03-08, and from 02:00 to 01:00 at 06:00 UTC on 2026-11-01.
  it.each([
    [
      'a time that does not exist: once, at the end of the gap',
      '30 2 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      ['03-29T01:00', '03-30T00:30'],
    ],
    ['and in New York', '30 2 * * *', NEW_YORK, '2026-03-07T12:00Z', ['03-08T07:00', '03-09T06:30']],
    [
      'several times of the gap: once together',
      '0,30 2 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      ['03-29T01:00', '03-30T00:00'],
    ],
    [
      'steps within the gap: once together',
      '*/10 2 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      ['03-29T01:00', '03-30T00:00'],
    ],
    [
      'the gap and the hour after: no double',
      '0 2,3 * * *',
      BERLIN,
      '2026-03-28T12:00Z',
      ['03-29T01:00', '03-30T00:00'],
    ],
    [
      'every second hour: no run is lost',
      '0 */2 * * *',
      BERLIN,
      '2026-03-28T22:30Z',
      ['03-28T23:00', '03-29T01:00', '03-29T02:00'],
    ],
    [
      'a repeated time: once, the first',
      '30 2 * * *',
      BERLIN,
      '2026-10-24T12:00Z',
      ['10-25T00:30', '10-26T01:30'],
    ],
    ['and in New York', '30 1 * * *', NEW_YORK, '2026-10-31T12:00Z', ['11-01T05:30', '11-02T06:30']],
    [
      'repeated steps: once each',
      '*/30 2 * * *',
      BERLIN,
      '2026-10-24T12:00Z',
      ['10-25T00:00', '10-25T00:30', '10-26T01:00'],
    ],
    [
      'every second hour: no run twice',
      '0 */2 * * *',
      BERLIN,
      '2026-10-24T21:00Z',
      ['10-24T22:00', '10-25T00:00', '10-25T03:00'],
    ],
    [
      'without hours it goes on evenly: gap',
      '*/30 * * * *',
      BERLIN,
      '2026-03-29T00:15Z',
      ['03-29T00:30', '03-29T01:00', '03-29T01:30'],
    ],
    [
      'without hours it goes on evenly: repeated',
      '0 * * * *',
      BERLIN,
      '2026-10-24T23:30Z',
      ['10-25T00:00', '10-25T01:00', '10-25T02:00'],
    ],
    [
      'a gap at midnight',
      '0 0 * * *',
      'America/Sao_Paulo',
      '2018-11-03T12:00Z',
      ['11-04T03:00', '11-05T02:00'],
    ],
    [
      'a gap of half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T16:00Z',
      ['10-03T15:30', '10-04T15:15'],
    ],
  ])('%s', (_, cron, zone, from, expected) => {
    expect(runs(cron, zone, from, expected.length)).toEqual(expected);
  });

  it('gives each clock time of a named hour once on every day of the year, or once at the end of the gap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(BERLIN, NEW_YORK, 'Australia/Lord_Howe'),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (zone, hour, minute) => {
          const all = nextRuns(
            { cron: `${minute} ${hour} * * *`, timezone: zone },
            new Date('2026-01-01T00:00:00Z'),
            364,
          );
          const days = new Set(all.map((date) => localTime(date, zone).slice(0, 10)));
          expect(days.size).toBe(364);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('finds the same runs backwards as forwards', () => {
    const lines = ['30 2 * * *', '*/30 * * * *', '0 */2 * * *', '15 1-3 * * *', '0 6 L * *'];
    const starts = [
      '2026-03-28T20:00:00Z',
      '2026-10-24T20:00:00Z',
      '2026-03-07T20:00:00Z',
      '2026-10-31T20:00:00Z',
    ];
    for (const timezone of [BERLIN, NEW_YORK, 'UTC']) {
      for (const cron of lines) {
        for (const start of starts) {
          const when = { cron, timezone };
          const [first = new Date(0), ...rest] = nextRuns(when, new Date(start), 20);
          expect(runsBetween(when, first, rest.at(-1) ?? first, 100)).toEqual([first, ...rest]);
        }
      }
    }
  });

  it('counts both ends, and keeps the newest when there are more', () => {
    const when = { cron: '0 * * * *', timezone: 'UTC' };
    const at = (hour: string) => new Date(`2026-11-21T${hour}Z`);
    expect(runsBetween(when, at('06:00:00'), at('08:00:00.250'), 9)).toEqual([
      at('06:00'),
      at('07:00'),
      at('08:00'),
    ]);
    expect(runsBetween(when, at('06:00:00'), at('07:59:59.999'), 9)).toEqual([at('06:00'), at('07:00')]);
    expect(runsBetween(when, at('01:00:00'), at('08:00:00'), 2)).toEqual([at('07:00'), at('08:00')]);
  });
});

describe('in words', () => {
  it.each([
    ['* * * * *', 'every minute'],
    ['*/5 * * * *', 'every 5 minutes'],
    ['*/7 * * * *', 'cron */7 * * * *'],
    ['0 * * * *', 'every hour'],
    ['15 * * * *', 'every hour, 15 minutes past'],
    ['0 */6 * * *', 'every 6 hours'],
    ['*/15 * * * 1-5', 'every 15 minutes, every weekday'],
    ['@daily', 'every day at 00:00'],
    ['30 6,18 * * *', 'every day at 06:30 and 18:30'],
    ['0 6 * * 1-5', 'every weekday at 06:00'],
    ['0 6 * * MON', 'every Monday at 06:00'],
    ['0 6 * * 1,3,7', 'every Sunday, Monday and Wednesday at 06:00'],
    ['0 6 * * 6,0', 'every Saturday and Sunday at 06:00'],
    ['0 6 * * MON#1', 'on the first Monday of the month at 06:00'],
    ['0 6 * * FRI#L', 'on the last Friday of the month at 06:00'],
    ['0 6 1,15,22 * *', 'on the 1st, 15th and 22nd of every month at 06:00'],
    ['0 6 11-13 * *', 'on the 11th, 12th and 13th of every month at 06:00'],
    ['0 6 L * *', 'on the last day of every month at 06:00'],
    ['0 6 1 1,7 *', 'on the 1st of January and July at 06:00'],
    ['0 6 * jun-aug *', 'every day in June, July and August at 06:00'],
    ['0 6 1 * MON', 'cron 0 6 1 * MON'],
    ['0 6 15W * *', 'cron 0 6 15W * *'],
    ['0 6-18 *\n* *', 'cron 0 6-18 * * *'],
  ])('%j is %s', (cron, words) => {
    expect(cronInWords(cron)).toBe(words);
  });

  it.each([
    [
      '0 6 * * MON',
      '2026-11-21T07:20:00Z',
      'every Monday at 06:00 (Europe/Berlin), next in 2 days: 2026-11-23 06:00',
    ],
    [
      '0 6 * * MON',
      '2026-11-22T02:00:00Z',
      'every Monday at 06:00 (Europe/Berlin), next tomorrow: 2026-11-23 06:00',
    ],
    [
      '0 6 * * MON',
      '2026-11-23T01:59:00Z',
      'every Monday at 06:00 (Europe/Berlin), next in 3 hours: 2026-11-23 06:00',
    ],
    [
      '0 6 * * MON',
      '2026-11-23T04:59:30Z',
      'every Monday at 06:00 (Europe/Berlin), next in less than a minute: 2026-11-23 06:00',
    ],
  ])('%s from %s on', (cron, now, words) => {
    expect(inWords({ cron, timezone: BERLIN }, new Date(now))).toBe(words);
  });

  it('names lengths', () => {
    expect([1000, 5000, 60_000, 3_600_000, 7_200_000, 259_200_000].map(lengthInWords)).toEqual([
      '1 second',
      '5 seconds',
      '1 minute',
      '60 minutes',
      '2 hours',
      '3 days',
    ]);
  });
});

describe('time zones', () => {
  it('knows names, sets their letters right, and refuses the rest', () => {
    expect(['europe/berlin', 'UTC', 'Asia/Kolkata'].map(knownZone)).toEqual([BERLIN, 'UTC', 'Asia/Kolkata']);
    expect(['Europe/Nowhere', '+02:00', '', 'Europe/Berlin\n', '../etc'].map(knownZone)).toEqual(
      Array(5).fill(null),
    );
  });

  it('takes the zone of the machine when none is given', () => {
    expect(zoneOf({ timezone: null })).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(nextRuns({ cron: '0 6 * * *', timezone: null }, new Date('2026-11-21T00:00:00Z'), 1)).toHaveLength(
      1,
    );
  });

  it('writes midnight as 00', () => {
    expect(localTime(new Date('2026-06-30T22:00:00Z'), BERLIN)).toBe('2026-07-01 00:00');
  });
});
