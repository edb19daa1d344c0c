import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import { UsageError } from '../model/fault.ts';
import type { HostReport } from '../model/report.ts';
import { messageOf } from '../text/error-message.ts';
import { type FleetStore, isForbidden, QUIET } from './fleet-store.ts';
import { guardedWorker, type WorkerTimes } from './guarded-worker.ts';
import { type Heartbeat, heartbeat } from './heartbeat.ts';
import {
  type BatchMessage,
  MOST_MESSAGE,
  type PlanMessage,
  packBatch,
  readPlanMessage,
  readShardMessage,
  type ShardMessage,
  type WorkerMessage,
} from './messages.ts';
import { keysOf, prefixOf, RESULTS, SHARDS } from './redis-keys.ts';
import { ShardLanes } from './shard-lanes.ts';
import { type Seal, signedIn } from './signed.ts';

/** Hosts of one batch, and how long the first of them waits at most, milliseconds. */
const BATCH = { hosts: 256, ms: 2000 } as const;
/** Batches that may wait for the coordinator of a vantage before its workers take no further shard. */
export const MOST_WAITING = 200;
/** How often a worker looks again that waits for room or for a share of the rate, milliseconds. */
const LOOK_MS = 500;
/** How long a worker without a shard counts as one that works for its last run, milliseconds. */
const IDLE_MS = 3000;
/** How long a shard rests that this worker may not probe and another may, milliseconds. */
const REST_MS = 5000;

/** The probing of one shard, as it goes on. */
export interface Probing {
  /** Hosts as they are judged, by their places in the shard. */
  readonly hosts: AsyncIterable<{ readonly place: number; readonly report: HostReport }>;
  /** Packets a second from now on; 0 holds all packets back. */
  setRate(perSecond: number): void;
  /** Packets sent so far. */
  readonly sent: number;
}

/** What probes: it checks plan and hosts as if they were typed, and throws UsageError for what it refuses. */
export type ShardProber = (
  plan: PlanMessage,
  shard: ShardMessage,
  stop: AbortSignal,
  work: (probing: Probing) => Promise<void>,
) => Promise<void>;

/** What a worker is and does. */
export interface WorkerOptions {
  readonly store: FleetStore;
  readonly seal: Seal;
  readonly vantage: string;
  readonly version: string;
  readonly machine: string;
  readonly engine: WorkerMessage['engine'];
  readonly engineWhy: string;
  readonly pid: number;
  /** Packets a second that it never exceeds, whatever is leased to it. */
  readonly most: number;
  readonly probe: ShardProber;
  readonly log: (text: string) => void;
  readonly times?: WorkerTimes;
}

/** A shard that is given back: another worker, or this one later, is to take it. */
class NotNow extends Error {}

/** A batch as texts that fit into the store: in halves, when its hosts say very much. */
export const packed = (batch: Omit<BatchMessage, 'number'>, number: number): string[] => {
  const text = packBatch({ ...batch, number });
  const half = batch.hosts.length >> 1;
  if (text.length <= MOST_MESSAGE || half === 0) return [text];
  const front = packed({ ...batch, hosts: batch.hosts.slice(0, half) }, number);
  return [...front, ...packed({ ...batch, sent: 0, hosts: batch.hosts.slice(half) }, number + front.length)];
};

const lineOf = (error: unknown): string => messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 400);

/** Finds out whether the store permits what a worker of a vantage does. Throws UsageError. */
export const checkPermitted = async ({ client, name }: FleetStore, vantage: string): Promise<void> => {
  try {
    await client.hexists(keysOf(vantage).workers, 'nobody');
    for (const queue of [SHARDS, RESULTS]) await client.exists(`${prefixOf(vantage)}:${queue}:meta`);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new UsageError(
      `--redis ${name}: does not permit this user the keys of vantage ${vantage} (${lineOf(error)})`,
    );
  }
};

/** Takes shards of a vantage, as many at a time as fill its rate, until it is closed; then gives back those in hand. */
export class ShardWorker {
  readonly #options: WorkerOptions;
  readonly #results: Queue;
  readonly #shards: Queue;
  readonly #beat: Heartbeat;
  readonly #lanes: ShardLanes;
  readonly #probings = new Set<Probing>();
  /** Packets of shards that are not in hand any more. */
  #sentBefore = 0;
  readonly #state: Omit<WorkerMessage, 'seq' | 'rate'>;
  readonly #stopped = new AbortController();
  #trouble: string | null = null;
  #resting: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { store, vantage, version, machine, engine, engineWhy, pid, most } = options;
    const connection = { connection: store.client, prefix: prefixOf(vantage), ...QUIET };
    this.#shards = new store.engine.Queue(SHARDS, connection);
    this.#results = new store.engine.Queue(RESULTS, connection);
    for (const queue of [this.#shards, this.#results]) queue.on('error', () => {});
    const id = `${machine.replaceAll(/[^\w.-]/g, '-').slice(0, 60)}-${pid}-${randomBytes(3).toString('hex')}`;
    this.#state = {
      ...{ id, version, machine, engine, engineWhy: engineWhy.slice(0, 500), pid, most },
      ...{ run: null, inHand: [] },
      ...{ sent: 0, hosts: 0, shards: 0, trouble: null },
    };
    this.#beat = heartbeat({ ...options, state: this.#state });
    this.#lanes = new ShardLanes({
      make: () =>
        guardedWorker({ ...options, queue: this.#shards, take: (job, token) => this.#take(job, token) }),
      sent: () => [...this.#probings].reduce((sum, { sent }) => sum + sent, this.#sentBefore),
      rate: () => (this.#state.run === null ? 0 : this.#beat.rateFor(this.#state.run)),
      waiting: () => this.#shards.getWaitingCount(),
    });
  }

  /** What it says of itself. */
  get state(): Readonly<Omit<WorkerMessage, 'seq' | 'rate'>> {
    return this.#state;
  }

  /** Ends it; the shards in hand go back to the others. */
  async close(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#resting);
    await this.#lanes.close();
    await this.#beat.close();
    await this.#shards.close();
    await this.#results.close();
  }

  /** Says why no shard can be taken, once for each reason. */
  #refuse(trouble: string): never {
    if (this.#trouble !== trouble) this.#options.log(trouble);
    this.#trouble = trouble;
    this.#state.trouble = trouble;
    throw new NotNow(trouble);
  }

  async #planOf(shard: ShardMessage): Promise<PlanMessage | null> {
    const { store, seal, vantage, version } = this.#options;
    const text = await store.client.get(keysOf(vantage).plan);
    if (text === null) return null;
    const plan = readPlanMessage(seal.open('plan', vantage, signedIn(text)));
    if (!plan) return this.#refuse('the run at this vantage was signed with another fleet key');
    // Left by a run before.
    if (plan.run !== shard.run) return null;
    if (plan.version !== version)
      return this.#refuse(`run ${plan.run} needs ra-preflight ${plan.version}, and this is ${version}`);
    return plan.notAfter < Date.now() ? null : plan;
  }

  /** Whether another worker probed it meanwhile: a job comes back when the lock of a worker that died has run out. */
  async #isDone({ run, shard }: ShardMessage): Promise<boolean> {
    const { store, vantage } = this.#options;
    return (await store.client.getbit(keysOf(vantage).done(run), shard)) === 1;
  }

