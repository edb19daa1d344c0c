import type { FleetStore } from './fleet-store.ts';
import { readLeaseMessage, type WorkerMessage } from './messages.ts';
import { LEASE_MS } from './rate-shares.ts';
import { keysOf } from './redis-keys.ts';
import { type Seal, signedIn } from './signed.ts';

/** How often a worker says that it lives and reads its lease, milliseconds. A cancelled run ends within this and a reply. */
const BEAT_MS = 1000;
/** How often the rate follows a lease that runs out, milliseconds. */
const STEER_MS = 250;

/** The lease of the rate while a shard is in hand. */
export interface ShardLease {
  /** Aborts when the run is cancelled. */
  readonly cancelled: AbortSignal;
  /** Calls `set` with each rate for the run, at once and when it changes. */
  steer(set: (perSecond: number) => void): void;
  release(): void;
}

/** Writes into the store once a second that a worker lives, and reads its lease and whether its run is cancelled. */
export interface Heartbeat {
  /** Packets a second that the worker may send for a run now; 0 without a lease. */
  rateFor(run: string): number;
  /** Leases the rate for one shard of a run, until it is released. */
  lease(run: string): ShardLease;
  /** Sends now what has changed, and not with the next second. */
  now(): void;
  close(): Promise<void>;
}

interface LeasedShard {
  readonly run: string;
  readonly cancel: AbortController;
  set: ((perSecond: number) => void) | null;
  rate: number;
}

interface HeartbeatOptions {
  readonly store: FleetStore;
  readonly seal: Seal;
  readonly vantage: string;
  readonly most: number;
  readonly state: Readonly<Omit<WorkerMessage, 'seq' | 'rate'>>;
}

/** Starts the heartbeat of a worker, once a second. */
export const heartbeat = ({ store, seal, vantage, most, state }: HeartbeatOptions): Heartbeat => {
  const keys = keysOf(vantage);
  let lease = { run: '', rate: 0, seq: -1, until: 0 };
  let seq = 0;
  const inHand = new Set<LeasedShard>();

  const rateFor = (run: string): number =>
    lease.run === run && performance.now() < lease.until ? Math.min(lease.rate, most) : 0;

  const steer = (): void => {
    for (const one of inHand) {
      const rate = rateFor(one.run);
      if (one.set === null || rate === one.rate) continue;
      one.rate = rate;
      one.set(rate);
    }
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
    for (const one of inHand) if (cancel?.[1] === one.run) one.cancel.abort();
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
    lease: (run) => {
      const one: LeasedShard = { run, cancel: new AbortController(), set: null, rate: -1 };
      inHand.add(one);
      return {
        cancelled: one.cancel.signal,
        steer: (set) => {
          one.set = set;
          steer();
        },
        release: () => {
          inHand.delete(one);
        },
      };
    },
    now: once,
    close: async () => {
      clearInterval(beats);
      clearInterval(steers);
      if (store.client.status === 'ready') await store.client.hdel(keys.workers, state.id).catch(() => {});
    },
  };
};
