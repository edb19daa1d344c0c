import { Command } from 'commander';
import { formatNames, formats } from '../output/formats.ts';
import { deliver } from './deliver.ts';
import { exitCodeOf } from './exit-code.ts';
import { formatFor } from './format-of-file.ts';
import { screenFor } from './history-commands.ts';
import { withRunHistory } from './history-file.ts';
import { log } from './log.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { flag } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { MOST_SHARDS } from './options/scan-kinds.ts';
import { written } from './options/shared.ts';
import { checkWritable } from './output-file.ts';

const MERGE = {
  ...written(formatNames),
  partial: {
    long: 'partial',
    kind: flag,
    help: 'report even if shards are missing or were interrupted; not kept in the history',
    standard: false,
  },
  undetermined: { ...SCAN.undetermined, help: 'how hosts that are clear so far count: ok or warn' },
  quiet: { ...SCAN.quiet, help: 'no notices' },
  verbose: SCAN.verbose,
} as const;

const EXAMPLES = `
On each of three machines, with the same targets and options:
  ra-preflight audit 10.1.0.0/16 --yes --shard 1/3 -o part1.ndjson     on the first, 2/3 and 3/3 on the others
then, wherever the parts are:
  ra-preflight merge part1.ndjson part2.ndjson part3.ndjson -o monday.html

Exit code: as that of audit; 2 for parts that are damaged, missing, or not of
one audit.`;

/** `ra-preflight merge PART...`: the report of an audit whose shards several machines probed. */
export const mergeCommand = (): Command =>
  addOptions(new Command('merge'), MERGE)
    .summary('merge the shards of an audit into one report')
    .description(
      `Merges what 'audit --shard' wrote on several machines (at most ${MOST_SHARDS}) into one report, as if one machine had probed all. The merged run is kept in the history.`,
    )
    .argument('<part...>', "the files, '-' for standard input")
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], _: unknown, command: Command) => {
      const options = valuesOf(command, MERGE);
      const { db, output, undetermined, verbose, partial } = options;
      const format = formatFor(options, formatNames);
      const logLines = options.quiet ? () => {} : log;
      await checkWritable(output);
      const { mergeParts, openParts } = await import('./merge.ts');
      const parts = await openParts(files, { partial, log: logLines });
      await withRunHistory(partial ? ':memory:' : db, logLines, async (history) => {
        const report = await mergeParts(parts, history, { partial, log: logLines });
        const render = await formats[format]();
        const screen = { ...screenFor(options), verbose };
        await deliver(render(report, { ...screen, clearIsReady: undetermined === 'ok' }), output);
        process.exitCode = exitCodeOf(report, { format, undetermined });
      });
    });
