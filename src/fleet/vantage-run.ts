import type { Job, Queue } from 'bullmq';
import { UsageError } from '../model/fault.ts';
import { type FleetStore, isForbidden, QUIET, textsOf } from './fleet-store.ts';
import { type GuardedWorker, guardedWorker, type WorkerTimes } from './guarded-worker.ts';
import { LiveWorkers, type Workers } from './live-workers.ts';
import {
  type BatchMessage,
  MOST_MESSAGE,
  type PlanMessage,
  readLeaseMessage,
  unpackBatch,
  type WorkerMessage,
} from './messages.ts';
import { RateShares } from './rate-shares.ts';
import { keysOf, prefixOf, RESULTS, SHARDS } from './redis-keys.ts';
import type { ShardTracker } from './shard-tracker.ts';
import { type Seal, signedIn } from './signed.ts';

/** Shards that are kept in the store for one vantage at most: 844 bytes each. */
const MOST_AHEAD = 1000;
/** Shards that are added at once. */
const AT_ONCE = 100;
/** How long the lock on a vantage outlives its coordinator, milliseconds. */
const LOCK_MS = 15_000;
/** How long a batch rests that cannot be kept now, milliseconds. */
const REST_MS = 1000;
/** How often in a row nothing of the open shards may be found in the store before they are queued again. */
const MISSING = 3;

/** How long it is known which shards of a run are done, milliseconds. */
const DONE_MS = 7 * 86_400_000;

