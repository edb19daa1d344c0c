import { IndexSet } from './index-set.ts';

/** The shards of a vantage: what was queued, and which of their hosts have come. */
export interface ShardLayout {
  /** How many shards there are, numbered from 1. */
  readonly shards: number;
  /** Hosts of a shard. */
  sizeOf(shard: number): number;
  /** Whether a host of a shard, by its place there, was judged before this process began. */
  wasJudged(shard: number, place: number): boolean;
}

/**
 * Keeps account of the shards of one vantage. A host counts once however often it comes, and a shard is done when all of its
 * hosts have come: that its job is gone says nothing. Memory grows with the shards that are open, not with the hosts.
 */
export class ShardTracker {
  readonly #cut: ShardLayout;
  readonly #open = new Map<number, IndexSet>();
  readonly #done = new IndexSet();
  /** How often each open shard was queued. */
  readonly #tries = new Map<number, number>();
  #next = 1;
  readonly #again = new Set<number>();
  #news: number[] = [];
  #hosts = 0;

  constructor(cut: ShardLayout) {
    this.#cut = cut;
  }

  /** Hosts that have come. Those of shards that were not opened yet are not counted. */
  get hosts(): number {
    return this.#hosts;
  }

  get shardsDone(): number {
    return this.#done.size;
  }

  get isDone(): boolean {
    return this.#done.size === this.#cut.shards;
  }

  /** Shards that were queued and are not done. */
  get open(): readonly number[] {
    return [...this.#tries.keys()];
  }

  /** The account of a shard; null when it is done. */
  #setOf(shard: number): IndexSet | null {
    if (this.#done.has(shard)) return null;
    const known = this.#open.get(shard);
    if (known) return known;
    const seen = new IndexSet();
    const size = this.#cut.sizeOf(shard);
    for (let place = 0; place < size; place += 1) if (this.#cut.wasJudged(shard, place)) seen.add(place);
    this.#hosts += seen.size;
    this.#open.set(shard, seen);
    return this.#close(shard, seen) ? null : seen;
  }

  #close(shard: number, seen: IndexSet): boolean {
    if (seen.size < this.#cut.sizeOf(shard)) return false;
    this.#done.add(shard);
    this.#open.delete(shard);
    this.#tries.delete(shard);
    this.#again.delete(shard);
    this.#news.push(shard);
    return true;
  }

  /** The next `most` shards to queue, each with how often it was queued before. */
  next(most: number): { readonly shard: number; readonly tries: number }[] {
    const found: { shard: number; tries: number }[] = [];
    const take = (shard: number): void => {
      if (this.#setOf(shard) === null) return;
      const tries = this.#tries.get(shard) ?? 0;
      this.#tries.set(shard, tries + 1);
      found.push({ shard, tries });
    };
    for (const shard of this.#again) {
      if (found.length >= most) break;
      this.#again.delete(shard);
      take(shard);
    }
    while (found.length < most && this.#next <= this.#cut.shards) {
      if (!this.#tries.has(this.#next)) take(this.#next);
      this.#next += 1;
    }
    return found;
  }

  /** A worker has this shard in hand; it was queued by an earlier process. */
  adopt(shard: number): void {
    if (this.#isOne(shard) && this.#setOf(shard) !== null && !this.#tries.has(shard))
      this.#tries.set(shard, 1);
  }

  /** These shards are to be queued again, as far as they are open: their worker died, or nothing of them is in the store. */
  requeue(shards: readonly number[]): void {
    for (const shard of shards) if (this.#tries.has(shard)) this.#again.add(shard);
  }

  /** Shards that are done since this was asked last. */
  news(): number[] {
    const found = this.#news;
    this.#news = [];
    return found;
  }

  #isOne(shard: number): boolean {
    return shard >= 1 && shard <= this.#cut.shards;
  }

  /** Whether a host of a shard is still to come. */
  lacks(shard: number, place: number): boolean {
    return this.#isOne(shard) && place < this.#cut.sizeOf(shard) && this.#setOf(shard)?.has(place) === false;
  }

  /** Takes a host in; false when it came before, or is none of the shard. */
  take(shard: number, place: number): boolean {
    if (!this.#isOne(shard) || place >= this.#cut.sizeOf(shard)) return false;
    const seen = this.#setOf(shard);
    if (!seen?.add(place)) return false;
    this.#hosts += 1;
    this.#close(shard, seen);
    return true;
  }
}
