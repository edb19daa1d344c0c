import type { Run, RunStart } from '../model/report.ts';

/** What the end of a stream looks at. */
interface Running {
  readonly run: RunStart | Run | null;
  readonly stopping: boolean;
}

/** A view after its stream has ended: it closes after `closeAfterMs` (`now` in milliseconds too), or at once when the user stopped the run. */
export const ended = <V extends Running>(
  view: V,
  now: number,
  closeAfterMs: number,
): V & { now: number; finished: true; closesAt: number; closed: boolean } => {
  const interrupted = view.run !== null && 'interrupted' in view.run && view.run.interrupted;
  return {
    ...view,
    now,
    finished: true,
    closesAt: now + closeAfterMs,
    closed: view.stopping || interrupted || closeAfterMs <= 0,
  };
};
