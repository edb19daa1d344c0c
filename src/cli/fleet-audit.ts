import { randomInt } from 'node:crypto';
import { conductFleet, knownVantages } from '../fleet/coordinator.ts';
import { type FleetStore, openStore } from '../fleet/fleet-store.ts';
import type { PlanMessage } from '../fleet/messages.ts';
import { VantageRun } from '../fleet/vantage-run.ts';
import { UsageError } from '../model/fault.ts';
import type { HostReport, ReportSource, Run, RunStart } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { JudgedOrdinals } from '../store/reports.ts';
import type { Excludes } from '../targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { sickOf } from '../verdict/vantages.ts';
import type { FleetChoice } from './fleet-choice.ts';
import { fleetSeal } from './fleet-key.ts';
import { fleetReport, vantageRunId } from './fleet-report.ts';
import { fleetScreen } from './fleet-screen.ts';
import { cutSpace, FleetVantage } from './fleet-vantage.ts';
import { type FleetRunView, progressView, type ShownFleet } from './fleet-view.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import { log, logUnlessQuiet } from './log.ts';
import type { ScanOptions } from './options.ts';
import type { PolicyOfRun } from './policy-of-run.ts';
import { resumeCommand } from './resume-command.ts';
import { runIdOf } from './run-start.ts';
import type { StoredOptions, StoredPlan } from './stored-plan.ts';
import { wantsTui } from './terminal.ts';
import { version } from './version.ts';

/** Hosts of a shard: 30 seconds of work at the rate of the vantage where everything answers, whole /24s, and not too many. */
const SHARD = { seconds: 30, least: 256, most: 4096, probesToPort: 2, requiredPorts: 2 } as const;
/** How long the plan of a run may be used after it was written, milliseconds. */
const PLAN_MS = 7 * 86_400_000;
/** How often the history records that the run goes on, milliseconds. */
const BEAT_MS = 5000;

/** What a fleet is to probe. */
export interface FleetJob {
  readonly history: RunHistory;
  readonly targets: readonly string[];
  readonly spec: SpaceSpec;
  readonly size: number;
  readonly excludes: Excludes;
  readonly options: ScanOptions;
  readonly fleet: FleetChoice;
  /** What earlier processes had of the run; null for a new one. */
  readonly earlier: EarlierRun | null;
  /** What the policy files of the run say of its hosts: the coordinator joins it, workers need not know. */
  readonly policy: PolicyOfRun | null;
  readonly schedule?: string;
  /** An order to stop from elsewhere, instead of the signals of the process. */
  readonly stop?: AbortSignal;
}

/** A run of a fleet that goes on. */
export interface EarlierRun {
  readonly id: string;
  readonly startedAt: string;
  readonly seed: number;
  readonly names: readonly string[];
  /** Those whose runs had begun. */
  readonly vantages: readonly {
    readonly name: string;
    readonly run: RunStart;
    readonly done: JudgedOrdinals;
    readonly probesSent: number;
    readonly durationMs: number;
    /** Null for one whose run has ended. */
    readonly recorder: Parameters<FleetVantage['begin']>[1];
  }[];
}

const NOTHING_DONE: JudgedOrdinals = { low: 0, above: new Set(), begun: [] };

const shardHosts = ({ rate, sample }: ScanOptions): number => {
  const hosts = (rate * SHARD.seconds) / (SHARD.probesToPort * (sample + SHARD.requiredPorts));
  return Math.max(SHARD.least, Math.min(SHARD.most, Math.floor(hosts)));
};

/** What decides how hosts are probed. Nothing else travels: the URL of the store may hold a password. */
const storedOptions = (options: ScanOptions): StoredOptions => {
  const { novice, rpcRange, sample, seed, timeoutMs, retries, concurrency, perHost, rate } = options;
  const { perHostRate, perSubnetRate, hostsAtOnce, bulk, engine, families, ping, map, locate, scope } =
    options;
  return {
    ...{ novice, rpcRange, sample, seed, timeoutMs, retries, concurrency, perHost, rate },
    ...{ perHostRate, perSubnetRate, hostsAtOnce, bulk, engine, families, ping, map, locate, scope },
  };
};

const vantagesOf = async (store: FleetStore, { fleet, earlier }: FleetJob): Promise<readonly string[]> => {
  if (earlier) return earlier.names;
  const names = fleet.vantages ?? (await knownVantages(store));
  if (names.length > 0) return names;
  throw new UsageError(
    `no vantage of ${store.name} has a worker; start one with 'ra-preflight worker --redis URL --vantage NAME'`,
  );
};

