import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LAYOUTS, type Layout } from '../../src/wire/linux/layout.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';
import { Poller } from '../../src/wire/linux/poller.ts';
import { Turns } from '../../src/wire/linux/turns.ts';

const EMFILE = 24;
const ECONNREFUSED = 111;

/** An epoll without a kernel: `report` makes descriptors readable, `outcomes` is what their sockets know. */
const fakeKernel = (layout: Layout, { epolls = [70] }: { epolls?: number[] } = {}) => {
  const outcomes = new Map<number, number>();
  const reported: number[] = [];
  const added = new Set<number>();
  const calls = { watching: 0, referenced: false, closed: [] as number[], epollWaits: 0 };
  let onReadable = (): void => {};
  const libc = {
    epollCreate: () => epolls.shift() ?? -1,
    epollCtl: (_: number, operation: number, fd: number, event: Buffer) => {
      expect(event.readInt32LE(layout.epollEvent.data)).toBe(fd);
      if (operation === 1) added.add(fd);
      else added.delete(fd);
      return 0;
    },
    epollWait: (_: number, events: Buffer, most: number) => {
      calls.epollWaits++;
      const now = reported.splice(0, most);
      for (const [i, fd] of now.entries()) {
        events.writeInt32LE(fd, i * layout.epollEvent.size + layout.epollEvent.data);
      }
      return now.length;
    },
    errno: () => EMFILE,
    close: (fd: number) => calls.closed.push(fd),
    watch: (_: number, callback: () => void) => {
      calls.watching++;
      onReadable = callback;
      return {
        ref: () => {
          calls.referenced = true;
        },
        unref: () => {
          calls.referenced = false;
        },
        close: () => {
          calls.watching--;
        },
      };
    },
  };
  const poller = new Poller(libc as unknown as Libc, layout, (fd) => outcomes.get(fd) ?? null);
  return {
    poller,
    outcomes,
    added,
    calls,
    report: (...fds: number[]): void => {
      reported.push(...fds);
      onReadable();
    },
  };
};

const options = (timeoutMs = 60_000, signal = new AbortController().signal) => ({ timeoutMs, signal });

test.each(Object.entries(LAYOUTS))('answers come by descriptor (%s)', async (_, layout) => {
  const { poller, outcomes, report } = fakeKernel(layout);
  const both = [poller.wait(7, options()), poller.wait(900, options())];
  outcomes.set(7, 0).set(900, ECONNREFUSED);
  report(900, 7);
  expect(await Promise.all(both)).toEqual([0, ECONNREFUSED]);
});

const x64 = LAYOUTS['x64'] as Layout;

test('a report about a connect that is still under way is no outcome', async () => {
  const { poller, outcomes, report } = fakeKernel(x64);
  let outcome: unknown = 'none';
  const waiting = poller.wait(7, options()).then((it) => {
    outcome = it;
  });
  report(7, 8);
  await turn();
  await turn();
  expect(outcome).toBe('none');
  outcomes.set(7, 0);
  report(7);
  await waiting;
  expect(outcome).toBe(0);
});

test('silence is silence only when the socket knows nothing by then', async () => {
  const { poller, outcomes } = fakeKernel(x64);
  const [silent, late] = [poller.wait(7, options(5)), poller.wait(8, options(5))];
  outcomes.set(8, ECONNREFUSED);
  expect(await silent).toBe('silent');
  expect(await late).toBe(ECONNREFUSED);
});

test('the time of an answered socket does not end the next one of the same number', async () => {
  const { poller, outcomes, report } = fakeKernel(x64);
  const others = Array.from({ length: 300 }, (_, i) => poller.wait(i + 10, options(1)));
  const first = poller.wait(7, options(1));
  outcomes.set(7, 0);
  report(7);
  const started = performance.now();
  // All time is up by now, but it is more than one turn can tell, so the answer comes before this socket's turn.
  while (performance.now() - started < 5);
  expect(await first).toBe(0);
  outcomes.clear();
  const second = poller.wait(7, options());
  expect(new Set(await Promise.all(others))).toEqual(new Set(['silent']));
  await turn();
  outcomes.set(7, ECONNREFUSED);
  report(7);
  expect(await second).toBe(ECONNREFUSED);
});

