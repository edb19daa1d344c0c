import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { deliver } from './deliver.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { SCAN } from './options/scan.ts';
import { OUTPUT, TABLE_OR_JSON } from './options/shared.ts';
import { screenOf } from './terminal.ts';

/** The table is loaded for those who ask. */
const table = () => import('../policy/explain/explain.ts');
const words = () => import('../output/explain.ts');

/** Some code is not in the table: nothing was decided, as with an undetermined host. */
const EXIT_UNKNOWN_CODE = 3;

const EXPLAIN = { ...TABLE_OR_JSON, output: OUTPUT, colour: SCAN.colour } as const;

/** `ra-preflight explain CODE...`: what an error of an offer means. Sends nothing. */
export const explainCommand = (): Command =>
  addOptions(new Command('explain'), EXPLAIN)
    .summary('what an error of an offer means, and what proves it')
    .description(
      'Explains errors that an offer of Remote Assistance ended with: the cause, which check or policy setting proves it, and what to change. The table is built in; nothing is sent.',
    )
    .argument(
      '<code...>',
      'HRESULT or Win32 error (0x800706BA, -2147023174, 1722), symbol (E_ACCESSDENIED), event ("DCOM 10028"), or what Windows said in English',
    )
    .addHelpText('after', '\nExit codes: 0 all codes explained, 2 usage, 3 some code is unknown.')
    .action(async (args: string[], _: unknown, command: Command) => {
      const { format, output, colour } = valuesOf(command, EXPLAIN);
      if (args.some((text) => text.trim() === '')) throw new UsageError('a code is empty');
      const [{ explain, joinArguments }, { explainJson, explainTable }] = await Promise.all([
        table(),
        words(),
      ]);
      const answers = joinArguments(args).map((question) => ({ question, explanation: explain(question) }));
      const screen = screenOf(process.stdout, process.env, colour && output === null);
      const text =
        format === 'json' ? explainJson(answers) : explainTable(answers, { verbose: false, ...screen });
      await deliver([text], output);
      if (answers.some(({ explanation }) => explanation === null)) process.exitCode = EXIT_UNKNOWN_CODE;
    });
