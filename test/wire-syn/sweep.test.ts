import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/model/target.ts';
import type { Patience, Sweeper, SweepProbe, SweepReply, Wire } from '../../src/model/wire.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { startThread, sweepOnThread } from '../../src/wire/raw-syn/threaded-sweep.ts';
import { synWire, whyNoRaw } from '../../src/wire/raw-syn.ts';
import { Peers } from '../contract/peers.ts';
import { closed, differing, tally } from './sweeping.ts';

const why = await whyNoRaw(process.platform);
const { signal } = new AbortController();
/** As the build made it before the tests. */
const THREAD = new URL('../../dist/sweep-thread.js', import.meta.url);

const onThread: Sweeper = { sweep: (probes, options) => sweepOnThread(startThread(THREAD), probes, options) };

describe.each(['on this thread', 'on a thread of its own'])('a sweep %s', (where) => {
  describe.skipIf(why !== null)(`on loopback${why === null ? '' : ` (${why})`}`, () => {
    let wire: Wire & Sweeper;
    let sweeper: Sweeper;
    let peers: Peers;
    beforeEach(async () => {
      peers = new Peers();
      wire = await synWire('linux', process.arch, await linuxWire('linux', process.arch));
      sweeper = where === 'on this thread' ? wire : onThread;
    });
    afterEach(async () => {
      await wire.close();
      await peers.close();
    });

    test.each(['127.0.0.1', '::1'])('sweeps 10,000 ports of %s and tells each once', async (address) => {
      const open = [
        await peers.serve(() => {}, address as '::1'),
        await peers.serve(() => {}, address as '::1'),
      ];
      const replies: SweepReply[] = [];
      const sizes: number[] = [];
      const end = await sweeper.sweep([...closed(10_000, address), ...open], {
        ...{ signal, perSecond: 50_000, retries: 1, timeoutMs: 500 },
        onReplies: (batch) => {
          sizes.push(batch.length);
          replies.push(...batch);
        },
      });
      expect(differing(replies, 'refused by target, ttl 64')).toEqual([]);
      expect(new Set(replies.map(({ endpoint }) => endpoint.port)).size).toBe(10_002);
      for (const at of open) {
        expect(replies.find(({ endpoint }) => endpoint === at)?.reply.kind).toBe('accepted');
      }
      expect(end).toEqual({ isStopped: false, probes: 10_002, packets: 10_002, ignored: 0, overruns: 0 });
      // In batches, and not all at once either.
      expect(sizes.length).toBeGreaterThan(10);
      expect(sizes.length).toBeLessThan(5000);
    });

    test('waits as long after the last time as it is told, which may be longer than before it', async () => {
      const replies: SweepReply[] = [];
      const patience = { retries: 2, timeoutMs: 60, lastMs: 400 };
      await sweeper.sweep([await peers.silent()], {
        ...{ signal, perSecond: 1000, ...patience },
        onReplies: (batch) => replies.push(...batch),
      });
      const [{ reply, attempts } = {}] = replies;
      expect(attempts).toBe(3);
      expect(reply?.kind).toBe('silent');
      const waitedMs = reply?.kind === 'silent' ? reply.waitedMs : Number.NaN;
      expect(waitedMs).toBeGreaterThanOrEqual(2 * 60 + 400);
      // Late only as far as this machine is.
      expect(waitedMs).toBeLessThan(3 * 400);
    });

    test('takes probes as it can send them, stops at once, and tells what was under way', async () => {
      const silent = await peers.silent();
      let taken = 0;
      function* endless(): Generator<Endpoint> {
        for (;;) {
          taken++;
          yield { ...silent };
        }
      }
      const stop = new AbortController();
      const replies: SweepReply[] = [];
      setTimeout(() => stop.abort(), 200);
      const started = performance.now();
      const end = await sweeper.sweep(endless(), {
        ...{ signal: stop.signal, perSecond: 2000, retries: 0, timeoutMs: 10_000 },
        onReplies: (batch) => replies.push(...batch),
      });
      expect(performance.now() - started).toBeLessThan(5000);
      expect(end).toMatchObject({ isStopped: true, probes: taken });
      expect(taken).toBeLessThan(2000);
      expect(tally(replies)).toEqual({ 'aborted ABORT': taken });
    });

    test.each([
      { perSecond: -1, retries: 0, timeoutMs: 100 },
      { perSecond: 0.5, retries: 0, timeoutMs: 100 },
      { perSecond: Number.NaN, retries: 0, timeoutMs: 100 },
      { perSecond: 100, retries: -1, timeoutMs: 100 },
      { perSecond: 100, retries: 201, timeoutMs: 100 },
      { perSecond: 100, retries: 0, timeoutMs: 0 },
    ])('refuses %o, which makes no sense', async (options) => {
      await expect(sweeper.sweep(closed(1), { ...options, signal, onReplies: () => {} })).rejects.toThrow(
        RangeError,
      );
    });

    test('waits for probes that come later, and sends nothing while it is paused', async () => {
      let rounds = 0;
      let told = 0;
      let isPaused = false;
      function* inPortions(): Generator<Endpoint | null> {
        for (const probe of closed(3)) {
          yield probe;
          // The next one only when this one was told.
          for (const before = told; told === before; rounds++) yield null;
        }
        isPaused = true;
        setTimeout(() => {
          isPaused = false;
        }, 150);
        // The pace is read anew with the next turn.
        yield null;
        yield { address: '127.0.0.1', family: 4, port: 9 };
      }
      const started = performance.now();
      const end = await sweeper.sweep(inPortions(), {
        ...{ signal, retries: 0, timeoutMs: 500 },
        get perSecond() {
          return isPaused ? 0 : 1000;
        },
        onReplies: (batch) => {
          told += batch.length;
        },
      });
      expect(end).toEqual({ isStopped: false, probes: 4, packets: 4, ignored: 0, overruns: 0 });
      expect([told, rounds >= 3]).toEqual([4, true]);
      expect(performance.now() - started).toBeGreaterThan(140);
    });

    test('takes the silence of each probe as it wants, and as it comes to want', async () => {
      const [short, long, changing] = await Promise.all([peers.silent(), peers.silent(), peers.silent()]);
      const soon = { timeoutMs: 50, retries: 2 };
      const late: Patience = { timeoutMs: 5000, retries: 0 };
      const probes: SweepProbe[] = [
        { ...short, patience: soon },
        { ...long, patience: { timeoutMs: 400, retries: 0 } },
        { ...changing, patience: late },
      ];
      const [, , third] = probes;
      const replies: SweepReply[] = [];
      function* changed(): Generator<SweepProbe | null> {
        yield* probes;
        while (replies.length === 0) yield null;
        if (!third) throw new Error('there are three');
        third.patience = soon;
        yield third;
      }
      const end = await sweeper.sweep(changed(), {
        ...{ signal, perSecond: 1000, retries: 0, timeoutMs: 5000 },
        onReplies: (batch) => replies.push(...batch),
      });
      expect(end).toMatchObject({ isStopped: false, probes: 3, packets: 7 });
      expect(new Map(replies.map(({ endpoint, attempts }) => [endpoint.port, attempts]))).toEqual(
        new Map([
          [short.port, 3],
          [long.port, 1],
          [changing.port, 3],
        ]),
      );
      expect(replies.every(({ reply }) => reply.kind === 'silent')).toBe(true);
    });

    test('refuses more kinds of patience than it has lines for', async () => {
      const probes = [...closed(33)].map((probe, i) => ({
        ...probe,
        patience: { timeoutMs: 100 + i, retries: 0 },
      }));
      const options = { signal, perSecond: 1000, retries: 0, timeoutMs: 100, onReplies: () => {} };
      await expect(sweeper.sweep(probes, options)).rejects.toThrow(RangeError);
    });

    test('asks nothing when it is stopped before it starts', async () => {
      const end = await sweeper.sweep(closed(10), {
        ...{ signal: AbortSignal.abort(), perSecond: 1000, retries: 0, timeoutMs: 100 },
        onReplies: () => {},
      });
      expect(end).toEqual({ isStopped: true, probes: 0, packets: 0, ignored: 0, overruns: 0 });
    });

    test('hands on what the probes or their hearer throw, and closes its sockets', async () => {
      const before = readdirSync('/proc/self/fd').length;
      const options = { signal, perSecond: 1000, retries: 0, timeoutMs: 100 };
      const broken = function* (): Generator<Endpoint> {
        yield* closed(3);
        throw new Error('no more');
      };
      await expect(sweeper.sweep(broken(), { ...options, onReplies: () => {} })).rejects.toThrow('no more');
      const onReplies = () => {
        throw new Error('not heard');
      };
      await expect(sweeper.sweep(closed(3), { ...options, onReplies })).rejects.toThrow('not heard');
      expect(readdirSync('/proc/self/fd')).toHaveLength(before);
    });
  });
});