test('an abort ends all of its signal and leaves no listener, nor does an answer', async () => {
  const { poller, outcomes, report } = fakeKernel(x64);
  const [one, other] = [new AbortController(), new AbortController()];
  const aborted = [7, 8, 9].map((fd) => poller.wait(fd, options(60_000, one.signal)));
  const answered = poller.wait(10, options(60_000, other.signal));
  expect(getEventListeners(one.signal, 'abort')).toHaveLength(1);
  one.abort();
  expect(await Promise.all(aborted)).toEqual(['aborted', 'aborted', 'aborted']);
  outcomes.set(10, 0);
  report(10);
  expect(await answered).toBe(0);
  expect(getEventListeners(one.signal, 'abort')).toHaveLength(0);
  expect(getEventListeners(other.signal, 'abort')).toHaveLength(0);
});

test('only what is awaited keeps the process alive', async () => {
  const { poller, outcomes, report, calls } = fakeKernel(x64);
  const waiting = [poller.wait(7, options()), poller.wait(8, options())];
  expect(calls.referenced).toBe(true);
  outcomes.set(7, 0).set(8, 0);
  report(7);
  await waiting[0];
  expect(calls.referenced).toBe(true);
  report(8);
  await waiting[1];
  expect(calls.referenced).toBe(false);
});

test('while the kernel reports nothing, nothing is done', async () => {
  const { poller, calls } = fakeKernel(x64);
  const waiting = poller.wait(7, options(60));
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(calls.epollWaits).toBe(0);
  expect(await waiting).toBe('silent');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(calls.epollWaits).toBe(1);
});

test('it closes when the last socket is answered, twice is once, and it opens again', async () => {
  const { poller, outcomes, report, calls } = fakeKernel(x64, { epolls: [70, 71] });
  const waiting = poller.wait(7, options());
  poller.close();
  expect(calls.closed).toEqual([]);
  outcomes.set(7, 0);
  report(7);
  await waiting;
  poller.close();
  expect(calls).toMatchObject({ closed: [70], watching: 0 });
  const again = poller.wait(7, options());
  report(7);
  expect(await again).toBe(0);
  expect(calls).toMatchObject({ closed: [70], watching: 1 });
});

test('what connected tells of everything that happens to it, until it is let go', async () => {
  const { poller, outcomes, report, calls } = fakeKernel(x64);
  const woken: number[] = [];
  const next = (fd: number) => ({ wake: () => void woken.push(fd) });
  const waiting = [7, 8].map((fd) => poller.wait(fd, options(), next(fd)));
  outcomes.set(7, 0).set(8, ECONNREFUSED);
  report(7, 8);
  expect(await Promise.all(waiting)).toEqual([0, ECONNREFUSED]);
  expect(woken).toEqual([]);
  report(7, 8);
  await turn();
  expect(woken).toEqual([7]);
  expect(calls.referenced).toBe(true);
  poller.close();
  expect(calls.closed).toEqual([]);
  poller.unwatch(8);
  expect(calls.closed).toEqual([]);
  poller.unwatch(7);
  expect(calls).toMatchObject({ closed: [70], watching: 0, referenced: false });
});

test('without a descriptor for the epoll the errno is the outcome, and the next may have one', async () => {
  const { poller, outcomes, report } = fakeKernel(x64, { epolls: [-1, 70] });
  expect(await poller.wait(7, options())).toBe(EMFILE);
  const next = poller.wait(7, options());
  outcomes.set(7, 0);
  report(7);
  expect(await next).toBe(0);
});

test('a thousand answers, and a thousand silences, leave turns to others', async () => {
  for (const isSilent of [false, true]) {
    const { poller, outcomes, report } = fakeKernel(x64);
    let done = 0;
    const fds = Array.from({ length: 1000 }, (_, i) => i + 10);
    for (const fd of fds) void poller.wait(fd, options(isSilent ? 1 : 60_000)).then(() => done++);
    if (!isSilent) {
      for (const fd of fds) outcomes.set(fd, 0);
      report(...fds);
    }
    const perTurn: number[] = [];
    while (done < fds.length) {
      const before = done;
      await turn();
      perTurn.push(done - before);
      // The kernel goes on saying that there is something to read.
      if (!isSilent) report();
    }
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(128);
  }
});

test('a burst of dials is spread over turns, in order', async () => {
  const turns = new Turns();
  const order: number[] = [];
  const dial = async (i: number): Promise<void> => {
    if (!turns.take()) await turns.wait();
    order.push(i);
  };
  const all = Promise.all(Array.from({ length: 1000 }, (_, i) => dial(i)));
  const perTurn: number[] = [order.length];
  while (order.length < 1000) {
    const before = order.length;
    await turn();
    perTurn.push(order.length - before);
  }
  await all;
  expect(order).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(128);
  await turn();
  expect(turns.take()).toBe(true);
});
