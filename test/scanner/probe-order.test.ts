import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import type { Scheduled } from '../../src/scanner/host-queue.ts';
import { begin, portsOf } from './by-hand.ts';
import { fakeClock } from './clock.ts';
import { accepted, fault, refused } from './fakes.ts';

const held = fakeClock();
const SHORT = fault('descriptors', 'EMFILE');
const silence = (waitedMs: number): Reply => ({ kind: 'silent', waitedMs, attempts: 1 });

describe('the order of probes', () => {
  it('is hosts in doubt first, then live and new ones in turns', () => {
    const it = begin();
    const [first, second, live, doubted] = [it.of(1), it.of(2), it.of(3), it.of(4)];
    live.reach('alive');
    doubted.reach('confirming');
    for (const [queue, port] of [
      [first, 1],
      [second, 2],
      [live, 3],
      [live, 4],
      [doubted, 5],
    ] as const)
      it.send(queue, port);
    expect(portsOf(it)).toEqual([5, 3, 4, 1, 2]);
  });

  it('follows a host that has come farther since its probes were queued', () => {
    const it = begin();
    const [first, second, third] = [it.of(1), it.of(2), it.of(3)];
    for (const [queue, port] of [
      [first, 1],
      [second, 2],
      [third, 3],
      [third, 4],
    ] as const)
      it.send(queue, port);
    first.reach('alive');
    third.reach('confirming');
    // The second is the first that is new still; the others are found out on the way.
    expect(portsOf(it)).toEqual([2, 1, 3, 4]);
  });

  it('lets no host have more in flight than it may', () => {
    const it = begin({ perHost: 2 });
    const queue = it.of(1);
    for (const port of [1, 2, 3, 4]) it.send(queue, port);
    const [one, two] = [it.next(), it.next()];
    expect([one?.port, two?.port, it.next()]).toEqual([1, 2, null]);
    it.answer(one);
    expect(portsOf(it)).toEqual([3]);
    it.answer(two);
    expect(portsOf(it)).toEqual([4]);
  });

  it('begins nothing while 2048 are begun, and ends what is in doubt meanwhile', async () => {
    const it = begin({ perHost: 5000 });
    const [fresh, live, doubted] = [it.of(1), it.of(2), it.of(3)];
    live.reach('alive');
    doubted.reach('confirming');
    for (let i = 0; i < 2050; i++) it.send(i % 2 ? fresh : live, 1);
    for (let i = 0; i < 5; i++) it.send(doubted, 5);
    const begun: (Scheduled | null)[] = [];
    // Bursts of a host and of a subnet are over at once, so that nothing but this bound holds probes back.
    for (let i = 0; i < 200; i++) {
      for (let probe = it.next(); probe; probe = it.next()) begun.push(probe);
      await held.clock.pass(1);
    }
    const ports = begun.map((probe) => probe?.port);
    expect(ports).toEqual([...Array(5).fill(5), ...Array(2048).fill(1)]);
    it.send(doubted, 6);
    const last = it.next();
    expect(last?.port).toBe(6);
    for (const probe of [last, ...begun.slice(0, 5)]) it.answer(probe);
    expect(it.next()).toBeNull();
    it.answer(begun.at(-1) ?? null);
    expect([it.next()?.port, it.next()]).toEqual([1, null]);
  });

  it('is nobody’s in a pause, nor while the window is full', () => {
    const it = begin({ concurrency: 1 });
    it.send(it.of(1), 1);
    it.send(it.of(2), 2);
    it.control.pause();
    expect(it.next()).toBeNull();
    it.control.resume();
    const probe = it.next();
    expect([probe?.port, it.next()]).toEqual([1, null]);
    it.answer(probe);
    expect(it.next()?.port).toBe(2);
  });

  it('counts turns of other code like packets, which fill no window', async () => {
    const it = begin({ concurrency: 1, perHost: 1 });
    const queue = it.of(1);
    let had = 0;
    for (let i = 0; i < 3; i++) void it.scheduler.turn(queue, { address: '', family: 4 }).then(() => had++);
    it.send(queue, 7);
    expect(it.next()?.port).toBe(7);
    await held.clock.pass(0);
    expect([had, it.control.sent]).toEqual([3, 4]);
  });
});

