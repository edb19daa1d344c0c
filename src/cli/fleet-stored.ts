import { CHANGE_KINDS, DIFF_SCHEMA, type RunDiff, type RunEntry } from '../model/history.ts';
import type { ReportSource, Run } from '../model/report.ts';
import type { Format } from '../output/format.ts';
import type { History } from '../store/history.ts';
import { compareVantages, fleetReport, type SeenVantage, summed } from './fleet-report.ts';
import { diffToPrevious, pageFormat } from './report-history.ts';
import { runInPieces } from './run-in-pieces.ts';
import { storedReport } from './stored-report.ts';

const seen = (runs: readonly RunEntry[]): SeenVantage[] =>
  runs.map(({ vantage, id }) => ({ name: vantage, run: id }));

const latest = (times: readonly string[]): string => times.toSorted().at(-1) ?? '';

/** The runs of the vantages of a fleet as one run. Of several vantages that are given, at least one. */
export const wholeOf = (runs: readonly RunEntry[]): RunEntry => {
  const [first] = runs;
  if (!first?.fleet) throw new Error('no run of a fleet');
  const { fleet, ...common } = first;
  const ends = runs.flatMap(({ finishedAt }) => finishedAt ?? []);
  const states = new Set(runs.map(({ state }) => state));
  return {
    ...common,
    id: fleet.run,
    vantage: runs.map(({ vantage }) => vantage).join(', '),
    state: states.has('running') ? 'running' : states.has('interrupted') ? 'interrupted' : 'finished',
    finishedAt: ends.length === runs.length ? latest(ends) : null,
    hosts: runs.reduce((sum, { hosts }) => sum + hosts, 0),
    summary: summed(runs.map(({ summary }) => summary)),
    probesSent: runs.reduce((sum, { probesSent }) => sum + probesSent, 0),
    durationMs: Math.max(...runs.map(({ durationMs }) => durationMs)),
  };
};

/** The report of a whole fleet out of the history, as far as its vantages have come. */
const wholeReport = (history: History, runs: readonly RunEntry[]): Promise<ReportSource> => {
  const { id, vantage, probesSent, durationMs } = wholeOf(runs);
  const all = runs.map((entry) => history.run(entry.id));
  const [first] = all;
  if (!first) throw new Error('no run of a fleet');
  const { fleet: _, running: __, ...common } = first;
  const run: Run = {
    ...{ ...common, id, vantage, probesSent, durationMs },
    finishedAt: latest(all.map(({ finishedAt }) => finishedAt)),
    interrupted: all.some(({ interrupted }) => interrupted),
    ...(all.some(({ running }) => running) ? { running: true } : {}),
  };
  return fleetReport(history, run, seen(runs));
};

/** The report of a run with what the other vantages of its fleet see beside it, where it was one of several. In pieces. */
export function* withComparison(history: History, report: ReportSource): Generator<'', ReportSource> {
  const { fleet } = report.run;
  const runs = fleet ? history.fleet(fleet.run) : [];
  if (runs.length < 2) return report;
  const isOver = runs.every(({ state }) => state === 'finished');
  return { ...report, comparison: yield* compareVantages(history, seen(runs), isOver) };
}

/**
 * The report that a user means: of the run of one machine or one vantage, or of all vantages of a fleet by the id that they share.
 * Throws UsageError.
 */
export const reportOf = async (history: History, which: string): Promise<ReportSource> => {
  const runs = history.fleet(which);
  if (runs.length > 0) return wholeReport(history, runs);
  return runInPieces(withComparison(history, storedReport(history, history.find(which).id)));
};

/** What changed at each vantage since the fleet's run before; null when no vantage has one. In pieces. */
export function* fleetDiff(history: History, runs: readonly RunEntry[]): Generator<'', RunDiff | null> {
  const diffs: { readonly vantage: string; readonly diff: RunDiff }[] = [];
  for (const { id, vantage } of runs) {
    const diff = yield* diffToPrevious(history, id);
    if (diff) diffs.push({ vantage, diff });
  }
  if (diffs.length === 0) return null;
  const sum = (key: keyof RunDiff['summary']): number =>
    diffs.reduce((total, { diff }) => total + diff.summary[key], 0);
  const seenFrom = <T extends { readonly target: string }>(hosts: readonly T[], vantage: string): T[] =>
    hosts.map((host) => ({ ...host, target: `${host.target} (from ${vantage})` }));
  const changes = diffs.flatMap(({ vantage, diff }) => seenFrom(diff.changes, vantage));
  const counts = Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, sum(kind)]));
  return {
    schema: DIFF_SCHEMA,
    before: wholeOf(diffs.map(({ diff }) => diff.before)),
    after: wholeOf(runs),
    changes: CHANGE_KINDS.flatMap((kind) => changes.filter((change) => change.kind === kind)),
    uncertain: diffs.flatMap(({ vantage, diff }) => seenFrom(diff.uncertain, vantage)),
    summary: {
      ...counts,
      ...{ compared: sum('compared'), same: sum('same'), uncertain: sum('uncertain') },
    } as RunDiff['summary'],
  };
}

/** The page of a run with what the history knows beside it; that of a whole fleet has the changes at its vantages. */
export const pageOf = async (history: History, id: string): Promise<Format> => {
  const runs = history.fleet(id);
  if (runs.length === 0 || runs.some((run) => run.id === id)) return pageFormat(history, id);
  const { renderHtmlWith } = await import('../output/html.ts');
  return function* (report, options) {
    const diff = yield* fleetDiff(history, runs);
    yield* renderHtmlWith(report, options, diff ? { diff } : {});
  };
};
