import type { RunStart } from '../model/report.ts';
import { shellWord } from '../text/shell-word.ts';
import type { CommandLine } from '../tui/kit/command-line.ts';
import { MOST_UNCONFIRMED } from './estimate.ts';
import { wordsFor } from './options/declare.ts';
import { SCAN } from './options/scan.ts';
import { standardOf } from './options/scan-declaration.ts';
import { AUDIT, CHECK } from './options/scan-mode.ts';
import { optionsOf } from './options/scan-values.ts';
import type { ScanOptions } from './options.ts';
import { typedTexts } from './typed-texts.ts';

/** What a screen shows, as far as a command line says it again. */
export interface ShownRun {
  readonly command: 'check' | 'audit';
  /** As typed. */
  readonly targets: readonly string[];
  /** Hosts that they are. */
  readonly hosts: number;
  readonly options: ScanOptions;
  readonly run: RunStart;
  /** What was typed about a responder, which no option of the run says. */
  readonly responder?: readonly string[];
}

/** Of the options of a command that are settled with `settled`, those that are not as usual, as somebody types them. */
const changed = (
  command: 'check' | 'audit',
  settled: 'run' | 'targets',
  options: ScanOptions,
  but: readonly string[] = [],
): string[] => {
  const situation = {
    mode: command === 'check' ? CHECK : AUDIT,
    rate: options.rate,
  };
  return Object.entries(optionsOf(command)).flatMap(([name, declaration]) =>
    declaration.settled !== settled || declaration.raw || but.includes(name)
      ? []
      : wordsFor<unknown>(
          declaration,
          options[name as keyof ScanOptions],
          standardOf<unknown>(declaration, situation),
        ),
  );
};

/** What decides how a single host is probed, in options that are not as usual; seed and engine in any case. */
const asking = (command: 'check' | 'audit', { options, run, responder = [] }: ShownRun): string[] => {
  const { families, bulk } = options;
  // The window of an audit says nothing of one host.
  const others = command === 'check' && bulk ? ['concurrency'] : [];
  return [
    ...(command === 'check' ? wordsFor(SCAN.witnesses, options.witnesses) : []),
    ...responder,
    ...['--seed', String(run.seed), '--engine', run.engine],
    ...changed(command, 'run', options, ['seed', 'engine', ...others]),
    ...(families.v4 && families.v6 ? [] : [families.v4 ? '-4' : '-6']),
    ...typedTexts(process.argv.slice(2), '--config')
      .slice(-1)
      .flatMap((file) => ['--config', file]),
  ];
};

/** What decides which hosts are probed, and where the result is kept. */
const choosing = ({ command, hosts, options }: ShownRun): string[] => [
  ...changed(command, 'targets', options),
  ...(command === 'check' ? [] : wordsFor(SCAN.db, options.db)),
  ...(hosts > MOST_UNCONFIRMED ? ['--yes'] : []),
];

const line = (words: readonly string[]): string => ['ra-preflight', ...words].map(shellWord).join(' ');

/** Command lines that ask again what a screen shows: one host, or all of the run and what the history has of it. */
export const commandLinesFor =
  (shown: ShownRun) =>
  (target: string | null): readonly CommandLine[] => {
    if (target !== null) {
      const words = ['check', target, ...asking('check', shown)];
      return [{ says: 'This host again, with the same ports:', command: line(words) }];
    }
    const { command, targets, options, run } = shown;
    const words = [command, ...targets, ...asking(command, shown), ...choosing(shown)];
    const again = { says: 'All of it again, with the same ports:', command: line(words) };
    if (command === 'check' || options.db === ':memory:') return [again];
    const kept = ['report', run.id, ...(options.db === null ? [] : ['--db', options.db])];
    return [again, { says: 'What was found, out of the history:', command: line(kept) }];
  };
