import { describe, expect, it } from 'vitest';
import { ShardTracker } from '../../src/fleet/shard-tracker.ts';

const bookOf = (sizes: readonly number[], judged: readonly string[] = []): ShardTracker =>
  new ShardTracker({
    shards: sizes.length,
    sizeOf: (shard) => sizes[shard - 1] ?? 0,
    wasJudged: (shard, place) => judged.includes(`${shard}:${place}`),
  });
const shards = (book: ShardTracker, most = 10): number[] => book.next(most).map(({ shard }) => shard);

describe('the account of shards', () => {
  it('counts a host once, however often its batch is delivered', () => {
    const book = bookOf([2]);
    expect(shards(book)).toEqual([1]);
    expect([0, 0, 1, 1, 0].map((place) => book.take(1, place))).toEqual([true, false, true, false, false]);
    expect({ done: book.isDone, hosts: book.hosts }).toEqual({ done: true, hosts: 2 });
  });

  it('leaves out hosts of no shard', () => {
    const book = bookOf([2]);
    expect([book.take(0, 0), book.take(2, 0), book.take(1, 2)]).toEqual([false, false, false]);
  });

  it('queues as many as there is room for, in order, and again only what is open', () => {
    const book = bookOf([1, 1, 1, 1]);
    expect(shards(book, 3)).toEqual([1, 2, 3]);
    book.take(2, 0);
    book.requeue([1, 2, 4]);
    expect(book.next(10)).toEqual([
      { shard: 1, tries: 1 },
      { shard: 4, tries: 0 },
    ]);
    expect(book.open).toEqual([1, 3, 4]);
    expect(book.news()).toEqual([2]);
    expect(book.news()).toEqual([]);
  });

  it('goes on where an earlier process was: nothing that is judged is queued, nothing that a worker has in hand', () => {
    const book = bookOf([1, 2, 1, 0], ['1:0', '2:1']);
    book.adopt(3);
    expect(shards(book)).toEqual([2]);
    expect(book.take(2, 1)).toBe(false);
    book.requeue([3]);
    expect(shards(book)).toEqual([3]);
    book.take(2, 0);
    book.take(3, 0);
    expect(book.isDone).toBe(true);
  });
});
