import { andList } from '../text/and-list.ts';
import { twoDigits } from '../text/duration.ts';
import { DAY_NAMES, MONTH_NAMES } from './calendar-names.ts';
import { type CronFields, evenStep, parseCron } from './cron.ts';
import { nextRuns, type When } from './next-runs.ts';
import { localTime, zoneOf } from './time-zone.ts';

const NTH = ['', 'first', 'second', 'third', 'fourth', 'fifth'];

/** Longest list of clock times that still reads well. */
const MOST_TIMES = 6;

const ordinal = (number: number): string => {
  const teen = number > 10 && number < 14;
  return `${number}${(!teen && ['th', 'st', 'nd', 'rd'][number % 10]) || 'th'}`;
};

const each = (step: number, unit: string): string =>
  step === 1 ? `every ${unit}` : `every ${step} ${unit}s`;

/** The clock, and whether it goes around all day, so that days need a word only when they are restricted. */
const clockWords = ({ minutes, hours }: CronFields): { text: string; around: boolean } | null => {
  const [minute = 0] = minutes;
  const hourStep = evenStep(hours, 24);
  const minuteStep = evenStep(minutes, 60);
  const past = minute === 0 ? '' : `, ${minute} minute${minute === 1 ? '' : 's'} past`;
  if (hourStep === 1 && minuteStep) return { text: each(minuteStep, 'minute'), around: true };
  if (hourStep && minutes.length === 1) return { text: `${each(hourStep, 'hour')}${past}`, around: true };
  if (hours.length * minutes.length > MOST_TIMES) return null;
  const times = hours.flatMap((hour) => minutes.map((m) => `${twoDigits(hour)}:${twoDigits(m)}`));
  return { text: `at ${andList(times)}`, around: false };
};

const weekdayWords = (weekdays: NonNullable<CronFields['weekdays']>): string => {
  const plain = weekdays.every((entry) => entry.nth === null);
  const numbers = weekdays.map((entry) => entry.day).join('');
  if (plain && numbers === '12345') return 'every weekday';
  if (plain && numbers === '06') return 'every Saturday and Sunday';
  if (plain) return `every ${andList(weekdays.map((entry) => DAY_NAMES[entry.day] ?? ''))}`;
  const nth = ({ day, nth: which }: (typeof weekdays)[number]): string =>
    which === null
      ? `every ${DAY_NAMES[day]}`
      : `the ${which === 'last' ? which : NTH[which]} ${DAY_NAMES[day]}`;
  return `on ${andList(weekdays.map(nth))} of the month`;
};

const dayWords = ({ days, weekdays, months, exotic }: CronFields): string | null => {
  if (exotic || (days && weekdays)) return null;
  const some = months.length < 12 ? andList(months.map((month) => MONTH_NAMES[month - 1] ?? '')) : null;
  if (weekdays) return `${weekdayWords(weekdays)}${some ? ` in ${some}` : ''}`;
  if (!days) return some ? `every day in ${some}` : 'every day';
  const numbers = [...days.numbers.map(ordinal), ...(days.last ? ['last day'] : [])];
  return `on the ${andList(numbers)} of ${some ?? 'every month'}`;
};

/** A cron line in plain English, such as `every Monday at 06:00`; lines of rarer shapes stay as they are: `cron 0 6 1-7 * 1`. */
export const cronInWords = (cron: string): string => {
  const fields = parseCron(cron);
  const clock = clockWords(fields);
  const days = dayWords(fields);
  if (!clock || !days) return `cron ${cron.trim().replaceAll(/\s+/g, ' ')}`;
  if (!clock.around) return `${days} ${clock.text}`;
  return days === 'every day' ? clock.text : `${clock.text}, ${days}`;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const some = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** A length of time in its largest fitting unit, rounded: `3 days`, `40 minutes`, `5 seconds`. */
export const lengthInWords = (ms: number): string => {
  if (ms >= 2 * DAY) return some(Math.round(ms / DAY), 'day');
  if (ms >= 2 * HOUR) return some(Math.round(ms / HOUR), 'hour');
  if (ms >= MINUTE) return some(Math.round(ms / MINUTE), 'minute');
  return some(Math.round(ms / 1000), 'second');
};

/** How far away in words: by the clock within a day, else by the days of the calendar, as people count. */
const distance = (now: Date, then: Date, zone: string): string => {
  const ms = then.getTime() - now.getTime();
  if (ms < MINUTE) return 'in less than a minute';
  if (ms < DAY) return `in ${lengthInWords(ms)}`;
  const day = (date: Date): number => Date.parse(localTime(date, zone).slice(0, 10));
  const days = Math.round((day(then) - day(now)) / DAY);
  return days === 1 ? 'tomorrow' : `in ${days} days`;
};

/** When a schedule runs, and next: `every Monday at 06:00 (Europe/Berlin), next in 2 days: 2026-11-23 06:00`. */
export const inWords = (when: When, now: Date): string => {
  const zone = zoneOf(when);
  const recurrence = `${cronInWords(when.cron)} (${zone})`;
  const [next] = nextRuns(when, now, 1);
  return next
    ? `${recurrence}, next ${distance(now, next, zone)}: ${localTime(next, zone)}`
    : `${recurrence}, never again`;
};
