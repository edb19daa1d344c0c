import { randomInt } from 'node:crypto';
import { UsageError } from '../model/fault.ts';
import type { RunEntry } from '../model/history.ts';
import type { ExtraProbe } from '../model/probe.ts';
import type { ReportSource, RunStart } from '../model/report.ts';
import type { Shard } from '../model/shard.ts';
import { HURRY } from '../scanner/retry/policy.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Excludes } from '../targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { spaceWords } from '../targets/space-within.ts';
import type { AuditOutput } from './audit-output.ts';
import { runAudit } from './audit-run.ts';
import { confirm } from './confirm.ts';
import { chooseEngine, type Engine } from './engine.ts';
import { exitCodeOf } from './exit-code.ts';
import { loadExtraProbes } from './extra-probes.ts';
import { fleetChoice } from './fleet-choice.ts';
import { withHistory, withRunHistory } from './history-file.ts';
import { loadStoredPlan } from './load-stored-plan.ts';
import { logUnlessQuiet } from './log.ts';
import type { EachTimeOptions, ScanOptions } from './options.ts';
import { checkAllWritable } from './output-file.ts';
import { loadPolicy, type PolicyOfRun, refusePolicyTargets } from './policy-of-run.ts';
import { type RunTargets, readTargets } from './read-targets.ts';
import { startRun } from './run-start.ts';
import { checkPart, takeShard } from './shard.ts';
import type { StoredPlan } from './stored-plan.ts';
import { refuseShortWait } from './waits.ts';

/** A run that goes on: who it is stays, how it asks is what this machine can today. */
const againFrom = (
  { id, startedAt, vantage, novice, seed, schedule }: RunEntry,
  { wire, why }: Engine,
  shard: Shard | null,
): RunStart => ({
  id,
  startedAt,
  vantage,
  engine: wire.name,
  engineWhy: why,
  novice,
  seed,
  ...(schedule === undefined ? {} : { schedule }),
  ...(shard ? { shard } : {}),
});

/** What a schedule gives an audit beside targets and options. */
export interface AuditPlace {
  readonly history: RunHistory;
  readonly schedule?: string;
  readonly sink?: AuditOutput;
  readonly stop?: AbortSignal;
}

const shardText = ({ number, of, hosts }: Shard, size: number): string =>
  size === 0
    ? `shard ${number}/${of} has no hosts: whole subnets stay together, and ${hosts} hosts are too few for ${of} shards`
    : `shard ${number}/${of}: ${size} of ${hosts} hosts`;

/** An audit that may begin: its command line is right. */
export interface PreparedAudit {
  readonly texts: readonly string[];
  readonly options: ScanOptions;
  readonly spec: SpaceSpec;
  readonly excludes: Excludes;
  readonly size: number;
  readonly seed: number;
  /** There where these are the hosts of a shard only. */
  readonly shard: Shard | null;
  readonly engine: Engine;
  readonly extraProbes: readonly ExtraProbe[];
  readonly policy: PolicyOfRun | null;
}

/** The engine of a bulk run, which gets ready while the history is opened. */
const engineFor = async (options: ScanOptions): Promise<Engine> => {
  const engine = await chooseEngine(options.engine, 'many', process.platform);
  refuseShortWait(options.timeoutMs, engine.wire);
  engine.wire.prepare?.();
  return engine;
};

/** Reads the targets and picks the engine. Throws UsageError for what was typed wrong. */
export const prepareAudit = async (
  texts: readonly string[],
  options: ScanOptions,
): Promise<PreparedAudit> => {
  checkPart(options);
  await refusePolicyTargets(texts, options);
  return prepareAsked(texts, await readTargets(texts, options), options);
};

/** The same for targets that have been read, which the history is to name as `texts`. */
export const prepareAsked = async (
  texts: readonly string[],
  { excludes, notices, ...whole }: RunTargets,
  options: ScanOptions,
): Promise<PreparedAudit> => {
  const share = takeShard(texts, whole.spec, options);
  const { spec, size } = share ?? whole;
  confirm(size, options);
  const policy = await loadPolicy(options);
  for (const notice of notices) logUnlessQuiet(options, notice);
  if (share) logUnlessQuiet(options, shardText(share.shard, size));
  const seed = share?.seed ?? options.seed ?? randomInt(2 ** 32);
  const shard = share?.shard ?? null;
  const extraProbes = await loadExtraProbes(options.probes, process.cwd());
  const engine = await engineFor(options);
  return { texts, options, spec, excludes, size, seed, shard, engine, extraProbes, policy };
};