  async #take(job: Job, token: string | undefined): Promise<void> {
    const { engine } = this.#options.store;
    try {
      const { seal, vantage } = this.#options;
      const shard = readShardMessage(seal.open('shard', vantage, job.data));
      if (!shard) return this.#refuse('the shards at this vantage were signed with another fleet key');
      const plan = await this.#planOf(shard);
      if (!plan || (await this.#isDone(shard))) return;
      await this.#roomForResults();
      await this.#probe(plan, shard);
    } catch (error) {
      if (!(error instanceof NotNow) && !this.#stopped.signal.aborted) {
        this.#state.trouble = lineOf(error);
        this.#options.log(`${job.id}: ${this.#state.trouble}`);
      }
      await job.moveToDelayed(Date.now() + (this.#stopped.signal.aborted ? 1 : REST_MS), token);
      throw new engine.DelayedError();
    } finally {
      // Between two shards of a run the worker keeps its share of the rate.
      clearTimeout(this.#resting);
      if (!this.#stopped.signal.aborted && this.#state.inHand.length === 0)
        this.#resting = setTimeout(() => {
          this.#state.run = null;
        }, IDLE_MS);
    }
  }

  /** With a slow coordinator no further shard is begun: the store stays small. */
  async #roomForResults(): Promise<void> {
    while (!this.#stopped.signal.aborted && (await this.#results.getWaitingCount()) >= MOST_WAITING)
      await pause(LOOK_MS);
  }

  async #probe(plan: PlanMessage, shard: ShardMessage): Promise<void> {
    clearTimeout(this.#resting);
    this.#state.run = plan.run;
    this.#state.inHand.push(shard.shard);
    this.#beat.now();
    const lease = this.#beat.lease(plan.run);
    const ended = new AbortController();
    const stop = AbortSignal.any([this.#stopped.signal, lease.cancelled, ended.signal]);
    try {
      while (!stop.aborted && this.#beat.rateFor(plan.run) === 0) await pause(LOOK_MS);
      if (stop.aborted) return this.#unlessStopped();
      await this.#options.probe(plan, shard, stop, async (probing) => {
        lease.steer((rate) => probing.setRate(rate));
        this.#probings.add(probing);
        try {
          await this.#send(plan.run, shard.shard, probing);
        } finally {
          this.#probings.delete(probing);
          this.#sentBefore += probing.sent;
        }
      });
      this.#unlessStopped();
      this.#trouble = null;
      this.#state.trouble = null;
      this.#state.shards += 1;
    } finally {
      lease.release();
      ended.abort();
      this.#state.inHand.splice(this.#state.inHand.indexOf(shard.shard), 1);
    }
  }

  /** A shard that was not probed to its end goes back; one of a cancelled run is done with. */
  #unlessStopped(): void {
    if (this.#stopped.signal.aborted) throw new NotNow('this worker ends');
  }

  /** Sends judged hosts in batches; what is sent is signed. */
  async #send(run: string, shard: number, probing: Probing): Promise<void> {
    const { seal, vantage } = this.#options;
    // An id of its own for each attempt: batches of two attempts hold different hosts.
    const attempt = randomBytes(6).toString('hex');
    let hosts: { place: number; report: HostReport }[] = [];
    let first = 0;
    let sent = 0;
    let number = 0;
    const flush = async (): Promise<void> => {
      const worker = this.#state.id;
      const packets = probing.sent - sent;
      sent = probing.sent;
      this.#state.sent += packets;
      this.#state.hosts += hosts.length;
      const texts = packed({ run, shard, worker, attempt, sent: packets, hosts }, number);
      hosts = [];
      for (const text of texts) {
        const jobId = `${run}-${shard}-${attempt}-${number}`;
        number += 1;
        const data = seal.sign('batch', vantage, text);
        await this.#results.add('batch', data, { jobId, removeOnComplete: true, removeOnFail: true });
      }
    };
    for await (const host of probing.hosts) {
      if (hosts.length === 0) first = performance.now();
      hosts.push(host);
      if (hosts.length >= BATCH.hosts || performance.now() - first >= BATCH.ms) await flush();
    }
    if (hosts.length > 0 || probing.sent > sent) await flush();
  }
}
