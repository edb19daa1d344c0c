import type { RunHistory } from '../store/memory-history.ts';
import type { Entry } from '../store/reports.ts';
import type { Tally } from '../verdict/tally.ts';

/**
 * The hosts of a run that get another report by their neighbours: those in doubt, and those that pass by what the mapper lists alone.
 * Null for each that was looked at and stays as it is.
 */
export function* raisedIn(history: RunHistory, id: string, tally: Tally): Generator<Entry | null> {
  if (tally.raised === 0) return;
  for (const verdict of ['ready', 'undetermined'] as const) {
    for (const { index, report } of history.entries(id, verdict)) {
      const raised = tally.raise(report);
      yield raised === report ? null : { index, report: raised };
    }
  }
}
