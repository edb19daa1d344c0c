import type { Run } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Recorder } from '../store/recorder.ts';
import type { Tally } from '../verdict/tally.ts';
import { raisedIn } from './raised-hosts.ts';

/** Ends the record of a run that has come to its end, with its groups and the hosts that their neighbours raise. */
export const conclude = (history: RunHistory, recorder: Recorder, run: Run, tally: Tally): void => {
  recorder.flush();
  recorder.finish(run, { groups: tally.groups(), amended: raisedIn(history, run.id, tally) });
};
