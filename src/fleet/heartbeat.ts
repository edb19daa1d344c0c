import { readLeaseMessage, type WorkerMessage } from './messages.ts';
import { LEASE_MS } from './rate-shares.ts';
import { keysOf } from './redis-keys.ts';
import { type Seal, signedIn } from './signed.ts';
import type { Store } from './store.ts';

/** How often a worker says that it lives and reads its lease, milliseconds. A cancelled run ends within this and a reply. */
const BEAT_MS = 1000;
/** How often the rate follows a lease that runs out, milliseconds. */
const STEER_MS = 250;

/** The sign of life of a worker, and what it reads with it. */
export interface Beat {
  /** Packets a second that the worker may send for a run now; 0 without a lease. */
  rateFor(run: string): number;
  /** Aborts when the run is cancelled. */
  cancelled(run: string): AbortSignal;
  /** Calls `set` with each rate for the run, at once and when it changes, until release(). */
  steer(run: string, set: (perSecond: number) => void): void;
  release(): void;
  /** Says now what has changed, and not with the next second. */
  now(): void;
  close(): Promise<void>;
}

interface Heart {
  readonly store: Store;
  readonly seal: Seal;
  readonly vantage: string;
  readonly most: number;
  readonly state: Readonly<Omit<WorkerMessage, 'seq' | 'rate'>>;
}

/** Begins to say once a second that a worker lives. */
export const heartbeat = ({ store, seal, vantage, most, state }: Heart): Beat => {
  const keys = keysOf(vantage);
  let lease = { run: '', rate: 0, seq: -1, until: 0 };
  let seq = 0;
  let watched: { readonly run: string; readonly cancel: AbortController } | null = null;
  let steered: { readonly run: string; readonly set: (perSecond: number) => void; rate: number } | null =
    null;

  const rateFor = (run: string): number =>
    lease.run === run && performance.now() < lease.until ? Math.min(lease.rate, most) : 0;

  const steer = (): void => {
    if (!steered) return;
    const rate = rateFor(steered.run);
    if (rate === steered.rate) return;
    steered.rate = rate;
    steered.set(rate);
  };

  const beat = async (): Promise<void> => {
    seq += 1;
    const said: WorkerMessage = { ...state, seq, rate: state.run === null ? 0 : rateFor(state.run) };
    const [, leased, cancel] =
      (await store.client
        .pipeline()
        .hset(keys.workers, state.id, JSON.stringify(seal.sign('worker', vantage, said)))
        .hget(keys.leases, state.id)
        .get(keys.cancel)
        .exec()) ?? [];
    const text = typeof leased?.[1] === 'string' ? leased[1] : null;
    const found = readLeaseMessage(seal.open('lease', vantage, signedIn(text)));
    if (found && (found.seq !== lease.seq || found.run !== lease.run))
      lease = { ...found, until: performance.now() + LEASE_MS };
    if (watched && cancel?.[1] === watched.run) watched.cancel.abort();
    steer();
  };

  let isBeating = false;
  // While the store is away one beat waits for it, and no second behind that.
  const once = (): void => {
    if (isBeating) return;
    isBeating = true;
    void beat()
      .catch(() => {})
      .finally(() => {
        isBeating = false;
      });
  };
  const beats = setInterval(once, BEAT_MS);
  const steers = setInterval(steer, STEER_MS);
  once();
  return {
    rateFor,
    cancelled: (run) => {
      watched = { run, cancel: new AbortController() };
      return watched.cancel.signal;
    },
    steer: (run, set) => {
      steered = { run, set, rate: -1 };
      steer();
    },
    now: once,
    release: () => {
      watched = null;
      steered = null;
    },
    close: async () => {
      clearInterval(beats);
      clearInterval(steers);
      if (store.client.status === 'ready') await store.client.hdel(keys.workers, state.id).catch(() => {});
    },
  };
};
