import type { GuardedWorker } from './guarded-worker.ts';
import { MOST_IN_HAND } from './messages.ts';

/** How often it is looked whether the rate is filled, milliseconds. */
const LOOK_MS = 500;
/** How long less than that share of the rate must have been sent before a further shard is begun. */
const HUNGRY = { looks: 4, share: 0.8 } as const;

/** What lanes are made of and decide by. */
export interface LaneOptions {
  /** A lane: it takes shards one at a time. */
  readonly make: () => GuardedWorker;
  /** Packets sent so far, and packets a second that may be sent now. */
  readonly sent: () => number;
  readonly rate: () => number;
  /** Shards that wait in the store. */
  readonly waiting: () => Promise<number>;
}

/**
 * How many shards a worker probes at a time: one where that fills its rate; more where shards wait and hosts are silent, since a
 * shard of silent hosts spends seconds on waiting for late replies. Never more than MOST_IN_HAND.
 */
export class ShardLanes {
  readonly #options: LaneOptions;
  readonly #lanes: GuardedWorker[];
  readonly #retiring = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout | null;
  /** The last looks in a row at which packets were allowed and every lane had a shard. */
  readonly #seen: { readonly at: number; readonly sent: number }[] = [];
  #isLooking = false;
  #isClosed = false;

  /** `everyMs`: how often it looks by itself; 0 for never. */
  constructor(options: LaneOptions, everyMs = LOOK_MS) {
    this.#options = options;
    this.#lanes = [options.make()];
    this.#timer = everyMs > 0 ? setInterval(() => void this.look(performance.now()), everyMs) : null;
  }

  get count(): number {
    return this.#lanes.length;
  }

  /** Begins or ends a lane where that is due. `now`: milliseconds of a clock that does not jump. Never rejects. */
  async look(now: number): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    await this.#decide(now).catch(() => {});
    this.#isLooking = false;
  }

  async #decide(now: number): Promise<void> {
    const { make, sent, rate, waiting } = this.#options;
    const idle = this.#lanes.filter(({ isBusy }) => !isBusy);
    if (idle.length > 0 || rate() === 0) {
      this.#seen.length = 0;
      const spare = idle.at(-1);
      if (spare && this.#lanes.length > 1) this.#retire(spare);
      return;
    }
    this.#seen.push({ at: now, sent: sent() });
    if (this.#seen.length <= HUNGRY.looks) return;
    const first = this.#seen.shift();
    const last = this.#seen.at(-1);
    if (!first || !last || this.#lanes.length >= MOST_IN_HAND) return;
    const perSecond = ((last.sent - first.sent) * 1000) / (last.at - first.at);
    if (perSecond >= HUNGRY.share * rate() || (await waiting()) === 0 || this.#isClosed) return;
    this.#lanes.push(make());
    this.#seen.length = 0;
  }

  /** A lane that has just taken a shard after all ends it first. */
  #retire(lane: GuardedWorker): void {
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    const gone = lane.retire().catch(() => {});
    this.#retiring.add(gone);
    void gone.then(() => this.#retiring.delete(gone));
  }

  /** Ends all lanes; shards in hand are waited for. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all([...this.#lanes.map((lane) => lane.close()), ...this.#retiring]);
  }
}
