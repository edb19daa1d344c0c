import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { CHANGE_KINDS, DIFF_SCHEMA, type RunDiff } from '../model/history.ts';
import { formatNames, formats } from '../output/formats.ts';
import { diffHosts } from '../verdict/diff.ts';
import { deliver } from './deliver.ts';
import { exitCodeOf } from './exit-code.ts';
import { checkWritable } from './goal.ts';
import { withHistory } from './history-file.ts';
import { upkeepCommands } from './history-upkeep.ts';
import { oneOf, UNDETERMINED, wholeNumber } from './options.ts';
import { pageFormat } from './page-history.ts';
import { storedReport } from './stored-report.ts';
import { type CommonFlags, formatFor, screenFor, withCommon } from './with-common.ts';

const EXIT_CHANGED = 1;
const PLAIN_FORMATS = ['table', 'json'] as const;

interface Flags extends CommonFlags {
  readonly limit?: string;
  readonly undetermined?: string;
}

/** `ra-preflight history`: the runs that were kept, newest first. */
export const historyCommand = (): Command => {
  const command = listCommand();
  for (const upkeep of upkeepCommands()) command.addCommand(upkeep);
  // An option before the name of the command would not reach it: `history --db FILE prune` must not prune another file.
  return command.hook('preSubcommand', (_, upkeep) => {
    const early = command.options.find(
      (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
    );
    if (early) throw new UsageError(`history ${early.long}: belongs behind ${upkeep.name()}`);
  });
};

const listCommand = (): Command =>
  withCommon(new Command('history'), PLAIN_FORMATS)
    .summary('list recorded audits and maintain the history')
    .description('Lists the audits in the history, newest first; its subcommands maintain it.')
    .option('--limit <n>', 'only this many, the newest')
    .action(async (flags: Flags) => {
      const format = formatFor(flags, PLAIN_FORMATS);
      const limit = flags.limit === undefined ? undefined : wholeNumber('--limit', flags.limit, 1, 1_000_000);
      const output = flags.output ?? null;
      await checkWritable(output);
      await withHistory(flags.db ?? null, 'read', async (history) => {
        const runs = history.runs(limit);
        const { renderHistory, renderHistoryJson } = await import('../output/history-table.ts');
        const text = format === 'json' ? renderHistoryJson(runs) : renderHistory(runs, screenFor(flags));
        await deliver([text], output);
      });
    });

/** `ra-preflight report RUN`: the report of a run that was kept, in any format, with the exit code of its audit. */
export const reportCommand = (): Command =>
  withCommon(new Command('report'), formatNames)
    .summary('print the report of a recorded audit')
    .description('Prints the report of an audit in the history, in any format.')
    .argument('[run]', "an id or its beginning, 'latest' (default), 'previous', 'latest~2'")
    .option('-v, --verbose', 'every port and every host in full')
    .option('--undetermined <as>', 'how hosts that are clear so far count: ok or warn (default warn)')
    .action(async (which: string | undefined, flags: Flags) => {
      const format = formatFor(flags, formatNames);
      const undetermined = oneOf('--undetermined', flags.undetermined ?? 'warn', UNDETERMINED);
      const output = flags.output ?? null;
      await checkWritable(output);
      await withHistory(flags.db ?? null, 'read', async (history) => {
        const report = storedReport(history, history.find(which ?? 'latest').id);
        const { id } = report.run;
        const render = format === 'html' ? await pageFormat(history, id) : await formats[format]();
        await deliver(render(report, { ...screenFor(flags), clearIsReady: undetermined === 'ok' }), output);
        process.exitCode = exitCodeOf(report, { format, undetermined });
      });
    });

/** `ra-preflight diff A B`: what changed between two runs; exit 0 same, 1 changed, 2 error. */
export const diffCommand = (): Command =>
  withCommon(new Command('diff'), PLAIN_FORMATS)
    .summary('compare two audits')
    .description(
      'Shows which hosts were newly blocked or fixed, appeared, disappeared, or are blocked for another reason. Uncertain results never count as a change.',
    )
    .argument('<before>', "an id or its beginning, 'latest', 'previous', 'latest~2'")
    .argument('<after>', 'the same')
    .addHelpText('after', '\nExit code: 0 nothing changed, 1 something changed, 2 usage or configuration.')
    .action(async (a: string, b: string, flags: Flags) => {
      const format = formatFor(flags, PLAIN_FORMATS);
      const output = flags.output ?? null;
      await checkWritable(output);
      await withHistory(flags.db ?? null, 'read', async (history) => {
        const [before, after] = [history.find(a), history.find(b)];
        const compared = diffHosts(history.hostsByTarget(before.id), history.hostsByTarget(after.id));
        const diff: RunDiff = { schema: DIFF_SCHEMA, before, after, ...compared };
        if (format === 'json') {
          const { renderDiffJson } = await import('../output/diff-json.ts');
          await deliver(renderDiffJson(diff), output);
        } else {
          const { renderDiff } = await import('../output/diff-table.ts');
          await deliver(renderDiff(diff, screenFor(flags)), output);
        }
        process.exitCode = CHANGE_KINDS.some((kind) => compared.summary[kind] > 0) ? EXIT_CHANGED : 0;
      });
    });
