import type { Run } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Recorder } from '../store/recorder.ts';
import type { Entry } from '../store/reports.ts';
import type { Tally } from '../verdict/tally.ts';

/** The hosts that their neighbours raise: those in doubt, and those that pass by what the mapper lists alone. */
function* raisedIn(history: RunHistory, id: string, tally: Tally): Generator<Entry> {
  if (tally.raised === 0) return;
  for (const verdict of ['undetermined', 'ready'] as const) {
    for (const { index, report } of history.entries(id, verdict)) {
      const raised = tally.raise(report);
      if (raised !== report) yield { index, report: raised };
    }
  }
}

/** Ends the record of a run that has come to its end, with its groups and the hosts that their neighbours raise. */
export const conclude = (history: RunHistory, recorder: Recorder, run: Run, tally: Tally): void => {
  recorder.flush();
  recorder.finish(run, { groups: tally.groups(), amended: raisedIn(history, run.id, tally) });
};
