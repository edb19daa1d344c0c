import { ipText } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import { DIFF_SCHEMA, type RunDiff, type RunEntry } from '../model/history.ts';
import type { HostReport, Verdict } from '../model/report.ts';
import type { History } from '../store/history.ts';
import type { TargetItem } from '../targets/item.ts';
import { parseTarget } from '../targets/parse.ts';
import type { SpaceSpec } from '../targets/space.ts';
import { isWithin } from '../targets/space-within.ts';
import { spanOf } from '../targets/span.ts';
import { counted } from '../text/counts.ts';
import { diffHosts } from '../verdict/diff.ts';
import { prepareAsked, startAudit } from './audit.ts';
import { deliver } from './deliver.ts';
import { exitCodeOf } from './exit-code.ts';
import { withHistory } from './history-file.ts';
import { loadStoredPlan } from './load-stored-plan.ts';
import { logUnlessQuiet } from './log.ts';
import { eachTimeOf, outputsOf, type ScanOptions } from './options.ts';
import { checkAllWritable } from './output-file.ts';
import { readAsked } from './read-targets.ts';
import { screenOf } from './terminal.ts';

const NOT_READY: readonly Verdict[] = ['blocked', 'undetermined', 'unreachable'];

/** The hosts of a run that were not ready. A history may come from somebody else: each must be a single host by its text. */
const notReady = (history: History, { id }: RunEntry): TargetItem[] => {
  const at = `run ${id}`;
  const expected = 'expected a single host, as every host of a run is';
  const items: TargetItem[] = [];
  for (const verdict of NOT_READY)
    for (const { report } of history.entries(id, verdict)) {
      parseTarget(report.target, { at, expected });
      items.push({ text: report.target, at });
    }
  return items;
};

/** The targets of a space as somebody would type them, in its order. */
const textsOf = ({ parts }: SpaceSpec): string[] =>
  parts.flatMap((part) => {
    if (part.kind === 'names') return part.names.map(({ text }) => text);
    if (part.kind === 'addresses') return part.addresses.map(({ text }) => text);
    const { first, family, count } = part;
    const start = spanOf(first)?.first;
    return count === 1 || start === undefined
      ? [first]
      : [`${first}-${ipText(start + BigInt(count) - 1n, family)}`];
  });

const refuse = ({ id, state, fleet, summary }: RunEntry, options: ScanOptions): void => {
  const why = (text: string): UsageError => new UsageError(`run ${id} cannot be verified: ${text}`);
  if (state === 'running') throw why('it is still running');
  if (fleet || options.fleet) throw why('workers of a fleet do not verify');
  if (summary.hosts === 0) throw why('it judged no host');
};

function* among(hosts: Iterable<HostReport>, targets: ReadonlySet<string>): Generator<HostReport> {
  for (const host of hosts) if (targets.has(host.target)) yield host;
}

/** What changed from one run to another on the hosts that the other judged. */
const changesOn = (history: History, before: RunEntry, id: string): RunDiff => {
  const judged = new Set<string>();
  for (const { target } of history.hosts(id)) judged.add(target);
  const compared = diffHosts(among(history.hostsByTarget(before.id), judged), history.hostsByTarget(id));
  return { schema: DIFF_SCHEMA, before, after: history.find(id), ...compared };
};

/** Prints what changed behind the report; beside it, on standard error, where programs read the report from standard output. */
const printChanges = async (diff: RunDiff, options: ScanOptions): Promise<void> => {
  const isForPrograms = outputsOf(options).some(
    ({ path, format }) => (path === null || path === '-') && format !== 'table',
  );
  if (isForPrograms && options.quiet) return;
  const stream = isForPrograms ? process.stderr : process.stdout;
  const { renderDiff } = await import('../output/diff-table.ts');
  const screen = { ...screenOf(stream, process.env, options.colour), verbose: options.verbose };
  const text = ['\n', ...renderDiff(diff, screen)];
  if (isForPrograms) process.stderr.write(text.join(''));
  else await deliver(text, null);
};

/**
 * `ra-preflight audit --verify RUN`: probes the hosts of a run again that were not ready, the way that run did and with its seed, keeps
 * that as a run of its own, and prints what changed on them. What may be probed is what the configuration says today, less what that
 * run excluded. Gives the exit code of the new run. Throws UsageError.
 */
export const verifyAudit = async (which: string, now: ScanOptions): Promise<number> => {
  await checkAllWritable(now.outputs);
  return withHistory(now.db, 'change', async (history) => {
    const before = history.find(which);
    refuse(before, now);
    const { spec, options: kept, excludes } = await loadStoredPlan(history, before, 'verified');
    const items = notReady(history, before);
    const judged = before.summary.hosts;
    if (before.state === 'interrupted')
      logUnlessQuiet(
        now,
        `run ${before.id} was interrupted: ${before.hosts - judged} hosts that it did not judge are left out`,
      );
    if (items.length === 0) {
      logUnlessQuiet(now, `every host of run ${before.id} was ready; there is nothing to probe again`);
      return 0;
    }
    logUnlessQuiet(
      now,
      `${items.length} of ${counted(judged, 'host')} of run ${before.id} were not ready and are probed again`,
    );
    const { excludes: barred, excludeFiles, skipBad } = now;
    const options = {
      ...{ ...kept, ...eachTimeOf(now), seed: before.seed },
      ...{ excludes: barred, excludeFiles, skipBad, csvColumn: null, shard: null, vantages: null },
    };
    const asked = await readAsked(items, options, excludes);
    // The plan holds no other hosts than the history shows; neither may what came of it.
    if (!isWithin(asked.spec, spec))
      throw new UsageError(`run ${before.id} cannot be verified: it has hosts that its targets do not name`);
    const prepared = await prepareAsked(textsOf(asked.spec), asked, options);
    const report = await startAudit(prepared, { history });
    await printChanges(changesOn(history, before, report.run.id), options);
    return exitCodeOf(report, options);
  });
};
