import { UsageError } from '../model/fault.ts';
import { twoDigits } from '../text/duration.ts';
import { quoted } from '../text/quoted.ts';
import { compactXml, type XmlNode } from '../text/xml.ts';
import { DAY_NAMES, MONTH_NAMES } from './calendar-names.ts';
import { type CronFields, type CronWeekday, parseCron } from './cron.ts';
import { cronInWords } from './in-words.ts';
import type { ScheduleSpec } from './spec.ts';

/** Most triggers of one task (Task Scheduler 2.0). */
const MOST_TRIGGERS = 48;
const MINUTES_A_DAY = 24 * 60;

const unwritable = (cron: string, why: string): UsageError =>
  new UsageError(
    `cron ${quoted(cron)}: the Task Scheduler ${why}; use schedule run instead, or a simpler line`,
  );

/** Text that XML 1.0 can hold, all of it as it is: a command must not be shortened. */
const xmlText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold these
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');

const empty = (names: readonly string[]): XmlNode => Object.fromEntries(names.map((name) => [name, '']));

const monthsOf = (months: readonly number[]): XmlNode =>
  empty(months.map((month) => MONTH_NAMES[month - 1] ?? ''));

const byMonth = (days: readonly (number | 'Last')[], months: readonly number[]): XmlNode => ({
  ScheduleByMonth: { DaysOfMonth: { Day: days }, Months: monthsOf(months) },
});

const byWeekdayOfMonth = (
  weeks: readonly (number | 'Last')[],
  days: readonly string[],
  months: readonly number[],
): XmlNode => ({
  ScheduleByMonthDayOfWeek: { Weeks: { Week: weeks }, DaysOfWeek: empty(days), Months: monthsOf(months) },
});

const names = (weekdays: readonly CronWeekday[]): string[] => weekdays.map(({ day }) => DAY_NAMES[day] ?? '');

const eachWeek = (weekdays: readonly CronWeekday[], months: readonly number[]): XmlNode =>
  months.length === 12
    ? { ScheduleByWeek: { WeeksInterval: 1, DaysOfWeek: empty(names(weekdays)) } }
    : byWeekdayOfMonth([1, 2, 3, 4, 'Last'], names(weekdays), months);

/** The ways in which a day can match, each as the element that a trigger has for it. */
const dayElements = ({ days, weekdays, months }: CronFields, cron: string): XmlNode[] => {
  if (!days && !weekdays) {
    if (months.length === 12) return [{ ScheduleByDay: { DaysInterval: 1 } }];
    return [
      byMonth(
        Array.from({ length: 31 }, (_, index) => index + 1),
        months,
      ),
    ];
  }
  const elements: XmlNode[] = [];
  if (days) elements.push(byMonth([...days.numbers, ...(days.last ? (['Last'] as const) : [])], months));
  const plain = weekdays?.filter((entry) => entry.nth === null) ?? [];
  if (plain.length > 0) elements.push(eachWeek(plain, months));
  for (const entry of weekdays ?? []) {
    if (entry.nth === 5) throw unwritable(cron, 'cannot express a fifth weekday of a month');
    if (entry.nth !== null) {
      elements.push(byWeekdayOfMonth([entry.nth === 'last' ? 'Last' : entry.nth], names([entry]), months));
    }
  }
  return elements;
};

/** Minutes of the day at which a trigger starts, and every how many minutes it repeats until the day ends. */
const starts = ({ hours, minutes }: CronFields): { at: readonly number[]; every: number | null } => {
  const at = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const [first = 0, second] = at;
  if (second === undefined || at.length < 3) return { at, every: null };
  const step = second - first;
  const even =
    at.length * step === MINUTES_A_DAY && at.every((minute, index) => minute === first + index * step);
  return even ? { at: [first], every: step } : { at, every: null };
};

const triggers = (fields: CronFields, cron: string): XmlNode[] => {
  const { at, every } = starts(fields);
  const elements = dayElements(fields, cron);
  if (at.length * elements.length > MOST_TRIGGERS) {
    throw unwritable(
      cron,
      `takes ${MOST_TRIGGERS} triggers at most, and this needs ${at.length * elements.length}`,
    );
  }
  // Repeating past midnight would run on days that do not match, so it ends one minute before the day is over.
  const left = MINUTES_A_DAY - 1 - (at[0] ?? 0);
  const repetition: XmlNode = every
    ? {
        Repetition: { Interval: `PT${every}M`, Duration: `PT${left}M`, StopAtDurationEnd: false },
      }
    : {};
  return elements.flatMap((element) =>
    at.map((minute) => {
      // Any day of the past will do: it only says from when on the trigger counts.
      const clock = `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:00`;
      return { ...repetition, StartBoundary: `2024-01-01T${clock}`, Enabled: true, ...element };
    }),
  );
};

/** One argument as CommandLineToArgvW reads it: backslashes count only before a quote. */
const windowsArgument = (text: string): string => {
  if (/^[^\s"]+$/.test(text)) return text;
  return `"${text.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
};

const DECLARATION = '<?xml version="1.0"?>';

/** The text of a task as a file holds it, to be stored as UTF-16LE: schtasks reads that and the ANSI code page, and no UTF-8. */
export const taskFile = (task: string): string =>
  `\ufeff${task.replace(DECLARATION, '<?xml version="1.0" encoding="UTF-16"?>').replaceAll('\n', '\r\n')}`;

/**
 * A task of the Windows Task Scheduler as XML (schema 1.2), for `schtasks /Create /TN NAME /XML FILE`. It names no
 * encoding, so that a shell may store what is printed as it likes; `taskFile` is for a file of ours. The task runs whether or not its user is logged on, without a stored
 * password, catches up one missed run and never overlaps itself. Triggers follow the clock of the machine, whose zone is
 * `zone`. `command` is the whole command line, program first. Throws UsageError for another time zone and for lines it
 * cannot express: `W`, `+`, `#5`, and more than 48 triggers.
 */
export const taskScheduler = (
  spec: ScheduleSpec,
  { command, zone }: { readonly command: readonly string[]; readonly zone: string },
): { readonly name: string; readonly xml: string } => {
  if (spec.timezone !== null && spec.timezone !== zone) {
    throw new UsageError(
      `timezone: ${quoted(spec.timezone)}: the Task Scheduler follows the clock of the machine (${zone}); leave the time zone out or use schedule run`,
    );
  }
  const fields = parseCron(spec.cron);
  if (fields.exotic) throw unwritable(spec.cron, 'cannot express W and +');
  const [program = '', ...rest] = command;
  const description = `ra-preflight schedule ${spec.name}: ${cronInWords(spec.cron)}`;
  const task: XmlNode = {
    RegistrationInfo: { Description: xmlText(description) },
    Triggers: { CalendarTrigger: triggers(fields, spec.cron) },
    Principals: { Principal: { '@id': 'Author', LogonType: 'S4U', RunLevel: 'LeastPrivilege' } },
    Settings: {
      MultipleInstancesPolicy: 'IgnoreNew',
      DisallowStartIfOnBatteries: false,
      StopIfGoingOnBatteries: false,
      StartWhenAvailable: true,
      ExecutionTimeLimit: 'PT0S',
    },
    Actions: {
      '@Context': 'Author',
      Exec: { Command: xmlText(program), Arguments: xmlText(rest.map(windowsArgument).join(' ')) },
    },
  };
  const xml = compactXml({
    Task: { '@version': '1.2', '@xmlns': 'http://schemas.microsoft.com/windows/2004/02/mit/task', ...task },
  });
  return { name: `ra-preflight\\${spec.name}`, xml: `${DECLARATION}\n${xml}\n` };
};
