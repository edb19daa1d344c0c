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
import { QUORUM_HOSTS, VantageTally } from '../verdict/vantages.ts';
import { version } from './version.ts';

/** A vantage of a fleet whose run has been concluded. */
export interface SeenVantage {
  readonly name: string;
  /** Id of its run in the history. */
  readonly run: string;
  /** Hosts from which anything came back. */
  readonly answering: number;
  readonly sick: boolean;
}

/** Which vantages are sick: from none of the hosts anything came back, while another vantage reached several. */
export const sickOf = (answering: readonly number[]): boolean[] =>
  answering.map((count) => count === 0 && answering.some((other) => other >= QUORUM_HOSTS));

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

const summed = (summaries: readonly Summary[]): Summary => {
  const sum = { ...eachCount(0) };
  for (const summary of summaries)
    for (const key of Object.keys(sum) as (keyof Summary)[]) sum[key] += summary[key];
  return sum;
};

/** How the vantages of a fleet compare, out of their runs. */
export const compareVantages = (history: RunHistory, vantages: readonly SeenVantage[]): VantageComparison => {
  const tally = new VantageTally(vantages);
  for (const reports of sideBySide(
    history,
    vantages.map(({ run }) => run),
  ))
    tally.add(reports);
  return {
    vantages: vantages.map(({ name, run, answering, sick }) => ({
      name,
      run,
      summary: history.summary(run),
      answering,
      sick,
    })),
    matrix: tally.matrix(),
    findings: tally.findings(),
  };
};

/** The one report of a fleet: the hosts as each vantage sees them, and how the vantages compare. `run` is that of the whole. */
export const fleetReport = (
  history: RunHistory,
  run: Run,
  vantages: readonly SeenVantage[],
): ReportSource => {
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
    comparison: compareVantages(history, vantages),
  };
};
