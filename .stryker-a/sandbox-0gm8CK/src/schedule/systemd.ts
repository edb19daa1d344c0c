import { UsageError } from '../model/fault.ts';
import { twoDigits } from '../text/duration.ts';
import { quoted } from '../text/quoted.ts';
import { DAY_NAMES } from './calendar-names.ts';
import { type CronFields, parseCron } from './cron.ts';
import { cronInWords } from './in-words.ts';
import type { ScheduleSpec } from './spec.ts';

/** A file for a folder of units. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

const listed = (numbers: readonly number[], all: number): string =>
  numbers.length === all ? '*' : numbers.map(twoDigits).join(',');

const unwritable = (cron: string): UsageError =>
  new UsageError(
    `cron ${quoted(cron)}: systemd timers cannot express W and +; expected days, L, # or weekdays, or use schedule run`,
  );

/** The days as systemd writes them: weekday, then month and day. One entry for each way a day can match. */
const dayTexts = ({ days, weekdays, months }: CronFields): string[] => {
  const month = listed(months, 12);
  if (!days && !weekdays) return [`*-${month}-*`];
  const texts: string[] = [];
  if (days && days.numbers.length > 0) texts.push(`*-${month}-${listed(days.numbers, 31)}`);
  if (days?.last) texts.push(`*-${month}~01`);
  const each = weekdays?.filter((entry) => entry.nth === null) ?? [];
  if (each.length > 0)
    texts.push(`${each.map(({ day }) => DAY_NAMES[day]?.slice(0, 3)).join(',')} *-${month}-*`);
  for (const { day, nth } of weekdays ?? []) {
    // The nth Monday is the Monday among the days 7n-6 to 7n; the last is the one among the last seven.
    if (nth === 'last') texts.push(`${DAY_NAMES[day]?.slice(0, 3)} *-${month}~07/1`);
    else if (nth !== null)
      texts.push(
        `${DAY_NAMES[day]?.slice(0, 3)} *-${month}-${twoDigits(7 * nth - 6)}..${twoDigits(Math.min(31, 7 * nth))}`,
      );
  }
  return texts;
};

/**
 * A cron line as values of `OnCalendar=` (systemd.time(7)); a timer fires when any of them matches. When clocks go forward
 * systemd leaves out what does not exist, where nextRuns would run once at the end of the gap. Throws UsageError for `W`
 * and `+`, which systemd cannot say.
 */
export const onCalendar = (spec: Pick<ScheduleSpec, 'cron' | 'timezone'>): string[] => {
  const fields = parseCron(spec.cron);
  if (fields.exotic) throw unwritable(spec.cron);
  const clock = `${listed(fields.hours, 24)}:${listed(fields.minutes, 60)}:00`;
  const zone = spec.timezone === null ? '' : ` ${spec.timezone}`;
  return dayTexts(fields).map((days) => `${days} ${clock}${zone}`);
};

/** One argument of `ExecStart=` (systemd.service(5), systemd.unit(5)): no specifier, no variable, no second argument. */
const execArgument = (text: string): string => {
  const literal = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/.test(literal)) return literal;
  const inside = literal
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in a unit file
    .replaceAll(/[\u0000-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${inside}"`;
};

/**
 * What a service of the machine may do without. Sockets of every kind that the engines use stay open, homes stay readable
 * because the history may lie there, and nothing here forbids machine code, which Node makes as it goes.
 */
const HARDENING = [
  'ProtectSystem=full',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET',
];

/**
 * Service and timer for one schedule. `command` is the whole command line that runs it once, program first, as an absolute
 * path. A service of a user has no hardening: each of these settings would set no-new-privileges there, and a Node with
 * file capabilities would lose its raw sockets. The timer catches up one missed run. Throws UsageError when systemd has no
 * words for the cron line.
 */
export const systemdUnits = (
  spec: ScheduleSpec,
  { command, user }: { readonly command: readonly string[]; readonly user: boolean },
): { readonly service: UnitFile; readonly timer: UnitFile } => {
  const unit = `ra-preflight-${spec.name}`;
  const network = user ? [] : ['Wants=network-online.target', 'After=network-online.target'];
  const service = [
    '[Unit]',
    `Description=ra-preflight schedule ${spec.name}`,
    ...network,
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${command.map(execArgument).join(' ')}`,
    '# 1: some host is blocked, 3: some host is undetermined. Both are results.',
    'SuccessExitStatus=1 3',
    'UMask=0077',
    ...(user ? [] : HARDENING),
  ];
  const timer = [
    '[Unit]',
    `Description=ra-preflight schedule ${spec.name}: ${cronInWords(spec.cron).replaceAll('%', '%%')}`,
    '',
    '[Timer]',
    ...onCalendar(spec).map((value) => `OnCalendar=${value}`),
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
  return {
    service: { name: `${unit}.service`, text: `${service.join('\n')}\n` },
    timer: { name: `${unit}.timer`, text: `${timer.join('\n')}\n` },
  };
};
