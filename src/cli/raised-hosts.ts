import type { RunHistory } from '../store/memory-history.ts';
import type { Entry } from '../store/reports.ts';
import type { Tally } from '../verdict/tally.ts';

/**
 * The hosts of a run that get another report by their neighbours: those in doubt, and those that pass by what the mapper lists alone.
 * They are replaced while they are read. None becomes undetermined, but some become ready, so the ready ones are read first: what was
 * replaced is not read again.
 */
export function* raisedIn(history: RunHistory, id: string, tally: Tally): Generator<Entry> {
  if (tally.raised === 0) return;
  for (const verdict of ['ready', 'undetermined'] as const) {
    for (const { index, report } of history.entries(id, verdict)) {
      const raised = tally.raise(report);
      if (raised !== report) yield { index, report: raised };
    }
  }
}
