import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import type { HostReport } from '../model/report.ts';
import { trendInsights } from '../verdict/trend/insights.ts';
import { deliver } from './deliver.ts';
import { withHistory } from './history-file.ts';
import { oneOf, wholeNumber } from './options.ts';
import { checkWritable } from './output-file.ts';
import { say } from './say.ts';
import { screenOf } from './terminal.ts';

interface Flags {
  readonly db?: string;
  readonly keep?: string;
  readonly olderThan?: string;
  readonly schedule?: string;
  readonly dryRun?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: string;
  readonly limit?: string;
}

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

const withDb = (command: Command): Command =>
  command.option('--db <file>', 'history file (default in the data folder of the platform)');

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const pruneCommand = (): Command =>
  withDb(new Command('prune'))
    .summary('remove old runs')
    .description(
      'Removes old runs: all but the newest N (--keep), those older than an age (--older-than), or those that match both. Never a running audit, nor the newest of a schedule.',
    )
    .option('--keep <n>', 'keep this many of the newest')
    .option('--older-than <age>', 'only runs older than this: 36h, 90d, 12w')
    .option('--schedule <name>', 'only runs of this schedule')
    .option('--dry-run', 'show what would be removed, and remove nothing')
    .action(async ({ db, keep, olderThan, schedule, dryRun }: Flags) => {
      const pruning = {
        ...(keep === undefined ? {} : { keep: wholeNumber('--keep', keep, 0, 1_000_000) }),
        ...(olderThan === undefined ? {} : { olderThanMs: age(olderThan) }),
        ...(schedule === undefined ? {} : { schedule }),
        dryRun: dryRun ?? false,
      };
      await withHistory(db ?? null, 'change', async (history) => {
        const { runs, hosts, bytes } = await history.prune(pruning);
        const lines = runs.map((id) => `${id}\n`);
        await deliver(lines, null);
        say(
          `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} with ${hosts} hosts ${dryRun ? 'would be removed' : 'removed'}, ${megabytes(bytes)}`,
        );
      });
    });

const exportCommand = (): Command =>
  withDb(new Command('export'))
    .summary('write runs as ndjson')
    .argument('[run...]', "ids, 'latest', 'previous' (default all that have ended)")
    .option('-o, --output <file>', 'write there instead of to standard output')
    .action(async (runs: string[], { db, output }: Flags) => {
      await checkWritable(output ?? null);
      await withHistory(db ?? null, 'read', async (history) => {
        const ids =
          runs.length > 0
            ? runs.map((run) => history.find(run).id)
            : history
                .runs()
                .filter(({ state }) => state !== 'running')
                .map(({ id }) => id);
        await deliver(history.exportRuns(ids), output ?? null);
      });
    });

const importCommand = (): Command =>
  withDb(new Command('import'))
    .summary('import what export wrote')
    .argument('<file>', "the file, or '-' for standard input")
    .action(async (file: string, { db }: Flags) => {
      await withHistory(db ?? null, 'create', async (history) => {
        const [{ linesOf }, { hostSchema }, { readKeptPlan: checkPlan }] = await Promise.all([
          import('../store/split-lines.ts'),
          import('../output/schema.ts'),
          import('./kept-plan.ts'),
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
              throw new UsageError(`history import ${file}: cannot be read (${error.code})`);
            }
            throw error;
          });
        await deliver(
          runs.map((id) => `${id}\n`),
          null,
        );
        say(
          `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} with ${hosts} hosts imported${skipped.length > 0 ? `, ${skipped.length} already existed` : ''}`,
        );
      });
    });

const backupCommand = (): Command =>
  withDb(new Command('backup'))
    .summary('copy the history while it is in use')
    .description('Copies the whole history to a new file and checks the copy. Others may write meanwhile.')
    .argument('<file>', 'the copy')
    .option('--force', 'replace an existing file')
    .action(async (file: string, { db, force }: Flags) => {
      await withHistory(db ?? null, 'read', async (history) => {
        const { bytes } = history.backup(file, { overwrite: force ?? false });
        say(`${file}: ${megabytes(bytes)}, checked`);
      });
    });

const trendCommand = (): Command =>
  withDb(new Command('trend'))
    .summary('how the runs of a schedule compare over time')
    .description(
      'Compares the runs of a schedule, or of the same targets, over time: availability per requirement, filter and host, and flapping hosts.',
    )
    .argument('[run]', 'the newest run of the series (default latest)')
    .option('--limit <n>', 'only so many of the newest runs (default 60)')
    .option('--format <name>', 'table or json (default table)')
    .action(async (run: string | undefined, { db, format = 'table', limit }: Flags) => {
      const kind = oneOf('--format', format, ['table', 'json']);
      const most = limit === undefined ? 60 : wholeNumber('--limit', limit, 1, 1000);
      await withHistory(db ?? null, 'read', async (history) => {
        const series = history.series(history.find(run ?? 'latest').id, most);
        if (series.length === 0) throw new UsageError('history trend: no run of that series has finished');
        const insights = trendInsights(history.trend(series.map(({ id }) => id)));
        const { renderTrend, renderTrendJson } = await import('../output/trend-table.ts');
        const screen = { ...screenOf(process.stdout, process.env, true), verbose: false };
        await deliver([kind === 'json' ? renderTrendJson(insights) : renderTrend(insights, screen)], null);
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
