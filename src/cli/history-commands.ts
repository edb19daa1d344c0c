import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { CHANGE_KINDS, DIFF_SCHEMA, type RunDiff } from '../model/history.ts';
import { formatNames, formats } from '../output/formats.ts';
import { diffHosts } from '../verdict/diff.ts';
import { deliver } from './deliver.ts';
import { exitCodeOf } from './exit-code.ts';
import { pageOf, reportOf } from './fleet-stored.ts';
import { formatFor } from './format-of-file.ts';
import { withHistory } from './history-file.ts';
import { upkeepCommands } from './history-upkeep.ts';
import { nameVantages } from './name-vantages.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { flag, orNull, whole } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { written } from './options/shared.ts';
import { checkWritable } from './output-file.ts';
import { screenOf } from './terminal.ts';
import { whatIfText } from './what-if.ts';

const EXIT_CHANGED = 1;
const PLAIN_FORMATS = ['table', 'json'] as const;

const LIST = {
  ...written(PLAIN_FORMATS),
  limit: {
    long: 'limit',
    kind: orNull(whole([1, 1_000_000])),
    help: 'only this many, the newest',
    standard: null,
  },
} as const;
const REPORT = {
  ...written(formatNames),
  verbose: SCAN.verbose,
  undetermined: {
    ...SCAN.undetermined,
    help: 'how hosts that are clear so far count: ok or warn',
  },
  whatIf: {
    long: 'what-if',
    kind: flag,
    help: 'show instead which filters to open so that most blocked hosts become ready, as tickets (table, json)',
    standard: false,
  },
} as const;
const DIFF = written(PLAIN_FORMATS);

/** How wide a result may be and whether in colour, where it goes. */
export const screenFor = ({
  colour,
  output,
}: {
  readonly colour: boolean;
  readonly output: string | null;
}) => ({
  ...screenOf(process.stdout, process.env, colour && output === null),
  verbose: false,
});

/** `ra-preflight history`: the runs that were kept, newest first. */
export const historyCommand = (): Command => {
  const command = listCommand();
  for (const upkeep of upkeepCommands()) command.addCommand(upkeep);
  // An option before the name of the command would not reach it: `history --db FILE prune` must not prune another file.
  return command.hook('preSubcommand', (_, upkeep) => {
    const early = command.options.find(
      (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
    );
    if (early) throw new UsageError(`history ${early.long}: belongs after ${upkeep.name()}`);
  });
};

const listCommand = (): Command =>
  addOptions(new Command('history'), LIST)
    .summary('list recorded audits and maintain the history')
    .description('Lists the audits in the history, newest first; its subcommands maintain it.')
    .action(async (_: unknown, command: Command) => {
      const options = valuesOf(command, LIST);
      const { db, output, limit } = options;
      const format = formatFor(options, PLAIN_FORMATS);
      await checkWritable(output);
      await withHistory(db, 'read', async (history) => {
        const runs = history.runs(limit ?? undefined);
        const { renderHistory, renderHistoryJson } = await import('../output/history-table.ts');
        const text = format === 'json' ? renderHistoryJson(runs) : renderHistory(runs, screenFor(options));
        await deliver([text], output);
      });
    });

/** `ra-preflight report RUN`: the report of a run that was kept, in any format, with the exit code of its audit. */
export const reportCommand = (): Command =>
  addOptions(new Command('report'), REPORT)
    .summary('print the report of a recorded audit')
    .description('Prints the report of an audit in the history, in any format.')
    .argument(
      '[run]',
      "an id or its beginning, 'latest' (default), 'previous', 'latest~2'; that of a fleet covers all its vantages",
    )
    .action(async (which: string | undefined, _: unknown, command: Command) => {
      const options = valuesOf(command, REPORT);
      const { db, output, undetermined, verbose, whatIf } = options;
      const format = formatFor(options, whatIf ? PLAIN_FORMATS : formatNames);
      const plain = PLAIN_FORMATS.find((name) => name === format);
      if (whatIf && !plain) throw new UsageError(`--what-if: is made as table or json, not as ${format}`);
      await checkWritable(output);
      await withHistory(db, 'read', async (history) => {
        const report = await reportOf(history, which ?? 'latest');
        const { id } = report.run;
        const screen = { ...screenFor(options), verbose };
        if (whatIf && plain) await deliver([await whatIfText(report, plain, screen, db)], output);
        else {
          const render = format === 'html' ? await pageOf(history, id) : await formats[format]();
          await deliver(
            render(nameVantages(report, format), { ...screen, clearIsReady: undetermined === 'ok' }),
            output,
          );
        }
        process.exitCode = exitCodeOf(report, { format, undetermined });
      });
    });

/** `ra-preflight diff A B`: what changed between two runs; exit 0 same, 1 changed, 2 error. */
export const diffCommand = (): Command =>
  addOptions(new Command('diff'), DIFF)
    .summary('compare two audits')
    .description(
      'Shows which hosts were newly blocked or fixed, appeared, disappeared, or are blocked for another reason. Uncertain results never count as a change; hosts whose verdicts differ because of them are listed separately.',
    )
    .argument('<before>', "an id or its beginning, 'latest', 'previous', 'latest~2'")
    .argument('<after>', 'the same')
    .addHelpText('after', '\nExit code: 0 no certain change, 1 something changed, 2 usage or configuration.')
    .action(async (a: string, b: string, _: unknown, command: Command) => {
      const options = valuesOf(command, DIFF);
      const { db, output } = options;
      const format = formatFor(options, PLAIN_FORMATS);
      await checkWritable(output);
      await withHistory(db, 'read', async (history) => {
        const [before, after] = [history.find(a), history.find(b)];
        const compared = diffHosts(history.hostsByTarget(before.id), history.hostsByTarget(after.id));
        const diff: RunDiff = { schema: DIFF_SCHEMA, before, after, ...compared };
        if (format === 'json') {
          const { renderDiffJson } = await import('../output/diff-json.ts');
          await deliver(renderDiffJson(diff), output);
        } else {
          const { renderDiff } = await import('../output/diff-table.ts');
          await deliver(renderDiff(diff, screenFor(options)), output);
        }
        process.exitCode = CHANGE_KINDS.some((kind) => compared.summary[kind] > 0) ? EXIT_CHANGED : 0;
      });
    });
