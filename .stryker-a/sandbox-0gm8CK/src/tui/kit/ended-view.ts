import type { Run, RunStart } from '../../model/report.ts';

/** What the end of a stream looks at. */
interface Running {
  readonly run: RunStart | Run | null;
  readonly stopping: boolean;
}

/**
 * A view after its stream has ended, at `now` milliseconds. It stays until a key leaves it where `stays`; it is closed at once
 * where no key can be pressed, and after a run that the user stopped.
 */
export const endedView = <V extends Running>(
  view: V,
  now: number,
  stays: boolean,
): V & { now: number; finished: true; closed: boolean } => {
  const interrupted = view.run !== null && 'interrupted' in view.run && view.run.interrupted;
  return { ...view, now, finished: true, closed: view.stopping || interrupted || !stays };
};
