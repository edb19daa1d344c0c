import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { foreignOption } from '../../src/cli/foreign-options.ts';
import { DeclaredOption } from '../../src/cli/options/declare.ts';
import { program } from '../../src/cli/program.ts';
import { allNamedOptions, allShown, type Shown } from './shown-commands.ts';

const withChildren = (command: Command): Command[] => [command, ...command.commands.flatMap(withChildren)];

/** Options that the documents name and that are in no table: of other programs (npm, node, masscan, a bench), and the help. */
const FOREIGN: ReadonlySet<string> = new Set([
  ...[
    '--reason',
    '--ignore-scripts',
    '--allow-scripts',
    '--interrupt-budget',
    '--no-opt',
    '--wait',
    '--small',
    '--help',
  ],
]);

/** Reads the values that were typed as the command reads them. Throws UsageError for the first that it does not take. */
const readValues = (command: Command): void => {
  for (const option of command.options) {
    const name = option.attributeName();
    if (option instanceof DeclaredOption && command.getOptionValueSource(name) === 'cli')
      option.kind.read(option.long ?? name, command.opts()[name]);
  }
};

/**
 * What is wrong with a command line: read as the program reads it, but nothing is done. An empty list where it is right, and
 * the help of the command shows every option in it.
 */
const faultsOf = async ({ words, isNamed }: Shown): Promise<string[]> => {
  const [first = '', ...rest] = words.map((word) => (word === 'COMMAND' ? 'check' : word));
  const main = program(first, () => {});
  const faults: string[] = [];
  for (const command of withChildren(main)) {
    const name = command.name();
    // A group does nothing by itself, save that `history` lists.
    if (command.commands.length > 0 && name !== 'history') continue;
    command.action(() => {
      const shown = command.createHelp().visibleOptions(command);
      for (const word of words.filter((one) => /^--?[a-zA-Z]/.test(one)))
        if (!shown.some((option) => option.long === word || option.short === word))
          faults.push(`--help of ${name} has no ${word}`);
      readValues(command);
      if (command.parent !== main || (name !== 'check' && name !== 'audit')) return;
      const foreign = foreignOption(rest);
      if (foreign !== null) faults.push(foreign);
    });
  }
  try {
    await main.parseAsync([first, ...rest], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return faults;
    const isOnlyNamed = error instanceof CommanderError && error.code === 'commander.missingArgument';
    if (!(isOnlyNamed && isNamed)) faults.push(String(error));
  }
  return faults;
};

const line = ({ file, words }: Shown): string => `${file}: ra-preflight ${words.join(' ')}`;

describe('the command lines that documents show', () => {
  const shown = allShown();

  it('are found, in blocks and in running text', () => {
    expect(shown.map(line)).toEqual(
      expect.arrayContaining([
        'README.md: ra-preflight check localhost',
        'docs/explain.md: ra-preflight explain -2147023174 1722 DCOM 10028 E_ACCESSDENIED',
        'docs/fleet.md: ra-preflight audit --resume RUN --fleet',
        'docs/windows.md: ra-preflight doctor --self-test pc0417',
      ]),
    );
  });

  it.each(shown.map((one) => [line(one), one] as const))('%s', async (_, one) => {
    expect(await faultsOf(one)).toEqual([]);
  });
});

it('documents name no option that does not exist', () => {
  const known = new Set(
    withChildren(program('', () => {})).flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])),
  );
  const unknown = allNamedOptions().filter(({ option }) => !known.has(option) && !FOREIGN.has(option));
  expect(unknown).toEqual([]);
});

describe('a command line that does not exist', () => {
  it.each([
    [['check', 'pc0417', '--wittness', 'a'], /unknown option '--wittness'/],
    [['chekc', 'pc0417'], /unknown command|too many arguments/],
    [['audit', '10.0.0.0/8', '--shard', '7/5'], /--shard/],
    [['check', 'pc0417', '-oX', 'a.xml'], /-oX/],
    [['history', 'prune', 'abc'], /too many arguments/],
    [['history', 'prune', '--keep', 'all'], /--keep/],
    [['serve', '--port', 'http'], /--port/],
    [['policy', 'check', 'a.pol', '--novice', 'vista'], /--novice/],
  ])('%s is found', async (words, fault) => {
    expect((await faultsOf({ file: 'README.md', words, isNamed: false })).join('\n')).toMatch(fault);
  });
});
