import { createReadStream } from 'node:fs';
import type { ZodType } from 'zod';
import { checkMatchingParts, shardNames } from '../fleet/matching-parts.ts';
import { openPart, type Part, type PartChecks, type PartHead, partFault } from '../fleet/part-file.ts';
import { UsageError } from '../model/fault.ts';
import type { HostReport, ReportSource, Run, RunStart, ShardRun } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import { failureWords } from '../text/error-message.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { Tally } from '../verdict/tally.ts';
import { finishRun } from './finish-run.ts';
import { runIdOf } from './run-start.ts';
import { storedReport } from './stored-report.ts';

/** The options of a merge beside its files. */
export interface MergeOptions {
  /** Reports although shards are missing or were interrupted. */
  readonly partial: boolean;
  readonly log: (text: string) => void;
}

/** The lines of a file. Opened when it is read: a stream that fails before anybody listens would end the process. */
async function* linesIn(file: string): AsyncGenerator<string> {
  const { linesOf } = await import('../store/split-lines.ts');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* file === '-' ? process.stdin : createReadStream(file);
  }
  try {
    yield* linesOf(chunks(), (number, what) => partFault(file, number, what));
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error)
      throw new UsageError(`${escapeControls(file)}: cannot be read: ${failureWords(error)}`);
    throw error;
  }
}

/** The value, when the schema takes it. Throws an Error with the first field that it does not. */
const checked = <T>(schema: ZodType<T>, value: unknown): T => {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new Error(`${quoted(issue?.path.join('.') ?? '')}: ${issue?.message}`);
};

const partChecks = async (): Promise<PartChecks> => {
  const { hostSchema, partHeadSchema, reportSchema } = await import('../output/schema.ts');
  const endSchema = reportSchema.pick({ run: true });
  return {
    readHead: (value) => {
      const { tool, run } = checked(partHeadSchema, value);
      const { shard, ...start } = run;
      return { version: tool.version, run: start, shard };
    },
    readHost: (value) => {
      const { index, ...report } = checked(hostSchema, value);
      if (index === undefined) throw new Error('a host without a number');
      return { index, report };
    },
    readEnd: (value) => checked(endSchema, value).run,
  };
};

const oneWord = (words: readonly string[]): string => [...new Set(words)].join(', ');

const sorted = (times: readonly string[]): string[] =>
  times.toSorted((a, b) => Date.parse(a) - Date.parse(b));

/** The run of the whole, as far as the heads of its parts show it. */
const startOf = (heads: readonly PartHead[]): RunStart => {
  const first = firstOf(heads);
  const engines = new Set(heads.map(({ run }) => run.engine));
  const [startedAt = first.run.startedAt] = sorted(heads.map(({ run }) => run.startedAt));
  return {
    ...first.run,
    id: runIdOf(new Date(startedAt)),
    startedAt,
    vantage: oneWord(heads.map(({ run }) => run.vantage)),
    engineWhy: engines.size === 1 ? first.run.engineWhy : `shards were probed with ${oneWord([...engines])}`,
  };
};

const shardRunOf = ({ shard, run }: PartHead, { finishedAt, probesSent }: Run, hosts: number): ShardRun => ({
  number: shard.number,
  id: run.id,
  vantage: run.vantage,
  engine: run.engine,
  startedAt: run.startedAt,
  finishedAt,
  hosts,
  probesSent,
});

/** What the parts cannot say together, a line each. */
const notices = (heads: readonly PartHead[]): string[] => {
  const vantages = [...new Set(heads.map(({ run }) => run.vantage))];
  return vantages.length === 1
    ? []
    : [
        `the parts were made by ${vantages.length} machines (${vantages.map(escapeControls).join(', ')}): groups assume that all of them take the same paths`,
      ];
};

const firstOf = (heads: readonly PartHead[]): PartHead => {
  const [first] = heads;
  if (!first) throw new UsageError('no part given');
  return first;
};

