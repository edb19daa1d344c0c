import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';
import { nextRuns } from './next-runs.ts';
import { knownZone } from './time-zone.ts';

/** What an option of `audit` may hold in a `[[schedule]]`. */
export type ScheduleOption = string | number | boolean | readonly string[];

/** One `[[schedule]]` of a config file. */
export interface ScheduleSpec {
  /** Fit for file names and names of units on every platform. */
  readonly name: string;
  /** Five fields or a nickname; it does fire. */
  readonly cron: string;
  /** IANA name; null: the zone of the machine. */
  readonly timezone: string | null;
  /** As typed for `audit`; at least one. */
  readonly targets: readonly string[];
  /** Report formats, as named; src/cli knows which there are. */
  readonly formats: readonly string[];
  /** Folder for the reports. */
  readonly out: string | null;
  /** Options of `audit` by their long names, as they stand in the file; src/cli checks them. */
  readonly options: Readonly<Record<string, ScheduleOption>>;
  /** The rules as they stand in the file; src/notify checks them. */
  readonly notify: unknown;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
/** Names that Windows takes for devices, whatever follows a dot, and the dot at the end, which it drops. */
const NO_FILE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/i;

const text = z.string({ error: 'expected text in quotes' });
const texts = (example: string) =>
  z.array(text.min(1, { error: 'must not be empty' }), { error: `expected a list, e.g. ${example}` });

/** What stands in the place of options that only make sense for a single run. */
const INSTEAD: Readonly<Record<string, string>> = {
  format: 'a schedule has a list: formats = ["html"]',
  output: 'a schedule writes into a folder: out = "reports"',
  resume: 'a schedule always starts new runs; resume by hand with audit --resume',
  config: 'this file is the config',
};

const option = z.union([text, z.number(), z.boolean(), z.array(text)], {
  error: 'expected text, a number, true, false or a list of texts, as for the option of audit',
});

const schema = z
  .object({
    name: text.refine((name) => NAME.test(name) && !NO_FILE.test(name), {
      error:
        'expected 1 to 64 letters, digits, dots, dashes or underscores, as for a file name, e.g. "nightly"',
    }),
    cron: text,
    timezone: text.optional(),
    targets: texts('["10.1.0.0/20"]').min(1, { error: 'expected at least one target' }),
    formats: texts('["html", "csv"]').default([]),
    out: text.min(1, { error: 'expected a folder' }).optional(),
    notify: z.unknown().optional(),
  })
  .catchall(option);

/** A date from which four years show a 29th of February: a line that does not fire from there never fires. */
const LEAP = new Date('2024-01-01T00:00:00Z');

const label = (raw: unknown, index: number): string => {
  const name = typeof raw === 'object' && raw !== null && 'name' in raw ? raw.name : null;
  return `schedule ${typeof name === 'string' ? quoted(name) : index + 1}`;
};

const complaint = (issue: z.core.$ZodIssue | undefined, raw: unknown): string => {
  if (!issue) return 'cannot be used';
  const at = issue.path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join('');
  const [key] = issue.path;
  const missing = typeof key === 'string' && !(typeof raw === 'object' && raw !== null && key in raw);
  if (missing) return `${at}: is missing, ${issue.message}`;
  return at ? `${at}: ${issue.message}` : 'expected a table with name, cron and targets';
};

const zone = (name: string): string => {
  const known = knownZone(name);
  if (known !== null) return known;
  throw new UsageError(
    `timezone: ${quoted(name)} is not a time zone, expected e.g. "Europe/Berlin" or "UTC"`,
  );
};

const readOne = (raw: unknown): ScheduleSpec => {
  const result = schema.safeParse(raw);
  if (!result.success) throw new UsageError(complaint(result.error.issues[0], raw));
  const { name, cron, timezone, targets, formats, out, notify, ...options } = result.data;
  for (const key of Object.keys(options)) {
    const instead = INSTEAD[key];
    if (instead !== undefined) throw new UsageError(`${key}: cannot stand in a schedule; ${instead}`);
    if (!/^[a-z][a-z0-9-]*$/.test(key)) {
      throw new UsageError(
        `${quoted(key)}: is not a known key, expected a long option of audit without dashes`,
      );
    }
  }
  const spec = {
    name,
    cron,
    timezone: timezone === undefined ? null : zone(timezone),
    targets,
    formats,
    out: out ?? null,
    options,
    notify,
  };
  if (nextRuns(spec, LEAP, 1).length === 0) {
    throw new UsageError(`cron: ${quoted(cron)} never matches, expected days that exist`);
  }
  return spec;
};

/** Reads one `[[schedule]]` table, the one at `index`. Throws UsageError with file, schedule, key and what is accepted. */
export const readSchedule = (entry: unknown, index: number, path: string): ScheduleSpec => {
  try {
    return readOne(entry);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${path}: ${label(entry, index)}: ${error.message}`);
  }
};

/**
 * Reads the `[[schedule]]` tables of a config file. Names differ in more than upper and lower case, since they become file
 * names. Throws UsageError with file, schedule, key and what is accepted.
 */
export const readSchedules = (raw: readonly unknown[], path: string): ScheduleSpec[] => {
  const specs = raw.map((entry, index) => readSchedule(entry, index, path));
  const seen = new Set<string>();
  for (const { name } of specs) {
    const key = name.toLowerCase();
    if (seen.has(key)) {
      throw new UsageError(`${path}: schedule ${quoted(name)}: name: appears twice, names must be unique`);
    }
    seen.add(key);
  }
  return specs;
};
