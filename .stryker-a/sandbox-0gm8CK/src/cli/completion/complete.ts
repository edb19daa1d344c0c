import type { Command, Option } from 'commander';
import { DeclaredOption } from '../options/declare.ts';
import type { Completion } from '../options/kinds.ts';

/** The command that the scripts of the shells call; people have no use for it. */
export const COMPLETE = '__complete';

/** What a shell offers for the word that is being typed: names of files or folders, or these words, each with what it means. */
export type Offer =
  | { readonly kind: 'files' | 'folders' }
  | { readonly kind: 'words'; readonly words: readonly (readonly [word: string, means: string])[] };

const NOTHING: Offer = { kind: 'words', words: [] };

const offerOf = (completion: Completion, typed: string, prefix = ''): Offer => {
  if (completion === 'files' || completion === 'folders') return { kind: completion };
  const words = (completion ?? []).filter((word) => word.startsWith(typed));
  return { kind: 'words', words: words.map((word) => [`${prefix}${word}`, '']) };
};

const completionOf = (option: Option): Completion =>
  option instanceof DeclaredOption ? option.kind.completion : (option.argChoices ?? null);

const optionIn = (command: Command, flag: string): Option | undefined =>
  command.options.find(({ long, short }) => long === flag || short === flag);

/** Where the typed words lead: the command, its arguments so far, and the option that waits for its value. */
const placeOf = (program: Command, words: readonly string[]) => {
  let command = program;
  let operands = 0;
  let waiting: Option | undefined;
  let isOver = false;
  for (const word of words) {
    if (waiting) waiting = undefined;
    else if (word === '--' && !isOver) isOver = true;
    else if (word.startsWith('-') && word !== '-' && !isOver) {
      const option = optionIn(command, word);
      if (option?.required) waiting = option;
    } else {
      const sub = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (sub) command = sub;
      else operands++;
    }
  }
  return { command, operands, waiting, isOver };
};

const summaryOf = (command: Command): string => command.summary() || command.description();

/** What may stand where `typed` begins, behind `words`, on a command line of the program. Pure. */
export const complete = (program: Command, words: readonly string[], typed: string): Offer => {
  const { command, operands, waiting, isOver } = placeOf(program, words);
  if (waiting) return offerOf(completionOf(waiting), typed);
  if (typed.startsWith('-') && !isOver) {
    const [, flag = '', value] = /^(--[a-z0-9-]+)=(.*)$/s.exec(typed) ?? [];
    const option = value === undefined ? undefined : optionIn(command, flag);
    if (value !== undefined) return option ? offerOf(completionOf(option), value, `${flag}=`) : NOTHING;
    const options = command.createHelp().visibleOptions(command);
    const flags = options.flatMap(({ long, short, description }) =>
      [long, short].flatMap((one) => (one?.startsWith(typed) ? [[one, description] as const] : [])),
    );
    return { kind: 'words', words: flags };
  }
  const subs = operands === 0 ? command.createHelp().visibleCommands(command) : [];
  const names = subs
    .filter((one) => one.name().startsWith(typed))
    .map((one) => [one.name(), summaryOf(one)] as const);
  if (names.length > 0) return { kind: 'words', words: names };
  const { registeredArguments: declared } = command;
  const argument = declared[operands] ?? declared.findLast(({ variadic }) => variadic);
  if (!argument) return NOTHING;
  if (argument.argChoices) return offerOf(argument.argChoices, typed);
  return argument.name() === 'file' ? { kind: 'files' } : NOTHING;
};
