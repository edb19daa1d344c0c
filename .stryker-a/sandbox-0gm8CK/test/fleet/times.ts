import type { WorkerTimes } from '../../src/fleet/guarded-worker.ts';

/** The times of a test's own programs: a guard that looks often, and locks as they are or so short that seconds are like a minute. */
export const timesFor = (isShort: boolean): WorkerTimes => ({
  ...{ everyMs: 1000, patienceMs: 5000 },
  ...(isShort ? { lockMs: 4000, stalledMs: 1000 } : { lockMs: 60_000, stalledMs: 15_000 }),
});
