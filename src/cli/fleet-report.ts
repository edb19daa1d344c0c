import { inPieces } from '../model/in-pieces.ts';
import {
  type Group,
  type HostReport,
  REPORT_SCHEMA,
  type ReportSource,
  type Run,
  type Summary,
} from '../model/report.ts';
import { eachCount } from '../model/summary.ts';
import type { VantageComparison } from '../model/vantages.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Entry } from '../store/reports.ts';
import { sickOf, VantageTally } from '../verdict/vantages.ts';
import { runInPieces } from './run-in-pieces.ts';
import { version } from './version.ts';

/** A vantage of a fleet and the id of its run in the history. */
export interface SeenVantage {
  readonly name: string;
  readonly run: string;
}

/** Id of the run of one vantage in the history. */
export const vantageRunId = (run: string, vantage: string): string => `${run}.${vantage}`;

/** The reports on each host side by side, in the order of the host index; null where a vantage has none. */
function* sideBySide(history: RunHistory, runs: readonly string[]): Generator<(HostReport | null)[]> {
  const walks = runs.map((run) => history.entries(run)[Symbol.iterator]());
  const heads: (Entry | null)[] = walks.map((walk) => walk.next().value ?? null);
  for (;;) {
    const index = Math.min(...heads.map((head) => head?.index ?? Number.POSITIVE_INFINITY));
    if (index === Number.POSITIVE_INFINITY) return;
    yield heads.map((head) => (head?.index === index ? head.report : null));
    for (const [at, head] of heads.entries())
      if (head?.index === index) heads[at] = walks[at]?.next().value ?? null;
  }
}

/** The counts of several runs together. */
export const summed = (summaries: readonly Summary[]): Summary => {
  const sum = { ...eachCount(0) };
  for (const summary of summaries)
    for (const key of Object.keys(sum) as (keyof Summary)[]) sum[key] += summary[key];
  return sum;
};

/**
 * How the vantages of a fleet compare, out of their runs, in pieces. `isOver`: all of them have ended, so that who is sick can be told.
 */
export function* compareVantages(
  history: RunHistory,
  vantages: readonly SeenVantage[],
  isOver: boolean,
): Generator<'', VantageComparison> {
  const tally = new VantageTally(vantages.map(({ name }) => name));
  const runs = vantages.map(({ run }) => run);
  yield* inPieces(sideBySide(history, runs), (reports) => tally.add(reports));
  const sick = sickOf(tally.answering);
  return {
    vantages: vantages.map(({ name, run }, at) => ({
      ...{ name, run, summary: history.summary(run), answering: tally.answering[at] ?? 0 },
      sick: isOver && (sick[at] ?? false),
    })),
    matrix: tally.matrix(),
    findings: tally.findings(),
  };
}

/** A fleet with one vantage has nothing to compare: its report is that of an audit from there. */
const singleReport = (history: RunHistory, run: Run, { run: id }: SeenVantage): ReportSource => ({
  schema: REPORT_SCHEMA,
  tool: { name: 'ra-preflight', version },
  run,
  hosts: history.hosts(id),
  groups: history.groups(id) ?? [],
  summary: history.summary(id),
});

/** The one report of a fleet: the hosts as each vantage sees them, and how the vantages compare. `run` is that of the whole. */
export const fleetReport = async (
  history: RunHistory,
  run: Run,
  vantages: readonly SeenVantage[],
): Promise<ReportSource> => {
  const [first, ...others] = vantages;
  if (!first) throw new Error('a fleet without a vantage');
  if (others.length === 0) return singleReport(history, run, first);
  const groups = vantages.flatMap(({ name, run: id }): Group[] =>
    (history.groups(id) ?? []).map((group) => ({
      ...group,
      vantage: name,
      text: `From ${name}: ${group.text}`,
    })),
  );
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'ra-preflight', version },
    run,
    hosts: {
      *[Symbol.iterator]() {
        for (const { name, run: id } of vantages)
          for (const report of history.hosts(id)) yield { vantage: name, ...report };
      },
    },
    groups: groups.toSorted((a, b) => b.hosts - a.hosts),
    summary: summed(vantages.map(({ run: id }) => history.summary(id))),
    comparison: await runInPieces(compareVantages(history, vantages, !run.interrupted && !run.running)),
  };
};
