import { randomInt } from 'node:crypto';
import { conductFleet, knownVantages } from '../fleet/coordinator.ts';
import type { PlanMessage } from '../fleet/messages.ts';
import { openStore, type Store } from '../fleet/store.ts';
import { VantageLine } from '../fleet/vantage-line.ts';
import { UsageError } from '../model/fault.ts';
import type { HostReport, ReportSource, Run, RunStart } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Done } from '../store/reports.ts';
import type { Excludes } from '../targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { aboutDuration } from '../text/duration.ts';
import { shellWord } from '../text/shell-word.ts';
import { MOST_UNCONFIRMED } from './estimate.ts';
import type { FleetChoice } from './fleet-choice.ts';
import { fleetSeal } from './fleet-key.ts';
import { fleetReport, type SeenVantage, sickOf } from './fleet-report.ts';
import { cutSpace, FleetVantage } from './fleet-vantage.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import type { KeptOptions, KeptPlan } from './kept-plan.ts';
import type { ScanOptions } from './options.ts';
import { runIdOf } from './run-start.ts';
import { say } from './say.ts';
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
}

/** A run of a fleet that goes on. */
export interface EarlierRun {
  readonly id: string;
  readonly startedAt: string;
  readonly seed: number;
  readonly vantages: readonly {
    readonly name: string;
    readonly run: RunStart;
    readonly done: Done;
    readonly probesSent: number;
    readonly recorder: Parameters<FleetVantage['begin']>[1];
  }[];
}

const NOTHING_DONE: Done = { low: 0, above: new Set(), begun: [] };

/** Id of the run of one vantage in the history. */
export const vantageRunId = (run: string, vantage: string): string => `${run}.${vantage}`;

const shardHosts = ({ rate, sample }: ScanOptions): number => {
  const hosts = (rate * SHARD.seconds) / (SHARD.probesToPort * (sample + SHARD.requiredPorts));
  return Math.max(SHARD.least, Math.min(SHARD.most, Math.floor(hosts)));
};

/** What decides how hosts are probed. Nothing else travels: the URL of the store may hold a password. */
const keptOptions = (options: ScanOptions): KeptOptions => {
  const { novice, rpcRange, sample, seed, timeoutMs, retries, concurrency, perHost, rate } = options;
  const { perHostRate, perSubnetRate, hostsAtOnce, bulk, engine, families, ping, map, locate, scope } =
    options;
  return {
    ...{ novice, rpcRange, sample, seed, timeoutMs, retries, concurrency, perHost, rate },
    ...{ perHostRate, perSubnetRate, hostsAtOnce, bulk, engine, families, ping, map, locate, scope },
  };
};

const vantagesOf = async (store: Store, { fleet, earlier }: FleetJob): Promise<readonly string[]> => {
  if (earlier) return earlier.vantages.map(({ name }) => name);
  const names = fleet.vantages ?? (await knownVantages(store));
  if (names.length > 0) return names;
  throw new UsageError(
    `no vantage of ${store.name} has a worker; start one with 'ra-preflight worker --redis URL --vantage NAME'`,
  );
};

/** One line that says how far each vantage is, and how long it may still take. */
const progressWords = (
  vantages: readonly FleetVantage[],
  size: number,
  began: number,
  before: number,
): string => {
  const judged = vantages.reduce((sum, one) => sum + one.judged, 0);
  const left = size * vantages.length - judged;
  const perSecond = (judged - before) / ((performance.now() - began) / 1000);
  const eta = perSecond > 0 && left > 0 ? `, ${aboutDuration(left / perSecond)} left` : '';
  return `${vantages.map(({ name, judged: hosts }) => `${name} ${hosts}/${size}`).join(', ')}${eta}`;
};

