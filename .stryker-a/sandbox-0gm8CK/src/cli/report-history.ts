import { DIFF_SCHEMA, type RunDiff } from '../model/history.ts';
import { inPieces } from '../model/in-pieces.ts';
import type { Format } from '../output/format.ts';
import type { PageHistory } from '../output/html.ts';
import type { History } from '../store/history.ts';
import { diffSteps } from '../verdict/diff.ts';
import { USUAL_TREND } from '../verdict/trend/insights.ts';
import { flappingOf } from '../verdict/trend/marks.ts';
import { mostOf } from '../verdict/trend/most.ts';

/** Runs that a page looks back on. */
const LOOKED_BACK = 60;
/** Restless hosts that a page names. */
const FLAPPING_NAMED = 100;

/** A run against the one before it of the same schedule; null when there is none to compare with. In pieces, as diffSteps() is. */
export function* diffToPrevious(history: History, id: string): Generator<'', RunDiff | null> {
  const before = history.previousOf(id);
  if (!before) return null;
  const compared = yield* diffSteps(history.hostsByTarget(before.id), history.hostsByTarget(id));
  return { schema: DIFF_SCHEMA, before, after: history.find(id), ...compared };
}

/** What the history knows beside a run, in pieces: the changes since the run before, and the last runs of its series. */
export function* pageHistoryOf(history: History, id: string): Generator<'', PageHistory> {
  const { state, hosts } = history.find(id);
  // What is compared with a run that goes on changes by the second, and most of its hosts would be missing.
  if (state === 'running') return { underway: hosts };
  const diff = yield* diffToPrevious(history, id);
  const series = history.series(id, LOOKED_BACK);
  if (series.length < 2) return diff ? { diff } : {};
  const trend = history.trend(series.map((entry) => entry.id));
  const flapping = mostOf<NonNullable<PageHistory['flapping']>[number]>(
    FLAPPING_NAMED,
    (a, b) => b.changes - a.changes,
  );
  yield* inPieces(trend.hosts, (host) => {
    const { flaps, changes } = flappingOf(host.marks, USUAL_TREND.flapping);
    if (flaps) flapping.add({ ...host, changes });
  });
  return { ...(diff ? { diff } : {}), trend, flapping: flapping.list().top };
}

/** The page of a run with what the history knows beside it. */
export const pageFormat = async (history: History, id: string): Promise<Format> => {
  const { renderHtmlWith } = await import('../output/html.ts');
  return function* (report, options) {
    const past = yield* pageHistoryOf(history, id);
    yield* renderHtmlWith(report, options, past);
  };
};
