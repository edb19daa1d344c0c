import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CronFields, classicCron, parseCron } from '../../src/schedule/cron.ts';

/** Whether a day, read in UTC, is one of the fields' days: written from crontab(5), not from the code under test. */
const isDay = ({ days, weekdays, months }: CronFields, date: Date): boolean => {
  const day = date.getUTCDate();
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const inMonth = days && (days.numbers.includes(day) || (days.last && day === last));
  const inWeek = weekdays?.some(
    ({ day: weekday, nth }) =>
      weekday === date.getUTCDay() &&
      (nth === null || (nth === 'last' ? day > last - 7 : Math.ceil(day / 7) === nth)),
  );
  const right = days || weekdays ? Boolean(inMonth) || Boolean(inWeek) : true;
  return right && months.includes(date.getUTCMonth() + 1);
};

const number = (low: number, high: number) => fc.integer({ min: low, max: high });
const span = (low: number, high: number) =>
  fc.tuple(number(low, high), number(low, high)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const field = (low: number, high: number, more: readonly string[] = []) => {
  const item = fc.oneof(
    number(low, high).map(String),
    span(low, high),
    fc.tuple(span(low, high), number(1, 5)).map(([range, step]) => `${range}/${step}`),
    number(2, 12).map((step) => `*/${Math.min(step, high)}`),
    ...(more.length > 0 ? [fc.constantFrom(...more)] : []),
  );
  return fc.oneof(
    fc.constant('*'),
    fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(',')),
  );
};
const WEEKDAYS = [
  'MON',
  'sun',
  'FRI-SUN',
  'MON-FRI',
  '7',
  '5-7',
  'MON#1',
  '5#3',
  'FRI#L',
  '6L',
  'TUE#5',
  '1-5#1',
  'thuL',
];
const lines = fc
  .tuple(
    field(0, 59),
    field(0, 23),
    field(1, 31, ['L']),
    field(1, 12, ['jan', 'MAR-MAY', 'Dec']),
    field(0, 6, WEEKDAYS),
  )
  .map((parts) => parts.join(' '));

describe('a cron line taken apart', () => {
  it('means the days and times that croner reckons', () => {
    fc.assert(
      fc.property(lines, number(0, 3000), (line, start) => {
        const fields = parseCron(line);
        const cron = new Cron(line, { mode: '5-part', timezone: 'UTC', paused: true });
        const clock = fields.hours.flatMap((hour) => fields.minutes.map((minute) => hour * 60 + minute));
        const midnight = Date.UTC(2024, 0, 1 + start);
        const own: number[] = [];
        for (let day = 0; day < 400 && own.length < 5; day += 1) {
          const at = midnight + day * 86_400_000;
          if (isDay(fields, new Date(at))) own.push(...clock.map((minute) => at + minute * 60_000));
        }
        const theirs = cron.nextRuns(5, new Date(midnight - 1000)).map((date) => date.getTime());
        const known = theirs.filter((time) => time < midnight + 400 * 86_400_000);
        expect(own.slice(0, 5)).toEqual(known);
      }),
      { numRuns: 300 },
    );
  });

  it('means the same to croner in the form that it gets and in the classic form', () => {
    const from = new Date('2026-05-05T05:05:00Z');
    const runs = (line: string): Date[] =>
      new Cron(line, { mode: '5-part', timezone: 'UTC', paused: true }).nextRuns(8, from);
    fc.assert(
      fc.property(lines, (line) => {
        const fields = parseCron(line);
        const classic = classicCron(fields);
        expect(runs(fields.pattern)).toEqual(runs(line));
        if (classic !== null) {
          expect(classic).toMatch(/^[\d*,/-]+( [\d*,/-]+){4}$/);
          expect(runs(classic)).toEqual(runs(line));
        } else {
          expect(line).toMatch(/[#Ll]/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['0 6 * * MON-FRI', '0 6 * * 1-5'],
    ['*/15 8-18/2 ? jan,feb *', '*/15 8,10,12,14,16,18 * 1,2 *'],
    ['@weekly', '0 0 * * 0'],
    ['@Hourly', '0 * * * *'],
    ['0 6 */10 * MON', '0 6 1,11,21,31 * 1'],
    ['0 6 1-31 * MON', '0 6 * * *'],
    ['*/45 * * * *', '0,45 * * * *'],
    ['* * * * *', '* * * * *'],
  ])('%s in numbers is %s', (line, classic) => {
    expect(classicCron(parseCron(line))).toBe(classic);
  });

  it.each(['0 6 L * *', '0 6 15W * *', '0 6 * * MON#2', '0 6 1 * +MON'])('%s is not classic', (line) => {
    expect(classicCron(parseCron(line))).toBeNull();
  });

  it.each([
    ['', 'expected five fields'],
    ['0 0 6 * * *', 'expected five fields'],
    ['2030-01-01T00:00:00', 'expected five fields'],
    ['@reboot', 'expected five fields'],
    ['60 6 * * *', 'Invalid value for minute: 60'],
    ['0 6 * * 5-1', 'From value is larger'],
    ['0 6 * * no', 'expected five fields'],
    ['5/20 * * * *', 'stepping with numeric prefix'],
    ['0 \u0007 6 * *', '\\u{7}'],
  ])('refuses %j', (line, why) => {
    expect(() => parseCron(line)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(why) }),
    );
  });
});