describe.skipIf(why !== null)('the thread of a sweep', () => {
  const options = { signal, perSecond: 10_000, retries: 0, timeoutMs: 300, onReplies: () => {} };

  test('begins and ends many times and leaves nothing behind', async () => {
    await onThread.sweep(closed(10), options);
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 10; i++) {
      const end = await onThread.sweep(closed(100), options);
      expect(end).toMatchObject({ isStopped: false, probes: 100, packets: 100 });
    }
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  test('waits for its sweep, and keeps no process from ending meanwhile', async () => {
    const thread = startThread(THREAD);
    await new Promise((resolve) => thread.worker.once('online', resolve));
    const end = await sweepOnThread(thread, closed(100), options);
    expect(end).toMatchObject({ isStopped: false, probes: 100, packets: 100 });
  });

  describe.each([
    ['throws', 'throw new Error("broken")', 'broken'],
    ['ends', 'process.exit(0)', 'the thread of the sweep ended by itself'],
    ['lacks something', 'import "./nowhere.js"', 'nowhere'],
  ])('that %s', (_, source, message) => {
    const file = new URL(`data:text/javascript,${encodeURIComponent(source)}`);

    test('ends the sweep with one clear error', async () => {
      await expect(sweepOnThread(startThread(file), closed(3), options)).rejects.toThrow(message);
    });

    test('does so when it ended before its sweep, too', async () => {
      const thread = startThread(file);
      await thread.broken.catch(() => {});
      await expect(sweepOnThread(thread, closed(3), options)).rejects.toThrow(message);
    });
  });

  test('takes ICMP errors and our own troubles over, too', async () => {
    const replies: SweepReply[] = [];
    const probes: Endpoint[] = [
      { address: '127.0.0.1', family: 4, port: 9 },
      { address: '255.255.255.255', family: 4, port: 9 },
    ];
    const take = (batch: readonly SweepReply[]) => replies.push(...batch);
    const alike: Record<string, SweepReply[]> = {};
    for (const [name, sweeper] of [
      ['here', await synWire('linux', process.arch, await linuxWire('linux', process.arch))],
      ['there', onThread],
    ] as const) {
      replies.length = 0;
      await sweeper.sweep(probes, { ...options, onReplies: take });
      alike[name] = replies.map(({ reply, ...rest }) => ({
        ...rest,
        reply: 'rttMs' in reply ? { ...reply, rttMs: 0 } : reply,
      }));
    }
    expect(alike['there']).toEqual(alike['here']);
    expect(alike['there']?.some(({ reply }) => reply.kind === 'unknown')).toBe(true);
  });
});
