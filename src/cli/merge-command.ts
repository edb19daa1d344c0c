import { Command } from 'commander';
import { formatNames, formats } from '../output/formats.ts';
import { deliver } from './deliver.ts';
import { exitCodeOf } from './exit-code.ts';
import { checkWritable } from './goal.ts';
import { withRunHistory } from './history-file.ts';
import { MOST_SHARDS, oneOf, UNDETERMINED } from './options.ts';
import { say } from './say.ts';
import { type CommonFlags, formatFor, screenFor, withCommon } from './with-common.ts';

interface Flags extends CommonFlags {
  readonly undetermined?: string;
  readonly partial?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
On each of three machines, with the same targets and options:
  ra-preflight audit 10.1.0.0/16 --yes --shard 1/3 -o part1.ndjson     on the first, 2/3 and 3/3 on the others
then, wherever the parts are:
  ra-preflight merge part1.ndjson part2.ndjson part3.ndjson -o monday.html

Exit code: as that of audit; 2 for parts that are damaged, missing, or not of one audit.`;

/** `ra-preflight merge PART...`: the report of an audit whose shards several machines probed. */
export const mergeCommand = (): Command =>
  withCommon(new Command('merge'), formatNames)
    .summary('one report of the shards of an audit')
    .description(
      `Merges what 'audit --shard' wrote on several machines (at most ${MOST_SHARDS}) into one report, as if one machine had probed all. The merged run is kept in the history.`,
    )
    .argument('<part...>', "the files, '-' for standard input")
    .option('--partial', 'report although shards are missing or were interrupted; not kept in the history')
    .option('--undetermined <as>', 'how hosts that are clear so far count: ok or warn (default warn)')
    .option('-q, --quiet', 'no notices')
    .option('-v, --verbose', 'every port and every host in full')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: Flags) => {
      const format = formatFor(flags, formatNames);
      const undetermined = oneOf('--undetermined', flags.undetermined ?? 'warn', UNDETERMINED);
      const output = flags.output ?? null;
      const tell = flags.quiet ? () => {} : say;
      const options = { partial: flags.partial ?? false, tell };
      await checkWritable(output);
      const { mergeParts, openParts } = await import('./merge.ts');
      const parts = await openParts(files, options);
      await withRunHistory(options.partial ? ':memory:' : (flags.db ?? null), tell, async (history) => {
        const report = await mergeParts(parts, history, options);
        const render = await formats[format]();
        await deliver(render(report, { ...screenFor(flags), clearIsReady: undetermined === 'ok' }), output);
        process.exitCode = exitCodeOf(report, { format, undetermined });
      });
    });
