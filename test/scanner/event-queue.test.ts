import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/scanner/event-queue.ts';

const filled = (count: number): EventQueue<number> => {
  const events = new EventQueue<number>();
  for (let i = 0; i < count; i++) events.push(i);
  return events;
};

/** Whether it has settled once all that goes on by itself has. */
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
};

describe('a stream of events', () => {
  it('gives them in the order in which they came, also those that come while it is read, and then ends', async () => {
    const events = filled(2);
    const reader = events[Symbol.asyncIterator]();
    const next = async (): Promise<number | undefined> => (await reader.next()).value;
    expect(await next()).toBe(0);
    events.push(2);
    expect([await next(), await next()]).toEqual([1, 2]);
    const waiting = reader.next();
    expect(await isSettled(waiting)).toBe(false);
    events.push(3);
    expect(await waiting).toEqual({ value: 3, done: false });
    const last = reader.next();
    expect(await isSettled(last)).toBe(false);
    events.end();
    expect(await last).toEqual({ value: undefined, done: true });
  });

  it('that has ended gives what came before first, and then a failure, which may come while it is waited for', async () => {
    const events = filled(1);
    events.end(new Error('a bug'));
    const reader = events[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ value: 0, done: false });
    await expect(reader.next()).rejects.toThrow('a bug');
    const later = filled(0);
    const waiting = later[Symbol.asyncIterator]().next();
    later.end(new Error('another'));
    await expect(waiting).rejects.toThrow('another');
  });

  it('makes writers wait from 2048 on, until the reader has taken those', async () => {
    expect(await isSettled(filled(2047).room())).toBe(true);
    const events = filled(2048);
    const rooms = [events.room(), events.room()];
    expect(await isSettled(Promise.race(rooms))).toBe(false);
    const reader = events[Symbol.asyncIterator]();
    await reader.next();
    expect(await isSettled(Promise.all(rooms))).toBe(true);
  });

  it('lets those go on who wait for room when the reader leaves', async () => {
    const events = filled(10_000);
    const reader = events[Symbol.asyncIterator]();
    await reader.next();
    for (let i = 0; i < 10_000; i++) events.push(i);
    const waiting = events.room();
    expect(await isSettled(waiting)).toBe(false);
    await reader.return(undefined);
    expect(await isSettled(waiting)).toBe(true);
    expect(await isSettled(events.room())).toBe(true);
  });
});
