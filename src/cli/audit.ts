import { randomInt } from 'node:crypto';
import { isSwept } from '../engine/swept.ts';
import { UsageError } from '../model/fault.ts';
import type { RunEntry } from '../model/history.ts';
import type { ReportSource, RunStart } from '../model/report.ts';
import type { History } from '../store/history.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { conduct } from './audit-run.ts';
import type { Sink } from './audit-sink.ts';
import { checkWritable } from './deliver.ts';
import { chooseEngine, type Engine } from './engine.ts';
import { estimateText, MOST_UNCONFIRMED } from './estimate.ts';
import { exitCode } from './exit-code.ts';
import { withHistory } from './history-file.ts';
import type { ScanOptions } from './options.ts';
import { planOf } from './plan.ts';
import { startRun } from './run-start.ts';
import { readTargets } from './targets.ts';

/** What the history keeps of a run so that it can be resumed: the targets themselves, not where they were read. */
interface KeptPlan {
  readonly spec: SpaceSpec;
  readonly options: ScanOptions;
}

/** What is of this command line and not of the run: where the result goes, how it looks, what is allowed today. */
type Presentation = Pick<
  ScanOptions,
  'format' | 'output' | 'quiet' | 'verbose' | 'colour' | 'scope' | 'db' | 'yes'
>;

const say = ({ quiet }: ScanOptions, text: string): void => {
  if (!quiet) process.stderr.write(`ra-preflight: ${text}\n`);
};

const confirm = (hosts: number, options: ScanOptions): void => {
  if (hosts <= MOST_UNCONFIRMED) return;
  const estimate = estimateText(hosts, options);
  if (!options.yes) throw new UsageError(`${estimate}; add --yes to ask them`);
  say(options, estimate);
};

/** A run that goes on: who it is stays, how it asks is what this machine can today. */
const againFrom = (
  { id, startedAt, vantage, novice, seed, schedule }: RunEntry,
  { wire, why }: Engine,
): RunStart => ({
  id,
  startedAt,
  vantage,
  engine: wire.name,
  engineWhy: why,
  novice,
  seed,
  ...(schedule === undefined ? {} : { schedule }),
});

/** What a schedule gives an audit beside targets and options. */
export interface AuditPlace {
  readonly history: History;
  readonly schedule?: string;
  readonly sink?: Sink;
  readonly stop?: AbortSignal;
}

/** An audit that may begin: its command line is right. */
export interface PreparedAudit {
  readonly texts: readonly string[];
  readonly options: ScanOptions;
  readonly spec: SpaceSpec;
  readonly size: number;
  readonly seed: number;
  readonly engine: Engine;
}

/** The engine of a bulk run, which gets ready while the history is opened. */
const engineFor = async (options: ScanOptions, seed: number): Promise<Engine> => {
  const engine = await chooseEngine(options.engine, 'many', process.platform);
  if (isSwept(planOf(options, seed))) engine.sweeper?.prepare?.();
  return engine;
};

/** Reads the targets and picks the engine. Throws UsageError for what was typed wrong. */
export const prepareAudit = async (
  texts: readonly string[],
  options: ScanOptions,
): Promise<PreparedAudit> => {
  const { spec, size, notices } = await readTargets(texts, options);
  confirm(size, options);
  for (const notice of notices) say(options, notice);
  const seed = options.seed ?? randomInt(2 ** 32);
  return { texts, options, spec, size, seed, engine: await engineFor(options, seed) };
};

/** The seed of the run before over the same targets, so that both ask the same ports and what differs is the network. */
const seedAgain = (history: History, { texts, options }: PreparedAudit): number | null => {
  if (options.seed !== null) return null;
  const before = history.lastOf(texts);
  if (before)
    say(
      options,
      `the ports are those of run ${before.id} before, seed ${before.seed}; --seed N draws others`,
    );
  return before?.seed ?? null;
};

/** Asks all targets and keeps every answer in the history. Gives the report, which lives as long as the history is open. */
export const startAudit = async (
  prepared: PreparedAudit,
  { history, schedule, sink, stop }: AuditPlace,
): Promise<ReportSource> => {
  const { texts, options, spec, size, engine } = prepared;
  const seed = seedAgain(history, prepared) ?? prepared.seed;
  const run = { ...startRun(engine, options, seed), ...(schedule === undefined ? {} : { schedule }) };
  const plan: KeptPlan = { spec, options };
  const recorder = history.begin({ run, targets: texts, hosts: size, plan });
  return conduct({
    history,
    recorder,
    run,
    earlier: null,
    space: makeSpace(spec),
    done: { low: 0, above: new Set<number>() },
    engine,
    options,
    ...(sink ? { sink } : {}),
    ...(stop ? { stop } : {}),
  });
};

const codeOf = ({ summary, run }: ReportSource, { format }: ScanOptions): number =>
  exitCode(summary, run.interrupted, format);

/** `ra-preflight audit TARGET...`: asks all targets, keeps every answer in the history, delivers the report. */
export const audit = async (texts: readonly string[], options: ScanOptions): Promise<number> => {
  await checkWritable(options.output);
  const prepared = await prepareAudit(texts, options);
  return withHistory(options.db, async (history) => codeOf(await startAudit(prepared, { history }), options));
};

/**
 * `ra-preflight audit --resume`: goes on with the newest run that did not end, or the one named, as it was asked for. The
 * report covers the whole run. What may be asked is what the configuration says today.
 */
export const resumeAudit = async (which: string | null, now: Presentation): Promise<number> => {
  await checkWritable(now.output);
  return withHistory(now.db, async (history) => {
    const id = which === null ? history.unfinished()[0]?.id : history.find(which).id;
    if (id === undefined) throw new UsageError('--resume: no audit in the history is unfinished');
    const { entry, plan, done, recorder } = history.resume(id);
    const { spec, options: kept } = plan as KeptPlan;
    const options = { ...kept, ...now };
    const engine = await engineFor(options, entry.seed);
    say(options, `resuming ${id}: ${entry.summary.hosts} of ${entry.hosts} hosts are judged`);
    if (JSON.stringify(kept.scope) !== JSON.stringify(now.scope)) {
      say(
        options,
        'the scope in the configuration is another than at its start: what it excludes now is not asked',
      );
    }
    const run = againFrom(entry, engine);
    const space = makeSpace(spec);
    return codeOf(
      await conduct({ history, recorder, run, earlier: entry, space, done, engine, options }),
      options,
    );
  });
};
