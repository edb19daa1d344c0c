import { UsageError } from '../model/fault.ts';
import type { TargetItem } from '../targets/item.ts';
import { readTargetSpec, type TargetSpec, type Widened } from '../targets/parse-space.ts';
import { type Excludes, NO_EXCLUDES, readExcludes } from '../targets/read-excludes.ts';
import { shortList } from '../text/and-list.ts';
import { countedGrouped } from '../text/counts.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { systemResolver } from '../wire/resolve.ts';
import { isForgottenList } from './foreign-options.ts';
import { isList, isStandardInput } from './is-list-file.ts';
import { log } from './log.ts';
import type { ScanOptions } from './options.ts';
import { ownAddresses } from './own-addresses.ts';
import { readBytes } from './read-bytes.ts';
import { resolveExcludes } from './resolve-excludes.ts';

/** Some ten million targets. */
const MOST_LIST_MIB = 256;

const readStdin = async (): Promise<Uint8Array> => {
  if (process.stdin.isTTY) {
    log('reading targets from the terminal, end with Ctrl-D');
  }
  return readBytes(process.stdin, 'standard input', MOST_LIST_MIB);
};

const readList = (path: string, option: string): Promise<Uint8Array> =>
  readBytes(path, `${option}${path}`, MOST_LIST_MIB);

/** The reader of lists brings a CSV parser along; it is loaded only for those who have lists: start-up is part of the answer. */
const listReader = async () => (await import('../targets/source.ts')).parseSource;

interface Lists {
  readonly items: TargetItem[];
  readonly emptyCells: number;
}

const readItems = async (texts: readonly string[], csvColumn: string | null, at: string): Promise<Lists> => {
  if (texts.filter(isStandardInput).length > 1) {
    throw new UsageError('standard input can be read only once, and is given as several lists');
  }
  if (csvColumn !== null && !texts.some(isList)) {
    throw new UsageError('--csv-column: is for lists, and no --list, @file or - is given');
  }
  const items: TargetItem[] = [];
  let emptyCells = 0;
  for (const text of texts) {
    if (!isList(text)) {
      if (isForgottenList(text)) {
        throw new UsageError(
          `target ${quoted(text)}: is a file here; --list ${escapeControls(text)} reads it`,
        );
      }
      items.push({ text, at });
      continue;
    }
    const isStdin = isStandardInput(text);
    const name = isStdin ? 'stdin' : text.slice(1);
    const bytes = isStdin ? await readStdin() : await readList(name, 'target @');
    const parseSource = await listReader();
    const source = parseSource(bytes, { name, ...(csvColumn === null ? {} : { csvColumn }) });
    if (source.items.length === 0)
      throw new UsageError(
        isStdin ? 'standard input has no target in it' : `target ${text}: has no target in it`,
      );
    // One by one: a call takes some 120,000 arguments at most.
    for (const item of source.items) items.push(item);
    emptyCells += source.emptyCells;
  }
  return { items, emptyCells };
};

const excludedItems = async ({ excludes, excludeFiles }: ScanOptions): Promise<TargetItem[]> => {
  const items: TargetItem[] = excludes.map((text) => ({ text, at: '--exclude' }));
  for (const path of excludeFiles) {
    const parseSource = await listReader();
    for (const item of parseSource(await readList(path, '--exclude-file '), { name: path }).items)
      items.push(item);
  }
  return items;
};

/** The targets of a run, and what a person should know about how they were read. */
export interface RunTargets extends TargetSpec {
  readonly excludes: Excludes;
  readonly notices: readonly string[];
}

/** Blocks that a notice names; of more, only how many. */
const MOST_NAMED = 3;

const widenedNotice = (widened: readonly Widened[]): string[] => {
  const blocks = widened.map(
    ({ at, text, whole }) => `${escapeControls(at)} ${quoted(text)} is all of ${whole}`,
  );
  return widened.length === 0
    ? []
    : [`${shortList(blocks, MOST_NAMED)}: an address and a slash mean the whole block`];
};

/**
 * Reads what is to be asked: targets as typed, lists, excludes, and what the configuration allows. Throws UsageError
 * before a packet is sent, which says `at` where a text was typed.
 */
export const readTargets = async (
  texts: readonly string[],
  options: ScanOptions,
  at = 'target',
): Promise<RunTargets> => {
  const { items, emptyCells } = await readItems(texts, options.csvColumn, at);
  const asked = await readAsked(items, options);
  return emptyCells === 0
    ? asked
    : {
        ...asked,
        notices: [
          ...asked.notices,
          `${countedGrouped(emptyCells, 'row')} with nothing in the column skipped`,
        ],
      };
};

/** The same for targets that are no lists any more. `kept`: what is left out beside what the options exclude. */
export const readAsked = async (
  items: readonly TargetItem[],
  options: ScanOptions,
  kept: Excludes = NO_EXCLUDES,
): Promise<RunTargets> => {
  const typed = readExcludes(await excludedItems(options));
  const barred = { spans: [...kept.spans, ...typed.spans], names: [...kept.names, ...typed.names] };
  const { excludes, notices } = await resolveExcludes(barred, systemResolver());
  const asked = readTargetSpec({
    items,
    excludes,
    guard: {
      families: options.families,
      scope: options.scope,
      // A space that several machines share must not depend on their own networks; no such address gets a packet either way.
      own: options.shard === null && !options.fleet ? ownAddresses() : [],
    },
    skipBad: options.skipBad,
  });
  const { denied, own } = asked.removed;
  return {
    ...asked,
    excludes,
    notices: [
      ...notices,
      ...asked.skipped.map((line) => `left out: ${line}`),
      ...widenedNotice(asked.widened),
      ...(denied > 0
        ? [`${countedGrouped(denied, 'address', 'addresses')} left out: the configuration denies them`]
        : []),
      ...(own > 0
        ? [
            `${countedGrouped(own, 'address', 'addresses')} left out: network and broadcast addresses of this machine's networks`,
          ]
        : []),
    ],
  };
};
