import type { Job, Queue, Worker } from 'bullmq';
import { type FleetStore, QUIET } from './fleet-store.ts';
import { prefixOf } from './redis-keys.ts';

/** Times of a guarded worker, milliseconds. */
export interface WorkerTimes {
  /** How often the guard looks, and how long jobs may wait while none is taken. */
  readonly everyMs: number;
  readonly patienceMs: number;
  /** How long the lock on a job in hand holds without being renewed, and how often it is looked for jobs whose lock has run out. */
  readonly lockMs: number;
  readonly stalledMs: number;
}

const TIMES: WorkerTimes = { everyMs: 5000, patienceMs: 30_000, lockMs: 60_000, stalledMs: 15_000 };

/** A worker of BullMQ under guard. */
export interface GuardedWorker {
  /** Ends it. A job in hand is waited for; one that is on its way here at this moment comes back when its lock has run out. */
  close(): Promise<void>;
  /** Ends it too, with any job that is on its way here; that may take seconds. */
  retire(): Promise<void>;
  /** Whether it has a job in hand. */
  readonly isBusy: boolean;
  /** How often the guard made it anew. */
  readonly rebuilt: number;
}

interface Work {
  readonly store: FleetStore;
  readonly vantage: string;
  readonly queue: Queue;
  readonly take: (job: Job, token: string | undefined) => Promise<void>;
  readonly log: (text: string) => void;
  readonly times?: WorkerTimes;
}

/**
 * Takes the jobs of a queue one at a time. Workers of BullMQ have been known to stay asleep after an outage of their store
 * (taskforcesh/bullmq#4585): one that takes nothing while jobs wait is restarted.
 */
export const guardedWorker = ({ store, vantage, queue, take, log, times = TIMES }: Work): GuardedWorker => {
  let isBusy = false;
  let isClosed = false;
  let lastTaken = performance.now();
  let rebuilt = 0;
  const make = (): Worker => {
    const worker = new store.engine.Worker(
      queue.name,
      async (job, token) => {
        isBusy = true;
        try {
          await take(job, token);
        } finally {
          isBusy = false;
          lastTaken = performance.now();
        }
      },
      {
        connection: store.client,
        ...QUIET,
        prefix: prefixOf(vantage),
        concurrency: 1,
        lockDuration: times.lockMs,
        stalledInterval: times.stalledMs,
        // With the default of 1 a shard whose worker died twice would be failed for good.
        maxStalledCount: 50,
        drainDelay: 5,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    // A failed job is seen by its absence, a lost connection by its return.
    worker.on('error', () => {});
    return worker;
  };
  let worker = make();
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isBusy || isClosed || performance.now() - lastTaken < times.patienceMs) return;
    const waiting = await queue.getWaitingCount();
    if (waiting === 0 || isBusy || isClosed) {
      lastTaken = performance.now();
      return;
    }
    log(
      `${waiting} jobs wait at ${vantage} and none was taken for ${times.patienceMs / 1000} s: the worker is restarted`,
    );
    rebuilt += 1;
    lastTaken = performance.now();
    const old = worker;
    worker = make();
    void old.close(true).catch(() => {});
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, times.everyMs);
  const end = async (force: boolean): Promise<void> => {
    isClosed = true;
    clearInterval(timer);
    await worker.close(force);
  };
  return {
    // One that only waits for a job would do so for seconds.
    close: () => end(!isBusy),
    retire: () => end(false),
    get isBusy() {
      return isBusy;
    },
    get rebuilt() {
      return rebuilt;
    },
  };
};
