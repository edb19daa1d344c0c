import { expect, it } from 'vitest';
import { flagsOf, standardWordsOf } from '../../src/cli/options/declare.ts';
import { SCAN } from '../../src/cli/options/scan.ts';
import { optionsOf } from '../../src/cli/options/scan-values.ts';

const CONFIG = {
  'top and schedule': 'yes',
  schedule: 'only in a schedule',
  top: 'yes, but not in a schedule',
  nowhere: '-',
} as const;

const RESUMED = {
  run: 'keeps it',
  targets: 'keeps its targets',
  'each time': 'takes the new value',
} as const;

const rows = Object.keys(SCAN).map((name) => {
  const key = name as keyof typeof SCAN;
  const declaration = optionsOf('audit')[key] ?? optionsOf('check')[key];
  const { long, settled, config, commands, help } = declaration;
  const where = commands.length === 2 ? 'check, audit' : commands.join();
  const standard = standardWordsOf<unknown>(declaration) ?? '-';
  const cells = [
    `\`${flagsOf<unknown>(declaration)}\``,
    help,
    standard,
    where,
    CONFIG[config],
    RESUMED[settled],
  ];
  return { long, line: `| ${cells.join(' | ')} |` };
});

const page = `# Options of check and audit

Made from [src/cli/options/scan.ts](../src/cli/options/scan.ts), where each option is declared once; a test compares this page with it
(\`npx vitest run test/cli/options-docs.test.ts -u\` writes it again). \`ra-preflight COMMAND --help\` lists the options of all commands.

A key of the config file is the long name of an option without its dashes: \`rate = 200\`, \`map = false\` for \`--no-map\`,
\`exclude = ["10.1.9.0/24"]\`. What is typed takes precedence over the config file. \`audit --resume\` continues a run with the options
that it started with, and takes new values for what concerns only the result.

| Option | Meaning | Default | Commands | Config file | A resumed run |
|---|---|---|---|---|---|
${rows
  .toSorted((a, b) => a.long.localeCompare(b.long, 'en'))
  .map(({ line }) => line)
  .join('\n')}

## Adding an option

1. Declare it in \`SCAN\`: long name, kind of value, help, default, and when it is settled: \`ofRun\` (how a run probes; it is kept with the
   run), \`ofTargets\` (which hosts it probes) or \`eachTime\` (where the result goes). Kinds of values are in
   [kinds.ts](../src/cli/options/kinds.ts).
2. Use it: \`options.NAME\` is its value, typed.

Command line, help, config file, schedules, stored plans, \`--resume\`, the commands that a screen offers to copy, shell completion and the
manual follow. The name under which a run keeps an option never changes, because stored runs have it. A run that was interrupted
before an option of a run existed is refused on \`--resume\`, unless the \`kept\` of its kind accepts that it is absent.
`;

it('docs/options.md lists the options as they are declared', async () => {
  await expect(page).toMatchFileSnapshot('../../docs/options.md');
});
