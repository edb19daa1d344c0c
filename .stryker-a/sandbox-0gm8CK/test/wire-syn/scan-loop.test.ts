import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Flow, Wire, WireEnd, WireOptions, WireProbe, WireReply } from '../../src/model/wire.ts';
import { loadLibc } from '../../src/wire/linux/libc.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { SynThread } from '../../src/wire/syn/run-in-thread.ts';
import { leaseSourcePorts, type SourcePortLease } from '../../src/wire/syn/source-port-lease.ts';
import { SourcePorts } from '../../src/wire/syn/source-ports.ts';
import { synWire, whyNoRaw } from '../../src/wire/syn-engine.ts';
import { Peers } from '../contract/peers.ts';
import { closed, differing, tally } from './sweeping.ts';

const why = await whyNoRaw(process.platform);
const { signal } = new AbortController();
/** As the build made it before the tests. */
const THREAD = new URL('../../dist/syn-thread.js', import.meta.url);

/** The thread, with local ports of its own. */
class OnThread {
  readonly thread: SynThread;
  #claim: SourcePortLease | null = null;

  constructor(file = THREAD) {
    this.thread = new SynThread(file);
  }

  async run<P extends WireProbe>(probes: Iterable<P | null>, options: WireOptions<P>): Promise<WireEnd> {
    this.#claim ??= leaseSourcePorts(await loadLibc());
    if (!this.#claim) throw new Error('no local port is left');
    return this.thread.run(new SourcePorts(this.#claim.ports), probes, options);
  }

  async close(): Promise<void> {
    await this.thread.close();
    this.#claim?.release();
  }
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;

describe.each(['on this thread', 'on a thread of its own'])('a run %s', (where) => {
  describe.skipIf(why !== null)(`on loopback${why === null ? '' : ` (${why})`}`, () => {
    let wire: Pick<Wire, 'run' | 'close'>;
    let peers: Peers;
    beforeEach(async () => {
      peers = new Peers();
      wire =
        where === 'on this thread'
          ? await synWire('linux', process.arch, await linuxWire('linux', process.arch))
          : new OnThread();
    });
    afterEach(async () => {
      await wire.close();
      await peers.close();
    });

    test.each(['127.0.0.1', '::1'] as const)(
      'asks 10,000 ports of %s and tells each once',
      async (address) => {
        const open = [await peers.serve(() => {}, address), await peers.serve(() => {}, address)].map(
          (at) => ({
            ...at,
            timeoutMs: 500,
          }),
        );
        const replies: WireReply[] = [];
        const sizes: number[] = [];
        const end = await wire.run([...closed(10_000, address, 500), ...open], {
          ...{ signal, perSecond: 50_000 },
          onReplies: (batch) => {
            sizes.push(batch.length);
            replies.push(...batch);
          },
        });
        expect(differing(replies, 'refused by target, ttl 64')).toEqual([]);
        expect(new Set(replies.map(({ probe }) => probe.port)).size).toBe(10_002);
        for (const at of open) {
          expect(replies.find(({ probe }) => probe === at)?.reply.kind).toBe('accepted');
        }
        expect(end).toEqual({ isStopped: false, probes: 10_002, packets: 10_002, ignored: 0, overruns: 0 });
        // In batches, and not all at once either.
        expect(sizes.length).toBeGreaterThan(10);
        expect(sizes.length).toBeLessThan(5000);
      },
    );

    test('takes probes that each are known only when the one before was told', async () => {
      const waiting: WireProbe[] = [];
      let left = 1000;
      let wake = (): void => {};
      const [first] = closed(1);
      function* probes(): Generator<WireProbe | null> {
        if (first) yield first;
        while (left > 0) yield waiting.shift() ?? null;
      }
      const end = await wire.run(probes(), {
        ...{ signal, perSecond: 100_000 },
        subscribe: (subscribed) => {
          wake = subscribed;
        },
        onReplies: (batch) => {
          left -= batch.length;
          for (const { probe } of batch) waiting.push({ ...probe, port: 2 + ((probe.port - 1) % 10_000) });
          wake();
        },
      });
      expect(end.probes).toBe(1000);
    });

    test('takes ICMP errors and our own troubles over, too', async () => {
      const replies: WireReply[] = [];
      await wire.run(
        ['127.0.0.1', '255.255.255.255'].map((address) => ({ address, family: 4, port: 9, timeoutMs: 300 })),
        { ...{ signal, perSecond: 1000 }, onReplies: (batch) => replies.push(...batch) },
      );
      expect(tally(replies)).toEqual({ 'refused by target, ttl 64': 1, 'blocked-locally EACCES': 1 });
    });

    test('goes on to the next run, with flows that keep their ports', async () => {
      const flow: Flow = { sourcePort: null };
      const ports = new Set<number | null>();
      for (let i = 0; i < 5; i++) {
        const words: WireReply[] = [];
        const probes = [...closed(20)].map((probe) => ({ ...probe, flow }));
        const end = await wire.run(probes, {
          ...{ signal, perSecond: 10_000 },
          onReplies: (batch) => words.push(...batch),
        });
        expect(end).toMatchObject({ isStopped: false, probes: 20, packets: 20, ignored: 0 });
        expect(differing(words, 'refused by target, ttl 64')).toEqual([]);
        ports.add(flow.sourcePort);
      }
      expect(ports.size).toBe(1);
      expect(ports).not.toContain(null);
    });

    test('is whole again after a run that failed or was stopped', async () => {
      const quiet = { signal, perSecond: 1000, onReplies: () => {} };
      await wire.run(closed(10), quiet);
      const before = descriptors();
      const broken = function* (): Generator<WireProbe> {
        yield* closed(3);
        throw new Error('no more');
      };
      await expect(wire.run(broken(), quiet)).rejects.toThrow('no more');
      const onReplies = (): void => {
        throw new Error('not taken');
      };
      await expect(wire.run(closed(3), { ...quiet, onReplies })).rejects.toThrow('not taken');
      expect(await wire.run(closed(10), { ...quiet, signal: AbortSignal.abort() })).toEqual({
        ...{ isStopped: true, probes: 0, packets: 0, ignored: 0, overruns: 0 },
      });
      expect(await wire.run(closed(10), quiet)).toMatchObject({ isStopped: false, probes: 10, packets: 10 });
      expect(descriptors()).toBe(before);
    });
  });
});

describe.skipIf(why !== null)('the thread of the syn wire', () => {
  const options = { signal, perSecond: 10_000, onReplies: () => {} };

  test('begins and ends many times and leaves nothing behind', async () => {
    const once = async (): Promise<void> => {
      const thread = new OnThread();
      const end = await thread.run(closed(100), options);
      expect(end).toMatchObject({ isStopped: false, probes: 100, packets: 100 });
      await thread.close();
    };
    await once();
    const before = descriptors();
    for (let i = 0; i < 10; i++) await once();
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  describe.each([
    ['throws', 'throw new Error("broken")', 'broken'],
    ['ends', 'process.exit(0)', 'the thread of the sweep ended by itself'],
    ['lacks something', 'import "./nowhere.js"', 'nowhere'],
  ])('that %s', (_, source, message) => {
    const file = new URL(`data:text/javascript,${encodeURIComponent(source)}`);

    test('ends the run with one clear error', async () => {
      const broken = new OnThread(file);
      await expect(broken.run(closed(3), options)).rejects.toThrow(message);
      await broken.close();
    });

    test('does so when it ended before its run, too', async () => {
      const broken = new OnThread(file);
      await broken.thread.broken.catch(() => {});
      expect(broken.thread.isBroken).toBe(true);
      await expect(broken.run(closed(3), options)).rejects.toThrow(message);
      await broken.close();
    });
  });
});
