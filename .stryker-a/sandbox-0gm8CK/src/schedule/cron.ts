import { Cron } from 'croner';
import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';

/** A day of the week, 0 is Sunday. `nth` is the how-manieth of the month; null: each of them. */
export interface CronWeekday {
  readonly day: number;
  readonly nth: number | 'last' | null;
}

/** A cron line taken apart. Numbers are sorted, and each stands once. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** 1 is January. */
  readonly months: readonly number[];
  /** Days of the month; null: the field does not restrict. With `weekdays` also given, either of them is enough. */
  readonly days: { readonly numbers: readonly number[]; readonly last: boolean } | null;
  readonly weekdays: readonly CronWeekday[] | null;
  /** Has `W` or `+`, which only croner can reckon: `days` and `weekdays` then say nothing. */
  readonly exotic: boolean;
  /** The line as croner gets it (next-runs.ts says why it may differ from what was typed). */
  readonly pattern: string;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const EXPECTED = `expected five fields (minute hour day month weekday), e.g. "0 6 * * 1-5", or one of ${Object.keys(NICKNAMES).join(', ')}`;

const sorted = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b);

const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** One item of a field, such as `5`, `1-5`, `8-18/2` or `*`. Croner has found the line to be right before. */
const itemNumbers = (item: string, low: number, high: number): number[] => {
  const [span = '', step = '1'] = item.split('/');
  if (span === '*' || span === '?') return range(low, high, Number(step));
  const [from = '', to = from] = span.split('-');
  return range(Number(from), Number(to), Number(step));
};

const fieldNumbers = (field: string, low: number, high: number): number[] =>
  sorted(field.split(',').flatMap((item) => itemNumbers(item, low, high)));

const numbered = (field: string, names: readonly string[], first: number): string =>
  names.reduce((text, name, index) => text.replaceAll(name, String(index + first)), field.toLowerCase());

const isStar = (field: string): boolean => field === '*' || field === '?';

const monthDays = (field: string): CronFields['days'] => {
  if (isStar(field)) return null;
  const items = field.toLowerCase().split(',');
  const numbers = sorted(items.filter((item) => item !== 'l').flatMap((item) => itemNumbers(item, 1, 31)));
  return { numbers, last: items.includes('l') };
};

const weekdayItem = (item: string): CronWeekday[] => {
  const [, span = '', nth] = /^([^#l]*)(?:#?(l|[1-5]))?$/.exec(item) ?? [];
  const which = nth === undefined ? null : nth === 'l' ? 'last' : Number(nth);
  return itemNumbers(span, 0, 6).map((day) => ({ day: day % 7, nth: which }));
};

const weekDays = (field: string): CronFields['weekdays'] => {
  if (isStar(field)) return null;
  // "-sun" ends a range at 7, so that fri-sun is no range backwards.
  const text = numbered(field.toLowerCase().replaceAll('-sun', '-7'), DAYS, 0);
  const all = text.split(',').flatMap(weekdayItem);
  const unique = new Map(all.map((entry) => [`${entry.day} ${entry.nth}`, entry]));
  return [...unique.values()].sort((a, b) => a.day - b.day);
};

/** Numbers as cron writes them without `*` and `/`: ranges and lists. */
const plain = (numbers: readonly number[]): string => {
  const spans: [number, number][] = [];
  for (const number of numbers) {
    const open = spans.at(-1);
    if (open && open[1] === number - 1) open[1] = number;
    else spans.push([number, number]);
  }
  return spans
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
};

const isEveryDay = (days: CronFields['days'], weekdays: CronFields['weekdays']): boolean =>
  days?.numbers.length === 31 || weekdays?.filter((entry) => entry.nth === null).length === 7;

/**
 * Takes a cron line apart: five fields, or a nickname such as `@daily`. Seconds and years are refused, since an audit is
 * no matter of seconds. Throws UsageError with what is wrong and what is expected.
 */
export const parseCron = (text: string): CronFields => {
  const line = NICKNAMES[text.trim().toLowerCase()] ?? text.trim();
  const fields = line.split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5) throw new UsageError(`cron ${quoted(text)}: ${EXPECTED}`);
  try {
    new Cron(line, { mode: '5-part', paused: true });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new UsageError(`cron ${quoted(text)}: ${why.slice(0, 200)}; ${EXPECTED}`);
  }
  const minutes = fieldNumbers(minute, 0, 59);
  const hours = fieldNumbers(hour, 0, 23);
  const exotic = /w/i.test(day) || weekday.includes('+');
  const days = exotic ? null : monthDays(day);
  const weekdays = exotic ? null : weekDays(weekday);
  const everyDay = isEveryDay(days, weekdays);
  const clock = hours.length === 24 ? `${minute} *` : `${plain(minutes)} ${plain(hours)}`;
  return {
    minutes,
    hours,
    months: fieldNumbers(numbered(month, MONTHS, 1), 1, 12),
    days: everyDay ? null : days,
    weekdays: everyDay ? null : weekdays,
    exotic,
    pattern: `${clock} ${day} ${month} ${weekday}`,
  };
};

/** The step when the numbers are 0, n, 2n ... through the whole of `size`, else null. */
export const evenStep = (numbers: readonly number[], size: number): number | null => {
  const [first, second] = numbers;
  if (first !== 0 || second === undefined || numbers.length * second !== size) return null;
  return numbers.every((number, index) => number === index * second) ? second : null;
};

const stepped = (numbers: readonly number[], size: number): string => {
  const step = evenStep(numbers, size);
  if (step === null) return plain(numbers);
  return step === 1 ? '*' : `*/${step}`;
};

/**
 * The line in numbers as every cron daemon reads it, or null when classic cron cannot express it (`L`, `#`, `W`, `+`).
 * Days are written without `*` and `/`: where both days and weekdays restrict, Vixie cron would want both at once of a
 * field that begins with a star, and croner either.
 */
export const classicCron = (fields: CronFields): string | null => {
  const { days, weekdays } = fields;
  if (fields.exotic || days?.last || weekdays?.some((entry) => entry.nth !== null)) return null;
  return [
    stepped(fields.minutes, 60),
    stepped(fields.hours, 24),
    days ? plain(days.numbers) : '*',
    fields.months.length === 12 ? '*' : plain(fields.months),
    weekdays ? plain(weekdays.map((entry) => entry.day)) : '*',
  ].join(' ');
};