const checkMissing = (missing: readonly number[], of: number, { partial, log }: MergeOptions): void => {
  if (missing.length === 0) return;
  const text = `shard${missing.length === 1 ? ' is' : 's are'} missing: ${shardNames(missing, of)}`;
  if (!partial) throw new UsageError(`${text}; --partial reports the others`);
  log(text);
};

/**
 * Opens parts, as many at once as there are files, and checks that they belong together. In the order of their shards. Throws
 * UsageError.
 */
export const openParts = async (files: readonly string[], options: MergeOptions): Promise<Part[]> => {
  const checks = await partChecks();
  const parts: Part[] = [];
  for (const file of files) parts.push(await openPart(file, linesIn(file), checks));
  parts.sort((a, b) => a.head.shard.number - b.head.shard.number);
  const heads = parts.map(({ head }) => head);
  checkMissing(checkMatchingParts(heads), firstOf(heads).shard.of, options);
  for (const notice of notices(heads)) options.log(notice);
  return parts;
};

/** Takes the hosts of all parts into the history; gives the runs that made them, in the order of the parts. */
const takeAll = async (
  parts: readonly Part[],
  { partial, log }: MergeOptions,
  take: (index: number, report: HostReport, shard: number) => void,
): Promise<Run[]> => {
  const ends: Run[] = [];
  for (const { head, hosts } of parts) {
    const all = hosts();
    let one = await all.next();
    for (; !one.done; one = await all.next()) take(one.value.index, one.value.report, head.shard.number);
    const run = one.value;
    ends.push(run);
    if (!run.interrupted) continue;
    const text = `${escapeControls(head.file)}: shard ${head.shard.number}/${head.shard.of} was interrupted`;
    if (!partial)
      throw new UsageError(
        `${text}; 'ra-preflight audit --resume ${run.id} -o FILE' on ${escapeControls(run.vantage)} ends it, --partial reports what is there`,
      );
    log(text);
  }
  return ends;
};

/**
 * Merges parts into one run of `history`, with causes and neighbours judged over all of them, as one audit would have. Gives the
 * report, which lives as long as the history is open; of parts that are not the whole it says `running`. Throws UsageError
 * for what does not belong together, is missing, or is no part; then the history has nothing of it.
 */
export const mergeParts = async (
  parts: readonly Part[],
  history: RunHistory,
  options: MergeOptions,
): Promise<ReportSource> => {
  const heads = parts.map(({ head }) => head);
  const { shard } = firstOf(heads);
  const start = startOf(heads);
  const recorder = history.begin({ run: start, targets: shard.targets, hosts: shard.hosts, plan: null });
  const tally = new Tally();
  const counts = new Map<number, number>();
  try {
    const ends = await takeAll(parts, options, (index, report, number) => {
      tally.add(index, report);
      recorder.record({ index, ordinal: index, report });
      counts.set(number, (counts.get(number) ?? 0) + 1);
    });
    const finishedAt = sorted(ends.map((run) => run.finishedAt)).at(-1) ?? start.startedAt;
    const shards = heads.flatMap((head, at) => {
      const end = ends[at];
      return end ? [shardRunOf(head, end, counts.get(head.shard.number) ?? 0)] : [];
    });
    const run: Run = {
      ...start,
      shards,
      finishedAt,
      probesSent: ends.reduce((sum, { probesSent }) => sum + probesSent, 0),
      durationMs: Math.max(0, Date.parse(finishedAt) - Date.parse(start.startedAt)),
      interrupted: false,
    };
    await finishRun(history, recorder, run, tally);
    const isWhole = parts.length === shard.of && ends.every(({ interrupted }) => !interrupted);
    const report = storedReport(history, start.id);
    return { ...report, run: { ...run, ...(isWhole ? {} : { running: true as const }) } };
  } catch (error) {
    await history.forget(start.id);
    throw error;
  }
};
