import { expect, test } from 'vitest';
import { LAYOUTS, type Layout } from '../../src/wire/linux/layout.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';
import { Poller } from '../../src/wire/linux/poller.ts';

const EMFILE = 24;
const EPOLLOUT = 4;

/** An epoll without a kernel: `report` makes it tell of descriptors. */
const fakeKernel = (layout: Layout, { epolls = [70] }: { epolls?: number[] } = {}) => {
  const reported: (readonly [fd: number, events: number])[] = [];
  const calls = { watching: 0, referenced: false, closed: [] as number[], epollWaits: 0, readable: 0 };
  const libc = {
    epollCreate: () => epolls.shift() ?? -1,
    epollCtl: (_: number, __: number, fd: number, event: Buffer) => {
      expect(event.readInt32LE(layout.epollEvent.data)).toBe(fd);
      return 0;
    },
    epollWait: (_: number, events: Buffer, most: number) => {
      calls.epollWaits++;
      const now = reported.splice(0, most);
      for (const [i, [fd, bits]] of now.entries()) {
        events.writeUInt32LE(bits, i * layout.epollEvent.size);
        events.writeInt32LE(fd, i * layout.epollEvent.size + layout.epollEvent.data);
      }
      return now.length;
    },
    errno: () => EMFILE,
    close: (fd: number) => calls.closed.push(fd),
    watch: () => {
      calls.watching++;
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
  const poller = new Poller(libc as unknown as Libc, layout, () => {});
  const seen: (readonly [fd: number, events: number])[] = [];
  return {
    poller,
    calls,
    seen,
    add: (fd: number): number => poller.add(fd, { onEvents: (events) => seen.push([fd, events]) }),
    report: (...fds: number[]): void => void reported.push(...fds.map((fd) => [fd, EPOLLOUT] as const)),
  };
};

test.each(Object.entries(LAYOUTS))('events come by descriptor (%s)', (_, layout) => {
  const { poller, add, report, seen } = fakeKernel(layout);
  for (const fd of [7, 900]) expect(add(fd)).toBe(0);
  report(900, 7, 8);
  expect(poller.poll()).toBe(true);
  expect(seen).toEqual([
    [900, EPOLLOUT],
    [7, EPOLLOUT],
  ]);
});

const x64 = LAYOUTS['x64'] as Layout;

test('what is removed is told of nothing, also when that was read together with what removed it', () => {
  const { poller, report, seen } = fakeKernel(x64);
  const told: number[] = [];
  for (const fd of [7, 8]) {
    poller.add(fd, {
      onEvents: () => {
        told.push(fd);
        for (const one of [7, 8]) poller.leave(one);
      },
    });
  }
  report(7, 8);
  poller.poll();
  expect([told, seen]).toEqual([[7], []]);
});

test('only what is awaited keeps the process alive, and without it nothing is asked of the kernel', () => {
  const { poller, add, calls } = fakeKernel(x64);
  expect(poller.poll()).toBe(true);
  add(7);
  add(8);
  expect(calls.referenced).toBe(true);
  poller.leave(7);
  poller.leave(7);
  expect(calls.referenced).toBe(true);
  poller.leave(8);
  expect(calls.referenced).toBe(false);
  poller.poll();
  expect(calls.epollWaits).toBe(0);
});

test('it closes when the last socket is removed, twice is once, and it opens again', () => {
  const { poller, add, calls } = fakeKernel(x64, { epolls: [70, 71] });
  add(7);
  poller.close();
  expect(calls.closed).toEqual([]);
  poller.leave(7);
  poller.close();
  expect(calls).toMatchObject({ closed: [70], watching: 0 });
  expect(add(7)).toBe(0);
  poller.leave(7);
  expect(calls).toMatchObject({ closed: [70], watching: 1 });
});

test('without a descriptor for the epoll the errno is told, and the next may have one', () => {
  const { add, calls } = fakeKernel(x64, { epolls: [-1, 70] });
  expect(add(7)).toBe(EMFILE);
  expect(calls.watching).toBe(0);
  expect(add(7)).toBe(0);
});

test('a thousand events leave turns to others, and silence waits until all are told', () => {
  const { poller, add, report, seen } = fakeKernel(x64);
  const fds = Array.from({ length: 1000 }, (_, i) => i + 10);
  for (const fd of fds) add(fd);
  report(...fds);
  const counts: number[] = [];
  for (let isDrained = false; !isDrained; ) {
    const before = seen.length;
    isDrained = poller.poll();
    counts.push(seen.length - before);
  }
  expect(seen).toHaveLength(1000);
  expect(Math.max(...counts)).toBeLessThanOrEqual(256);
});