/** The seed of the run before over the same targets, so that both ask the same ports and what differs is the network. */
const seedAgain = (history: RunHistory, { texts, options, shard }: PreparedAudit): number | null => {
  if (options.seed !== null || shard) return null;
  const before = history.lastOf(texts);
  if (before)
    logUnlessQuiet(
      options,
      `the same ports as in run ${before.id} are probed (seed ${before.seed}); --seed N draws others`,
    );
  return before?.seed ?? null;
};

/** Asks all targets and keeps every answer in the history. Gives the report, which lives as long as the history is open. */
export const startAudit = async (
  prepared: PreparedAudit,
  { history, schedule, sink, stop }: AuditPlace,
): Promise<ReportSource> => {
  const { texts, options, spec, excludes, size, shard, engine, policy } = prepared;
  const seed = seedAgain(history, prepared) ?? prepared.seed;
  const run = {
    ...startRun(engine, options, seed),
    ...(schedule === undefined ? {} : { schedule }),
    ...(shard ? { shard } : {}),
  };
  const plan: StoredPlan = { spec, excludes, options, shard };
  const recorder = history.begin({ run, targets: texts, hosts: size, plan });
  return runAudit({
    history,
    recorder,
    run,
    earlier: null,
    space: makeSpace(spec),
    excludes,
    done: { low: 0, above: new Set<number>(), begun: [] },
    engine,
    extraProbes: prepared.extraProbes,
    options,
    policy,
    ...(sink ? { sink } : {}),
    ...(stop ? { stop } : {}),
  });
};

/** `ra-preflight audit TARGET...`: asks all targets, keeps every answer in the history, delivers the report. */
export const audit = async (texts: readonly string[], options: ScanOptions): Promise<number> => {
  await checkAllWritable(options.outputs);
  const fleet = fleetChoice(options);
  if (fleet) {
    const { fleetAudit } = await import('./fleet-run.ts');
    return fleetAudit(texts, options, fleet);
  }
  const prepared = await prepareAudit(texts, options);
  return withRunHistory(
    options.db,
    (why) => logUnlessQuiet(options, why),
    async (history) => exitCodeOf(await startAudit(prepared, { history }), options),
  );
};

/**
 * `ra-preflight audit --resume`: goes on with the newest run that did not end, or the one named, as it was asked for. The
 * report covers the whole run. What may be asked is what the configuration says today.
 */
export const resumeAudit = async (which: string | null, now: EachTimeOptions): Promise<number> => {
  await checkAllWritable(now.outputs);
  return withHistory(now.db, 'change', async (history) => {
    const id =
      which === null ? history.unfinished()[0]?.id : (history.fleet(which)[0] ?? history.find(which)).id;
    if (id === undefined) throw new UsageError('--resume: no audit in the history is unfinished');
    const stored = history.find(id);
    const { spec, excludes, shard, options: kept } = await loadStoredPlan(history, stored, 'resumed');
    const options = {
      ...{ ...kept, ...now, excludes: [], excludeFiles: [], csvColumn: null, skipBad: false },
      ...{ shard: shard && { number: shard.number, of: shard.of }, vantages: null },
    };
    checkPart(options);
    confirm(stored.hosts, options);
    const choice = fleetChoice(options);
    if (stored.fleet || choice) {
      const run = stored.fleet;
      if (!run) throw new UsageError(`--fleet: run ${id} was made by one machine; resume it without`);
      if (!choice) throw new UsageError(`run ${id} was made by a fleet; resume it with --fleet --redis URL`);
      const { resumeFleet } = await import('./fleet-run.ts');
      return resumeFleet(history, { ...stored, fleet: run }, { spec, excludes }, options, choice);
    }
    const extraProbes = await loadExtraProbes(options.probes, process.cwd());
    const policy = await loadPolicy(options);
    const { entry, done, recorder } = history.resume(id);
    const engine = await engineFor(options);
    logUnlessQuiet(
      options,
      `resuming ${id}: ${entry.summary.hosts} of ${entry.hosts} hosts are judged; probes ${spaceWords(spec)}`,
    );
    if (JSON.stringify(kept.scope) !== JSON.stringify(now.scope)) {
      logUnlessQuiet(
        options,
        'the scope in the configuration has changed since the run started: what it excludes now is not probed',
      );
    }
    if ((done.begun[HURRY.begunBefore - 1] ?? 0) > done.low) {
      logUnlessQuiet(
        options,
        `hosts that ${HURRY.begunBefore} processes began and none finished get ${HURRY.mostMs} ms at most for an answer, and their filters are not located`,
      );
    }
    const run = againFrom(entry, engine, shard);
    const space = makeSpace(spec);
    return exitCodeOf(
      await runAudit({
        history,
        recorder,
        run,
        earlier: entry,
        space,
        excludes,
        done,
        engine,
        extraProbes,
        options,
        policy,
      }),
      options,
    );
  });
};
