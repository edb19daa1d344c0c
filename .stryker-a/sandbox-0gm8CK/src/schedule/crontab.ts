import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';
import { shellWord } from '../text/shell-word.ts';
import { classicCron, parseCron } from './cron.ts';
import type { ScheduleSpec } from './spec.ts';

/**
 * One argument for the shell that cron starts. Cron takes every `%` for the end of the line unless a backslash stands
 * before it, inside quotes too, and does not count backslashes as a shell does: one that belongs to the argument is kept
 * away from the `%` by closing and opening the quotes.
 */
const cronArgument = (text: string): string =>
  shellWord(text).replaceAll(/(\\?)%/g, (_, slash: string) => (slash ? "\\''\\%" : '\\%'));

/**
 * Lines for a crontab that run a schedule: a comment, `CRON_TZ` where a zone is set, and the entry. `CRON_TZ` counts for all
 * lines below it and is read by cronie, but not by every cron; so entries without a zone belong above those with one.
 * `command` is the whole command line, program first. Throws UsageError for what cron cannot say: `L`, `#`, `W`, `+`, and
 * line breaks in the command.
 */
export const crontabLine = (spec: ScheduleSpec, command: readonly string[]): string => {
  const cron = classicCron(parseCron(spec.cron));
  if (cron === null) {
    throw new UsageError(
      `cron ${quoted(spec.cron)}: a crontab cannot express L, #, W and +; expected plain days and weekdays, or use schedule run`,
    );
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in a crontab
  const broken = command.find((part) => /[\u0000\n\r]/.test(part));
  if (broken !== undefined) {
    throw new UsageError(`${quoted(broken)}: a crontab cannot express line breaks in a command`);
  }
  const zone = spec.timezone === null ? [] : [`CRON_TZ=${spec.timezone}`];
  const lines = [
    `# ra-preflight schedule ${spec.name}`,
    ...zone,
    `${cron} ${command.map(cronArgument).join(' ')}`,
  ];
  return `${lines.join('\n')}\n`;
};