describe('a rest', () => {
  it('lasts until the rate of the run allows a packet, and one millisecond at least', async () => {
    const it = begin({ rate: 10 });
    for (let i = 0; i < 4; i++) it.send(it.of(i), i);
    expect(portsOf(it)).toEqual([0, 1]);
    const { wakes } = it.seen;
    await held.clock.pass(99);
    expect(it.seen.wakes).toBe(wakes);
    await held.clock.pass(1);
    expect(it.seen.wakes).toBe(wakes + 1);
    expect(portsOf(it)).toEqual([2]);
    await held.clock.pass(99.5);
    // Two looks make one rest, which began with the first.
    expect([it.next(), held.clock.pending]).toEqual([null, 1]);
    await held.clock.pass(0.5);
    expect(portsOf(it)).toEqual([3]);
  });

  it.each([
    ['host', { perHostRate: 100 }, 1, 48 + 1],
    ['subnet', { perSubnetRate: 100 }, 200, 100 + 1],
  ])('lasts until the rate of a %s does, which others do not wait for', async (_, rates, hosts, burst) => {
    const it = begin({ ...rates, perHost: 1000 });
    const slow = Array.from({ length: hosts }, (_, i) => it.of(i));
    for (let i = 0; i < 200; i++) it.send(slow[i % hosts] ?? it.of(0), 1);
    const other = it.of(256);
    other.reach('alive');
    expect(portsOf(it, 1000)).toEqual(Array(burst).fill(1));
    it.send(other, 2);
    expect(portsOf(it)).toEqual([2]);
    const { wakes } = it.seen;
    await held.clock.pass(9.5);
    expect([it.seen.wakes, it.next()]).toEqual([wakes, null]);
    await held.clock.pass(0.5);
    expect(it.seen.wakes).toBe(wakes + 1);
    expect(portsOf(it)).toEqual([1]);
  });

  it('is never longer than 20 ms, nor than the shortest of those that wait', async () => {
    const it = begin({ perHostRate: 1, perHost: 1000 });
    const queue = it.of(1);
    for (let i = 0; i < 60; i++) it.send(queue, 1);
    expect(portsOf(it)).toHaveLength(49);
    const { wakes } = it.seen;
    await held.clock.pass(19);
    expect(it.seen.wakes).toBe(wakes);
    await held.clock.pass(1);
    expect(it.seen.wakes).toBe(wakes + 1);
  });

  it('passes over 64 hosts whose rates do not allow a packet, which come last then', () => {
    const it = begin({ perHostRate: 1 });
    const slow = Array.from({ length: 64 }, (_, i) => it.of(i));
    for (const queue of slow) {
      queue.lane.host.charge(100);
      it.send(queue, 1);
    }
    const [ready, late] = [it.of(64), it.of(65)];
    it.send(ready, 2);
    expect(it.next()).toBeNull();
    expect(it.next()?.port).toBe(2);
    it.send(late, 3);
    expect(it.next()).toBeNull();
  });

  it('is not begun where nothing waits', () => {
    const it = begin({ rate: 1 });
    it.send(it.of(1));
    expect(portsOf(it)).toHaveLength(1);
    it.limiter.charge(9);
    expect(it.next()).toBeNull();
    expect(held.clock.pending).toBe(0);
  });
});

describe('a shortage of this machine', () => {
  it('sends a probe again within 50 to 150 ms, at different times', async () => {
    const it = begin();
    for (let i = 0; i < 40; i++) it.send(it.of(i), i);
    const probes = Array.from({ length: 40 }, () => it.next());
    for (const probe of probes) it.answer(probe, SHORT);
    expect(it.shortages).toEqual([[50_000, 'EMFILE']]);
    await held.clock.pass(49.9);
    expect(it.next()).toBeNull();
    await held.clock.pass(40);
    const soon = portsOf(it).length;
    expect(soon).toBeGreaterThan(5);
    expect(soon).toBeLessThan(35);
    await held.clock.pass(60.1);
    expect(portsOf(it)).toHaveLength(40 - soon);
  });

  it('is waited for for a minute', async () => {
    const it = begin();
    const replies = it.send(it.of(1));
    it.answer(it.next(), SHORT);
    await held.clock.pass(150);
    const again = it.next();
    await held.clock.pass(60_000 - 150);
    it.answer(again, SHORT);
    expect(replies).toEqual([SHORT]);
  });

  it('keeps the run from its end, and is over when the run is', async () => {
    const it = begin();
    const replies = it.send(it.of(1));
    it.answer(it.next(), SHORT);
    it.scheduler.close();
    expect(it.probes.next()).toEqual({ value: null, done: false });
    it.stop.abort();
    await held.clock.pass(150);
    expect(replies).toMatchObject([{ fault: { kind: 'aborted' } }]);
  });
});

describe('what the kernel sends again by itself', () => {
  const after = (reply: Reply, seesTtl = false) => {
    const it = begin({ perHostRate: 10, perSubnetRate: 10, rate: 10 }, seesTtl);
    const queue = it.of(1);
    it.send(queue);
    it.answer(it.next(), reply);
    it.send(it.of(600));
    const waits = [queue.lane.host.waitMs, queue.lane.subnet.waitMs].map(Math.round);
    return { sent: it.control.sent, waits, isFree: it.next() !== null };
  };
  const UNUSED = [-4700, -9900];

  it.each<[string, Reply, boolean, number]>([
    ['silence', silence(7000), false, 3],
    ['a late answer', { ...accepted, rttMs: 1000 } as Reply, false, 1],
    ['an answer', refused, false, 0],
    ['silence on a wire that sends each packet by itself', silence(7000), true, 0],
    ['a reply without a round trip', fault('no-route', 'E'), false, 0],
  ])('counts, behind %s', (_, reply, seesTtl, repeats) => {
    const { sent, waits, isFree } = after(reply, seesTtl);
    expect(waits).toEqual(UNUSED.map((ms) => ms + 100 * repeats));
    expect(isFree).toBe(repeats === 0);
    expect(sent).toBe(1 + repeats);
  });
});