/** Has the vantages probe, keeps what they find, and gives the one report. Throws UsageError. */
export const conductFleetAudit = async (job: FleetJob): Promise<ReportSource> => {
  const { history, spec, size, options, fleet, earlier, excludes, policy } = job;
  const seal = await fleetSeal(fleet.keyFile);
  const store = await openStore(fleet.redis);
  const { hostSchema } = await import('../output/schema.ts');
  const readHost = (value: unknown): HostReport => {
    const report: HostReport = hostSchema.parse(value);
    return policy ? policy(report) : report;
  };
  let view: FleetRunView | null = null;
  const logged = (text: string): void => {
    if (view) view.notice(text);
    else logUnlessQuiet(options, text);
  };
  const interrupt = interruptible(
    () => logged('stopping; the results so far follow'),
    () => process.exit(EXIT_INTERRUPTED),
    job.stop ?? SIGNALS,
  );
  try {
    const names = await vantagesOf(store, job);
    const startedAt = earlier?.startedAt ?? new Date().toISOString();
    const id = earlier?.id ?? runIdOf(new Date(startedAt));
    const seed = earlier?.seed ?? options.seed ?? history.lastOf(job.targets)?.seed ?? randomInt(2 ** 32);
    const plan: PlanMessage = {
      ...{ run: id, version, seed, startedAt, notAfter: Date.now() + PLAN_MS },
      ...{ options: storedOptions(options), excludes },
    };
    const space = makeSpace(spec);
    const cuts = cutSpace(spec, size, shardHosts(options));
    const vantages = names.map((name, at) => {
      const known = earlier?.vantages.find((one) => one.name === name);
      const vantage = new FleetVantage(name, cuts, space, known?.done ?? NOTHING_DONE, {
        readHost,
        onJudged: (index, report) => view?.judged(at, index, report),
      });
      if (!known) return vantage;
      vantage.begin(known.run, known.recorder, known.probesSent);
      for (const { index, report } of history.entries(known.run.id)) vantage.count(index, report);
      return vantage;
    });
    // A coordinator that was killed at the end may have all hosts of some: they need no worker.
    const open = vantages.filter(({ isOpen }) => isOpen);
    const runs = open.map(
      (vantage) =>
        new VantageRun({
          ...{
            store,
            seal,
            vantage: vantage.name,
            plan,
            rate: options.rate,
            tracker: vantage.tracker,
            log: logged,
          },
          shardOf: cuts.shardOf,
          keep: (batch) => vantage.keep(batch),
        }),
    );
    const kept: StoredPlan = { spec, excludes, options: storedOptions(options), shard: null };
    const whole = (): RunStart => {
      const { fleet: _, ...first } = vantages[0]?.run ?? ({} as RunStart);
      return { ...first, id, vantage: names.join(', ') };
    };
    const shown: ShownFleet = {
      ...{ history, options, targets: job.targets, space, vantages, run: whole, stop: interrupt.stop },
      setRate: (perSecond) => {
        for (const one of runs) one.rate = perSecond;
      },
    };
    view = wantsTui(options) ? fleetScreen(shown) : progressView(shown);
    let hasBegun = false;
    const begin = (): void => {
      if (hasBegun) return;
      hasBegun = true;
      record();
      view?.begin();
      logged(`run ${id}: ${cuts.count} shards for each of ${names.length} vantages (${names.join(', ')})`);
    };
    const record = (): void => {
      for (const [at, vantage] of open.entries()) {
        if (vantage.hasBegun) continue;
        const worker = runs[at]?.workers.live[0];
        const run: RunStart = {
          ...{ id: vantageRunId(id, vantage.name), startedAt, vantage: vantage.name, seed },
          ...{ engine: worker?.engine ?? 'node', engineWhy: worker?.engineWhy ?? '', novice: options.novice },
          fleet: { run: id, vantages: names },
          ...(job.schedule === undefined ? {} : { schedule: job.schedule }),
        };
        const recorder = history.begin({ run, targets: job.targets, hosts: size, plan: kept });
        vantage.begin(run, recorder);
      }
    };
    const began = performance.now();
    const since = new Date().toISOString();
    const judgedBefore = new Map(vantages.map(({ name, judged }) => [name, judged]));
    let beatAt = began;
    const { interrupted } = await conductFleet({
      ...{ store, vantages: runs, log: logged, begin, stop: interrupt.signal },
      progressOf: ({ name, rate }) => {
        const one = vantages.find((vantage) => vantage.name === name);
        return {
          ...{
            run: id,
            hosts: size,
            judged: one?.judged ?? 0,
            sent: one?.sent ?? 0,
            rate,
            startedAt,
          },
          since: { at: since, judged: judgedBefore.get(name) ?? 0 },
          shards: { of: cuts.count, done: one?.tracker.shardsDone ?? 0 },
        };
      },
      onLook: () => {
        view?.look();
        if (!hasBegun || performance.now() - beatAt < BEAT_MS) return;
        beatAt = performance.now();
        for (const vantage of vantages) vantage.beat();
      },
    });
    if (!hasBegun && !earlier) throw new UsageError('stopped before a worker was there');
    const sick = interrupted ? names.map(() => false) : sickOf(vantages.map(({ answering }) => answering));
    const before = Math.max(0, ...(earlier?.vantages ?? []).map((one) => one.durationMs));
    const durationMs = before + Math.round(performance.now() - began);
    const finishedAt = new Date().toISOString();
    const endOf = (start: RunStart, probesSent: number): Run => ({
      ...start,
      ...{ finishedAt, probesSent, durationMs, interrupted },
    });
    for (const [at, vantage] of vantages.entries())
      await vantage.end(history, endOf(vantage.run, vantage.sent), sick[at] ?? false);
    const run = endOf(
      whole(),
      vantages.reduce((sum, { sent }) => sum + sent, 0),
    );
    await view.end(run);
    if (interrupted && options.db !== ':memory:' && !options.quiet)
      log(`resume with: ${resumeCommand(id, size, 'fleet', options)}`);
    return await fleetReport(
      history,
      run,
      vantages.map(({ name, run: { id: ofVantage } }) => ({ name, run: ofVantage })),
    );
  } catch (error) {
    await view?.abandon(error);
    throw error;
  } finally {
    interrupt.release();
    store.close();
  }
};
