import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import type { HostReport } from '../model/report.ts';
import { counted } from '../text/counts.ts';
import { failureWords } from '../text/error-message.ts';
import { trendInsights } from '../verdict/trend/insights.ts';
import { deliver } from './deliver.ts';
import { withHistory } from './history-file.ts';
import { log } from './log.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { flag, orNull, parsed, text, whole } from './options/kinds.ts';
import { DB, OUTPUT, TABLE_OR_JSON } from './options/shared.ts';
import { checkWritable } from './output-file.ts';
import { screenOf } from './terminal.ts';

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `90d`, `12w`, `36h` in milliseconds. */
const age = (text: string): number => {
  const [, count, unit = ''] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (count === undefined || factor === undefined) {
    throw new UsageError(`--older-than '${text}': expected a number with h, d or w, e.g. 90d`);
  }
  return Number(count) * factor;
};

const olderThan = parsed('age', {
  parse: age,
  write: (ms) => `${ms / 3_600_000}h`,
  kept: (z) => z.number(),
});

const PRUNE = {
  db: DB,
  keep: {
    long: 'keep',
    kind: orNull(whole([0, 1_000_000])),
    help: 'keep this many of the newest',
    standard: null,
  },
  olderThanMs: {
    long: 'older-than',
    kind: orNull(olderThan),
    help: 'only runs older than this: 36h, 90d, 12w',
    standard: null,
  },
  schedule: {
    long: 'schedule',
    kind: orNull(text('name')),
    help: 'only runs of this schedule',
    standard: null,
  },
  dryRun: {
    long: 'dry-run',
    kind: flag,
    help: 'show what would be removed, and remove nothing',
    standard: false,
  },
} as const;
const EXPORT = {
  db: DB,
  output: OUTPUT,
} as const;
const IMPORT = { db: DB } as const;
const BACKUP = {
  db: DB,
  force: { long: 'force', kind: flag, help: 'replace an existing file', standard: false },
} as const;
const TREND = {
  db: DB,
  limit: {
    long: 'limit',
    kind: whole([1, 1000]),
    help: 'only this many of the newest runs',
    standard: 60,
  },
  ...TABLE_OR_JSON,
} as const;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const pruneCommand = (): Command =>
  addOptions(new Command('prune'), PRUNE)
    .summary('remove old runs')
    .description(
      'Removes old runs: all but the newest N (--keep), those older than an age (--older-than), or those that match both. Never a running audit, nor the newest of a schedule.',
    )
    .action(async (_: unknown, command: Command) => {
      const { db, keep, olderThanMs, schedule, dryRun } = valuesOf(command, PRUNE);
      const pruning = {
        ...(keep === null ? {} : { keep }),
        ...(olderThanMs === null ? {} : { olderThanMs }),
        ...(schedule === null ? {} : { schedule }),
        dryRun,
      };
      await withHistory(db, 'change', async (history) => {
        const { runs, hosts, bytes } = await history.prune(pruning);
        const lines = runs.map((id) => `${id}\n`);
        await deliver(lines, null);
        log(
          `${counted(runs.length, 'run')} with ${hosts} hosts ${dryRun ? 'would be removed' : 'removed'}, ${megabytes(bytes)}`,
        );
      });
    });

const exportCommand = (): Command =>
  addOptions(new Command('export'), EXPORT)
    .summary('write runs as ndjson')
    .argument('[run...]', "ids, 'latest', 'previous' (default all that have ended)")
    .action(async (runs: string[], _: unknown, command: Command) => {
      const { db, output } = valuesOf(command, EXPORT);
      await checkWritable(output);
      await withHistory(db, 'read', async (history) => {
        const ids =
          runs.length > 0
            ? runs.map((run) => history.find(run).id)
            : history
                .runs()
                .filter(({ state }) => state !== 'running')
                .map(({ id }) => id);
        await deliver(history.exportRuns(ids), output);
      });
    });

const importCommand = (): Command =>
  addOptions(new Command('import'), IMPORT)
    .summary('import what export wrote')
    .argument('<file>', "the file, or '-' for standard input")
    .action(async (file: string, _: unknown, command: Command) => {
      await withHistory(valuesOf(command, IMPORT).db, 'create', async (history) => {
        const [{ linesOf }, { hostSchema }, { readStoredPlan: checkPlan }] = await Promise.all([
          import('../store/split-lines.ts'),
          import('../output/schema.ts'),
          import('./stored-plan.ts'),
        ]);
        // Opened when it is read: a stream that fails before anybody listens would end the process.
        async function* chunks(): AsyncGenerator<Uint8Array> {
          yield* file === '-' ? process.stdin : createReadStream(file);
        }
        const readHost = (value: unknown): HostReport => hostSchema.parse(value);
        const { runs, skipped, hosts } = await history
          .importRuns(linesOf(chunks()), { readHost, checkPlan })
          .catch((error) => {
            if (error instanceof Error && 'code' in error && 'syscall' in error) {
              throw new UsageError(`history import ${file}: cannot be read: ${failureWords(error)}`);
            }
            throw error;
          });
        await deliver(
          runs.map((id) => `${id}\n`),
          null,
        );
        log(
          `${counted(runs.length, 'run')} with ${hosts} hosts imported${skipped.length > 0 ? `, ${skipped.length} already existed` : ''}`,
        );
      });
    });

const backupCommand = (): Command =>
  addOptions(new Command('backup'), BACKUP)
    .summary('copy the history while it is in use')
    .description('Copies the whole history to a new file and checks the copy. Others may write meanwhile.')
    .argument('<file>', 'the copy')
    .action(async (file: string, _: unknown, command: Command) => {
      const { db, force } = valuesOf(command, BACKUP);
      await withHistory(db, 'read', async (history) => {
        const { bytes } = history.backup(file, { overwrite: force });
        log(`${file}: ${megabytes(bytes)}, checked`);
      });
    });

const trendCommand = (): Command =>
  addOptions(new Command('trend'), TREND)
    .summary('how the runs of a schedule compare over time')
    .description(
      'Compares the runs of a schedule, or of the same targets, over time: availability per requirement, filter and host, and flapping hosts.',
    )
    .argument('[run]', 'the newest run of the series (default latest)')
    .action(async (run: string | undefined, _: unknown, command: Command) => {
      const { db, format, limit } = valuesOf(command, TREND);
      await withHistory(db, 'read', async (history) => {
        const series = history.series(history.find(run ?? 'latest').id, limit);
        if (series.length === 0) throw new UsageError('history trend: no run of that series has finished');
        const insights = trendInsights(history.trend(series.map(({ id }) => id)));
        const { renderTrend, renderTrendJson } = await import('../output/trend-table.ts');
        const screen = { ...screenOf(process.stdout, process.env, true), verbose: false };
        await deliver([format === 'json' ? renderTrendJson(insights) : renderTrend(insights, screen)], null);
      });
    });

/** What keeps a history in order, as commands below `history`. */
export const upkeepCommands = (): Command[] => [
  pruneCommand(),
  exportCommand(),
  importCommand(),
  backupCommand(),
  trendCommand(),
];
