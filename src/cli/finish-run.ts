import { inPieces } from '../model/in-pieces.ts';
import type { Run } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Recorder } from '../store/recorder.ts';
import type { Entry } from '../store/reports.ts';
import type { Tally } from '../verdict/tally.ts';
import { raisedIn } from './raised-hosts.ts';
import { runInPieces } from './run-in-pieces.ts';

/** Amends hosts in pieces, as many as they are. Null stands for one that stays as it is. */
export const amendAll = (recorder: Recorder, entries: Iterable<Entry | null>): Promise<void> =>
  runInPieces(
    inPieces(entries, (entry) => {
      if (entry) recorder.amend(entry);
    }),
  );

/** Ends the record of a run that has come to its end, with its groups and the hosts that their neighbours raise. */
export const finishRun = async (
  history: RunHistory,
  recorder: Recorder,
  run: Run,
  tally: Tally,
): Promise<void> => {
  recorder.flush();
  await amendAll(recorder, raisedIn(history, run.id, tally));
  recorder.finish(run, tally.groups());
};