const TAKE_LOCK = `if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('pexpire', KEYS[1], ARGV[2]) return 1 end
return 0`;
const DROP_LOCK = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end return 0`;

/** What a vantage does for a run. */
export interface VantageRunOptions {
  readonly store: FleetStore;
  readonly seal: Seal;
  readonly vantage: string;
  readonly plan: PlanMessage;
  readonly rate: number;
  readonly tracker: ShardTracker;
  /** The spec of a shard, and how many hosts it has. */
  readonly shardOf: (shard: number) => { readonly spec: unknown; readonly hosts: number };
  /** Keeps the hosts of a batch that are new, so that they outlive this process. */
  readonly keep: (batch: BatchMessage) => void;
  readonly log: (text: string) => void;
  readonly times?: WorkerTimes;
}

/** The run that a plan is for, whoever signed it; null for none. It stands first, and is not parsed: it may be anybody's. */
const runIn = (body: string | undefined): string | null =>
  /^\{"run":"([\w.-]{1,120})"/.exec(body ?? '')?.[1] ?? null;

/** One vantage of a run: its lock, its queues, its workers and their rates. */
export class VantageRun {
  readonly #options: VantageRunOptions;
  readonly #shards: Queue;
  readonly #results: Queue;
  readonly #live: LiveWorkers;
  readonly #shares: RateShares;
  #collector: GuardedWorker | null = null;
  #seq = Date.now();
  #missing = 0;
  /** The shards that each live worker has in hand. */
  #inHand = new Map<string, readonly number[]>();
  #isClosed = false;
  #wasDamaged = false;
  workers: Workers = { live: [], troubles: [], gone: [] };
  /** Why batches cannot be kept any more. */
  failure: unknown;

  constructor(options: VantageRunOptions) {
    this.#options = options;
    const { store, seal, vantage, plan, rate } = options;
    const connection = { connection: store.client, prefix: prefixOf(vantage), ...QUIET };
    this.#shards = new store.engine.Queue(SHARDS, connection);
    this.#results = new store.engine.Queue(RESULTS, connection);
    for (const queue of [this.#shards, this.#results]) queue.on('error', () => {});
    this.#live = new LiveWorkers(seal, vantage, plan.version);
    this.#shares = new RateShares(rate);
  }

  get name(): string {
    return this.#options.vantage;
  }

  /** Packets a second of its workers together from now on; 0 holds all packets back. */
  set rate(perSecond: number) {
    this.#shares.cap = perSecond;
  }

  get rate(): number {
    return this.#shares.cap;
  }

  get isDone(): boolean {
    return this.#options.tracker.isDone;
  }

  /** Takes the lock of the vantage, or keeps it. Gives the run that has it, when that is another. */
  async lock(): Promise<string | null> {
    const { store, vantage, plan } = this.#options;
    const { lock } = keysOf(vantage);
    const mine = await store.client.eval(TAKE_LOCK, 1, lock, plan.run, LOCK_MS);
    return mine === 1 ? null : ((await store.client.get(lock)) ?? '');
  }

  /** Writes the plan, and clears away what a run before has left; its own shards are queued anew. Throws UsageError for a plan that no worker would read. */
  async open(): Promise<void> {
    const { store, seal, vantage, plan } = this.#options;
    const keys = keysOf(vantage);
    const text = JSON.stringify(seal.sign('plan', vantage, plan));
    if (text.length > MOST_MESSAGE)
      throw new UsageError(
        `what is excluded makes ${(text.length / 2 ** 20).toFixed(1)} MiB, and a fleet takes ${MOST_MESSAGE / 2 ** 20}; exclude blocks instead of single addresses, or set [scope] deny on the workers`,
      );
    const old = await store.client.getset(keys.plan, text);
    const before = runIn(signedIn(old)?.body);
    if (before !== null && before !== plan.run) await store.client.set(keys.cancel, before);
    else await store.client.del(keys.cancel);
    // The history may know of less than was done: it may be a copy, or have lost what was not on the disk yet.
    await store.client.del(keys.done(plan.run));
    // What a coordinator that was killed has leased may be sent until it runs out.
    for (const [id, leased] of Object.entries(textsOf(await store.client.hgetall(keys.leases)))) {
      const lease = readLeaseMessage(seal.open('lease', vantage, signedIn(leased)));
      if (lease?.run === plan.run) this.#shares.assumeLease(id, lease.rate, performance.now());
    }
    await this.#shards.drain(true);
    this.#collector = guardedWorker({
      ...this.#options,
      queue: this.#results,
      take: (job, token) => this.#collect(job, token),
    });
  }

  async #collect(job: Job, token: string | undefined): Promise<void> {
    const { store, seal, vantage, plan, keep, log } = this.#options;
    const batch = unpackBatch(seal.open('batch', vantage, job.data));
    if (!batch) {
      // Once: who can write to the store can send any number.
      if (!this.#wasDamaged)
        log(`a batch at ${vantage} was not signed with this fleet key, or is damaged; it is left out`);
      this.#wasDamaged = true;
      return;
    }
    if (batch.run !== plan.run) return;
    try {
      if (!this.#isClosed) return keep(batch);
    } catch (error) {
      this.failure = error;
    }
    // It stays in the store, which forgets what fails: the run may be resumed.
    await job.moveToDelayed(Date.now() + REST_MS, token);
    throw new store.engine.DelayedError();
  }

  /** Reads who lives and leases the rate. `now`: milliseconds of a clock that does not jump. */
  async lease(now: number): Promise<void> {
    const { store, seal, vantage, plan } = this.#options;
    const keys = keysOf(vantage);
    this.workers = this.#live.read(textsOf(await store.client.hgetall(keys.workers)), now);
    this.#follow(this.workers.live);
    // Who has nothing to do needs no share; at first nobody has.
    const busy = this.workers.live.filter(({ run }) => run === plan.run);
    const shares = this.#shares.grant(busy.length > 0 ? busy : this.workers.live, now);
    this.#seq += 1;
    const leases = [...shares].flatMap(([id, rate]) => [
      id,
      JSON.stringify(seal.sign('lease', vantage, { run: plan.run, rate, seq: this.#seq })),
    ]);
    const all = store.client.pipeline().del(keys.leases);
    if (leases.length > 0) all.hset(keys.leases, ...leases);
    if (this.workers.gone.length > 0) all.hdel(keys.workers, ...this.workers.gone);
    await all.exec();
  }

  /** What a worker had in hand that died is queued again at once: the engine would wait until its lock has run out. */
  #follow(live: readonly WorkerMessage[]): void {
    const { tracker, plan } = this.#options;
    const inHand = new Map<string, readonly number[]>();
    for (const { id, run, inHand: shards } of live) {
      if (run !== plan.run) continue;
      inHand.set(id, shards);
      for (const shard of shards) tracker.adopt(shard);
    }
    const isLive = new Set(live.map(({ id }) => id));
    const held = new Set([...inHand.values()].flat());
    const lost = [...this.#inHand].flatMap(([id, shards]) => (isLive.has(id) ? [] : shards));
    tracker.requeue(lost.filter((shard) => !held.has(shard)));
    this.#inHand = inHand;
  }

  /** Keeps shards ahead, and queues again what the store has lost. */
  async feed(): Promise<number> {
    const { store, tracker, shardOf, plan, seal, vantage } = this.#options;
    const [shards, results] = await Promise.all([this.#ahead(this.#shards), this.#ahead(this.#results)]);
    this.#missing = shards + results === 0 && tracker.open.length > 0 ? this.#missing + 1 : 0;
    if (this.#missing >= MISSING) {
      this.#missing = 0;
      tracker.requeue(tracker.open);
    }
    const done = tracker.news();
    if (done.length > 0) {
      const key = keysOf(vantage).done(plan.run);
      const bits = store.client.pipeline();
      for (const shard of done) bits.setbit(key, shard, 1);
      await bits.pexpire(key, DONE_MS).exec();
    }
    const next = tracker.next(Math.min(AT_ONCE, MOST_AHEAD - shards));
    if (next.length > 0) {
      const jobs = next.map(({ shard, tries }) => ({
        name: 'shard',
        data: seal.sign('shard', vantage, { run: plan.run, shard, ...shardOf(shard) }),
        // A number of its own for each try of each coordinator: what was lost must not be taken for what is there.
        opts: {
          jobId: `${plan.run}-${shard}-${this.#seq}-${tries}`,
          removeOnComplete: true,
          removeOnFail: true,
        },
      }));
      await this.#shards.addBulk(jobs);
    }
    return results;
  }

  async #ahead(queue: Queue): Promise<number> {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /** Writes for others how the run stands here. */
  async publish(progress: object): Promise<void> {
    const { progress: key } = keysOf(this.name);
    await this.#options.store.client.set(key, JSON.stringify(progress), 'PX', LOCK_MS);
  }

  /** Ends the work for the run: no packet leaves any more, and another run may have the vantage. */
  async close(): Promise<void> {
    const { store, vantage, plan } = this.#options;
    const keys = keysOf(vantage);
    this.#isClosed = true;
    try {
      await store.client.set(keys.cancel, plan.run);
      await this.#shards.drain(true);
      await store.client.del(
        keys.leases,
        keys.plan,
        keys.progress,
        ...(this.isDone ? [keys.done(plan.run)] : []),
      );
      await this.#collector?.close();
      await store.client.eval(DROP_LOCK, 1, keys.lock, plan.run);
      await Promise.all([this.#shards.close(), this.#results.close()]);
    } catch (error) {
      // What may not be written now cannot be taken back either; the lock expires by itself.
      if (!isForbidden(error)) throw error;
    }
  }
}