/** Has the vantages probe, keeps what they find, and gives the one report. Throws UsageError. */
export const conductFleetAudit = async (job: FleetJob): Promise<ReportSource> => {
  const { history, spec, size, options, fleet, earlier, excludes } = job;
  const seal = await fleetSeal(fleet.keyFile);
  const store = await openStore(fleet.redis);
  const { hostSchema } = await import('../output/schema.ts');
  const readHost = (value: unknown): HostReport => hostSchema.parse(value);
  const tell = (text: string): void => {
    if (!options.quiet) say(text);
  };
  const interrupt = interruptible(
    () => tell('stopping; the results so far follow'),
    () => process.exit(EXIT_INTERRUPTED),
    SIGNALS,
  );
  try {
    const names = await vantagesOf(store, job);
    const startedAt = earlier?.startedAt ?? new Date().toISOString();
    const id = earlier?.id ?? runIdOf(new Date(startedAt));
    const seed = earlier?.seed ?? options.seed ?? randomInt(2 ** 32);
    const plan: PlanMessage = {
      ...{ run: id, version, seed, startedAt, notAfter: Date.now() + PLAN_MS },
      ...{ options: keptOptions(options), excludes },
    };
    const space = makeSpace(spec);
    const cuts = cutSpace(spec, size, shardHosts(options));
    const vantages = names.map((name) => {
      const known = earlier?.vantages.find((one) => one.name === name);
      const vantage = new FleetVantage(name, cuts, space, known?.done ?? NOTHING_DONE, readHost);
      if (!known) return vantage;
      vantage.begin(known.run, known.recorder, known.probesSent);
      for (const { index, report } of history.entries(known.run.id)) vantage.count(index, report);
      return vantage;
    });
    const lines = vantages.map(
      (vantage) =>
        new VantageLine({
          ...{ store, seal, vantage: vantage.name, plan, rate: options.rate, book: vantage.book, tell },
          shardOf: cuts.shardOf,
          keep: (batch) => vantage.keep(batch),
        }),
    );
    const kept: KeptPlan = { spec, excludes, options: keptOptions(options), shard: null };
    let hasBegun = earlier !== null;
    const begin = (): void => {
      if (hasBegun) return;
      hasBegun = true;
      for (const [at, vantage] of vantages.entries()) {
        const worker = lines[at]?.workers.live[0];
        const run: RunStart = {
          ...{ id: vantageRunId(id, vantage.name), startedAt, vantage: vantage.name, seed },
          ...{ engine: worker?.engine ?? 'node', engineWhy: worker?.engineWhy ?? '', novice: options.novice },
          fleet: { run: id, vantages: names },
        };
        const recorder = history.begin({ run, targets: job.targets, hosts: size, plan: kept });
        vantage.begin(run, recorder);
      }
      tell(`run ${id}: ${cuts.count} shards for each of ${names.length} vantages (${names.join(', ')})`);
    };
    const began = performance.now();
    const before = vantages.reduce((sum, { judged }) => sum + judged, 0);
    const live = process.stderr.isTTY && !options.quiet;
    let beatAt = began;
    const { interrupted } = await conductFleet({
      ...{ store, lines, tell, begin, stop: interrupt.signal },
      progressOf: ({ vantage }) => {
        const one = vantages.find(({ name }) => name === vantage);
        return {
          ...{
            run: id,
            hosts: size,
            judged: one?.judged ?? 0,
            sent: one?.sent ?? 0,
            rate: options.rate,
            startedAt,
          },
          shards: { of: cuts.count, done: one?.book.shardsDone ?? 0 },
        };
      },
      onLook: () => {
        if (live) process.stderr.write(`\r\x1b[2K${progressWords(vantages, size, began, before)}`);
        if (!hasBegun || performance.now() - beatAt < BEAT_MS) return;
        beatAt = performance.now();
        for (const vantage of vantages) vantage.beat();
      },
    });
    if (live) process.stderr.write('\r\x1b[2K');
    if (!hasBegun) throw new UsageError('stopped before a worker was there');
    const sick = interrupted ? names.map(() => false) : sickOf(vantages.map(({ answering }) => answering));
    const durationMs = Math.round(performance.now() - began);
    const finishedAt = new Date().toISOString();
    const endOf = (start: RunStart, probesSent: number): Run => ({
      ...start,
      ...{ finishedAt, probesSent, durationMs, interrupted },
    });
    for (const [at, vantage] of vantages.entries())
      await vantage.end(history, endOf(vantage.run, vantage.sent), sick[at] ?? false);
    if (interrupted && options.db !== ':memory:') tell(`resume with: ${resumeCommand(id, size, options)}`);
    const seen = vantages.map(
      ({ name, run, answering }, at): SeenVantage => ({
        name,
        run: run.id,
        answering,
        sick: sick[at] ?? false,
      }),
    );
    const { fleet: _, ...first } = vantages[0]?.run ?? ({} as RunStart);
    const whole = endOf(
      { ...first, id, vantage: names.join(', ') },
      vantages.reduce((sum, { sent }) => sum + sent, 0),
    );
    return names.length === 1 ? singleReport(history, seen[0], whole) : fleetReport(history, whole, seen);
  } finally {
    interrupt.release();
    store.close();
  }
};

/** A fleet with one vantage has nothing to compare: its report is that of an audit from there. */
const singleReport = (history: RunHistory, seen: SeenVantage | undefined, run: Run): ReportSource => {
  if (!seen) throw new Error('no vantage');
  const { comparison: _, ...report } = fleetReport(history, run, [seen]);
  return { ...report, groups: history.groups(seen.run) ?? [], hosts: history.hosts(seen.run) };
};

const resumeCommand = (id: string, hosts: number, { db, redis }: ScanOptions): string =>
  [
    `ra-preflight audit --resume ${id} --fleet`,
    // A URL with a password is not repeated.
    ...(redis !== null && !redis.includes('@') ? ['--redis', shellWord(redis)] : []),
    ...(db === null ? [] : ['--db', shellWord(db)]),
    ...(hosts > MOST_UNCONFIRMED ? ['--yes'] : []),
  ].join(' ');
