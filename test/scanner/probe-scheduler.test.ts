import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { begin, END, portsOf } from './by-hand.ts';
import { fakeClock } from './clock.ts';
import { refused } from './fakes.ts';

const held = fakeClock();
const ABORTED = { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: 'stopped' } };

describe('the run of the wire', () => {
  it('ends when it is closed and all is answered', async () => {
    const it = begin();
    const replies = it.send(it.of(1));
    const probe = it.next();
    expect(it.probes.next()).toEqual({ value: null, done: false });
    const { wakes } = it.seen;
    it.scheduler.close();
    expect(it.seen.wakes).toBe(wakes + 1);
    expect(it.probes.next()).toEqual({ value: null, done: false });
    it.answer(probe);
    expect(replies).toEqual([refused]);
    expect(it.probes.next()).toEqual({ value: undefined, done: true });
    expect(await it.end()).toBe(END);
    expect(getEventListeners(it.stop.signal, 'abort')).toEqual([]);
  });

  it('has the rate of the control, none in a pause, and is woken when that changes', () => {
    const { control, options, seen } = begin({ rate: 1000 });
    expect(options.perSecond).toBe(1000);
    control.setRate(50);
    expect([options.perSecond, seen.wakes]).toEqual([50, 1]);
    control.pause();
    expect(options.perSecond).toBe(0);
    control.resume();
    expect([options.perSecond, seen.wakes]).toEqual([50, 2]);
  });

  it('is woken by new probes and by replies', () => {
    const it = begin();
    it.send(it.of(1));
    expect(it.seen.wakes).toBe(1);
    it.answer(it.next());
    expect(it.seen.wakes).toBe(2);
  });

  it('answers probes as stopped, and lets no host wait for room, when it has ended by itself', async () => {
    const it = begin();
    await it.end();
    const queue = it.of(1);
    const replies = Array.from({ length: 200 }, () => it.send(queue));
    expect(replies).toEqual(replies.map(() => [ABORTED]));
    await it.scheduler.turn(queue, { address: '192.0.2.1', family: 4 });
    await it.scheduler.roomForHost();
  });

  it('does so when it has failed, too, and says why', async () => {
    const it = begin();
    const flying = it.send(it.of(1));
    await expect(it.fail(new Error('no memory for packets'))).rejects.toThrow('no memory for packets');
    expect([flying, it.send(it.of(1))]).toEqual([[ABORTED], [ABORTED]]);
  });

  it('stops with the signal, also where it was aborted before', async () => {
    const it = begin({ perHost: 1 });
    const [queue, other] = [it.of(1), it.of(2)];
    const [flying, waiting, third] = [it.send(queue), it.send(queue), it.send(other)];
    const probe = it.next();
    it.next();
    it.next();
    it.stop.abort();
    expect([flying, waiting, third]).toEqual([[], [ABORTED], []]);
    expect(it.send(queue)).toEqual([ABORTED]);
    it.answer(probe);
    expect(flying).toEqual([refused]);
    expect(it.next()).toBeNull();

    const late = begin({}, false, it.stop);
    expect(late.send(queue)).toEqual([ABORTED]);
  });

  it('leaves no timer', async () => {
    const it = begin({ rate: 10 });
    for (let i = 0; i < 3; i++) it.send(it.of(i));
    expect(portsOf(it)).toHaveLength(2);
    expect(held.clock.pending).toBe(1);
    await it.end();
    expect(held.clock.pending).toBe(0);
  });
});

describe('room for another host', () => {
  const roomIn = (it: ReturnType<typeof begin>) => {
    const room = { isThere: false };
    void it.scheduler.roomForHost().then(() => {
      room.isThere = true;
    });
    return room;
  };
  /** New hosts with two probes each that wait. */
  const waiting = (it: ReturnType<typeof begin>, hosts: number) => {
    for (let i = 0; i < hosts; i++) {
      const queue = it.of(i);
      it.send(queue);
      it.send(queue);
    }
  };

  it('is there while fewer than 128 new ones wait, whatever waits of others', async () => {
    const it = begin();
    waiting(it, 127);
    for (let i = 500; i < 700; i++) {
      const queue = it.of(i);
      queue.reach('alive');
      it.send(queue);
    }
    const room = roomIn(it);
    await held.clock.pass(0);
    expect(room.isThere).toBe(true);
  });

  it('is there when the first of 128 has left', async () => {
    const it = begin({ perHost: 1 });
    waiting(it, 128);
    const room = roomIn(it);
    it.next();
    await held.clock.pass(0);
    expect(room.isThere).toBe(false);
    // The next host's turn: the first one, which may have only one probe in flight, is taken off.
    it.next();
    it.next();
    await held.clock.pass(0);
    expect(room.isThere).toBe(true);
  });

  it('is not waited for when the run is stopped', async () => {
    const it = begin();
    waiting(it, 128);
    const room = roomIn(it);
    await held.clock.pass(0);
    it.stop.abort();
    await held.clock.pass(0);
    expect(room.isThere).toBe(true);
  });
});
