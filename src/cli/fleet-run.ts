import { UsageError } from '../model/fault.ts';
import type { RunEntry } from '../model/history.ts';
import type { FleetOfRun, ReportSource, RunStart } from '../model/report.ts';
import type { History } from '../store/history.ts';
import { confirm } from './confirm.ts';
import { exitCodeOf } from './exit-code.ts';
import { conductFleetAudit, type FleetJob } from './fleet-audit.ts';
import type { FleetChoice } from './fleet-choice.ts';
import { vantageRunId } from './fleet-report.ts';
import { withRunHistory } from './history-file.ts';
import { logUnlessQuiet } from './log.ts';
import type { ScanOptions } from './options.ts';
import { loadPolicy, refusePolicyTargets } from './policy-of-run.ts';
import { readTargets } from './read-targets.ts';
import type { StoredPlan } from './stored-plan.ts';
import { deliverReport } from './write-report.ts';

const delivered = async (report: ReportSource, options: ScanOptions): Promise<number> => {
  await deliverReport(options, report);
  return exitCodeOf(report, options);
};

/** Reads what a fleet is to probe. Throws UsageError for what was typed wrong. */
const prepareFleet = async (
  texts: readonly string[],
  options: ScanOptions,
  fleet: FleetChoice,
): Promise<Omit<FleetJob, 'history'>> => {
  await refusePolicyTargets(texts, options);
  const { spec, excludes, size, notices } = await readTargets(texts, options);
  confirm(size, options);
  const policy = await loadPolicy(options);
  for (const notice of notices) logUnlessQuiet(options, notice);
  return { targets: texts, spec, size, excludes, options, fleet, earlier: null, policy };
};

/** An audit that the workers of a fleet make, for a schedule. Gives the report, which lives as long as the history is open. */
export const startFleetAudit = async (
  texts: readonly string[],
  options: ScanOptions,
  fleet: FleetChoice,
  { history, schedule, stop }: Pick<FleetJob, 'history' | 'schedule' | 'stop'>,
): Promise<ReportSource> =>
  conductFleetAudit({
    ...(await prepareFleet(texts, options, fleet)),
    history,
    ...(schedule === undefined ? {} : { schedule }),
    ...(stop ? { stop } : {}),
  });

/** `ra-preflight audit --fleet`: delivers the report and gives the exit code. Throws UsageError. */
export const fleetAudit = async (
  texts: readonly string[],
  options: ScanOptions,
  fleet: FleetChoice,
): Promise<number> => {
  const job = await prepareFleet(texts, options, fleet);
  return withRunHistory(
    options.db,
    (why) => logUnlessQuiet(options, why),
    async (history) => delivered(await conductFleetAudit({ ...job, history }), options),
  );
};

/** Takes the runs of all vantages of a fleet over. */
export const resumeFleet = async (
  history: History,
  { fleet, startedAt, seed, targets, hosts, schedule }: RunEntry & { readonly fleet: FleetOfRun },
  { spec, excludes }: Pick<StoredPlan, 'spec' | 'excludes'>,
  options: ScanOptions,
  choice: FleetChoice,
): Promise<number> => {
  const policy = await loadPolicy(options);
  const begun = new Map(history.fleet(fleet.run).map((entry) => [entry.id, entry]));
  if ([...begun.values()].every(({ state }) => state === 'finished') && begun.size === fleet.vantages.length)
    throw new UsageError(`run ${fleet.run} is finished; there is nothing to resume`);
  const vantages = fleet.vantages.flatMap((name) => {
    const found = begun.get(vantageRunId(fleet.run, name));
    // Its coordinator may have been killed before it had begun all of them, or when it had ended some.
    if (!found) return [];
    const isOver = found.state === 'finished';
    const { entry, done, recorder } = isOver
      ? { entry: found, done: history.done(found.id), recorder: null }
      : history.resume(found.id);
    const { id, vantage, engine, engineWhy, novice } = entry;
    const run: RunStart = {
      ...{ id, startedAt, vantage, engine, engineWhy, novice, seed, fleet },
      ...(schedule === undefined ? {} : { schedule }),
    };
    const { probesSent, durationMs, summary } = entry;
    return [{ name, run, hosts: summary.hosts, done, recorder, probesSent, durationMs }];
  });
  const judged = vantages.reduce((sum, one) => sum + one.hosts, 0);
  logUnlessQuiet(options, `resuming ${fleet.run}: ${judged} of ${hosts * fleet.vantages.length} are judged`);
  const earlier = { id: fleet.run, startedAt, seed, names: fleet.vantages, vantages };
  const job = { history, targets, spec, size: hosts, excludes, options, fleet: choice, earlier, policy };
  return delivered(await conductFleetAudit(job), options);
};
