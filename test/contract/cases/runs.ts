import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import type { Endpoint } from '../../../src/model/target.ts';
import type { Flow, WireOptions, WireProbe, WireReply } from '../../../src/model/wire.ts';
import { spread } from '../peers.ts';
import { type Case, type Stand, said } from '../stand.ts';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a run was told, and what it ends with. */
const runOf = async <P extends WireProbe>(
  { wire }: Stand,
  probes: Iterable<P | null>,
  { pace = () => 10_000, ...options }: Partial<WireOptions<P>> & { readonly pace?: () => number } = {},
) => {
  const replies: WireReply<P>[] = [];
  const end = await wire.run(probes, {
    signal: new AbortController().signal,
    onReplies: (batch) => replies.push(...batch),
    ...options,
    get perSecond() {
      return pace();
    },
  });
  return { replies, end };
};

/** A listener, and the ports that it is connected to from. */
const listener = async ({ peers }: Stand, address: '127.0.0.1' | '::1') => {
  const from: number[] = [];
  const at = await peers.serve((socket) => void from.push(socket.remotePort ?? 0), address);
  return { from, at };
};

/** A talk that is over when the peer has accepted: a syn wire opens a connection only for that. */
const hello: Pick<WireProbe, 'talk'> = {
  talk: {
    limits: { totalMs: 2000, idleMs: 2000, maxBytes: 10 },
    exchange: (io) => io.send(Buffer.from('x')),
  },
};

/** Asks one endpoint one time after the other, in runs of their own. */
const inTurn = async (stand: Stand, at: Endpoint, flows: readonly Flow[]): Promise<void> => {
  for (const [attempt, flow] of flows.entries()) {
    expect(said(await stand.ask(at, { flow, attempt, ...hello }))).toBe('accepted');
  }
};

/** Tries of what another connection of this machine can foil: the kernel lends out a port again once the flow's own connection is over. */
const TRIES = 20;

/** The first of some tries that ends undisturbed, else the error of the last. */
const undisturbed = async (run: () => Promise<void>): Promise<void> => {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await run();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
};

const perLoopback = (name: string, run: (address: '127.0.0.1' | '::1') => Case['run']): Case[] =>
  (['127.0.0.1', '::1'] as const).map((address) => ({ name: `${name} (${address})`, run: run(address) }));

/** Runs of many probes: their pace, their ends, and the flows in them. */
export const runs: readonly Case[] = [
  ...perLoopback('a flow keeps its local port, and another has another', (address) => async (stand) => {
    await undisturbed(async () => {
      const { at, from } = await listener(stand, address);
      const [one, other]: [Flow, Flow] = [{ sourcePort: null }, { sourcePort: null }];
      await inTurn(stand, at, [one, one, other, one, other]);
      await expect.poll(() => from.length).toBe(5);
      expect(new Set([from[0], from[1], from[3]])).toEqual(new Set([one.sourcePort]));
      expect(new Set([from[2], from[4]])).toEqual(new Set([other.sourcePort]));
      expect(one.sourcePort).not.toBe(other.sourcePort);
    });
  }),
  {
    name: 'flows to one port are under way at the same time, each from its own',
    run: async (stand) => {
      const at = await stand.peers.silent();
      const flows = Array.from({ length: 40 }, (): Flow => ({ sourcePort: null }));
      const replies = await stand.askAll(
        flows.map((flow) => ({ ...at, flow })),
        { timeoutMs: 300 },
      );
      expect(new Set(replies.map(said))).toEqual(new Set(['silent']));
      expect(new Set(flows.map(({ sourcePort }) => sourcePort)).size).toBe(40);
    },
  },
  {
    name: 'one flow asks several ports at the same time from the same local port',
    run: async (stand) => {
      const silent = await Promise.all([stand.peers.silent(), stand.peers.silent(), stand.peers.silent()]);
      const [first] = silent;
      if (!first) throw new Error('there are three');
      const refusing = await stand.peers.refusing();
      await undisturbed(async () => {
        const flow: Flow = { sourcePort: null };
        await stand.ask(first, { flow, timeoutMs: 20 });
        const { sourcePort } = flow;
        const asked = [...silent, refusing].map((at) => ({ ...at, flow }));
        const replies = await stand.askAll(asked, { timeoutMs: 300 });
        expect(replies.map(said)).toEqual(['silent', 'silent', 'silent', 'refused by target']);
        expect(flow.sourcePort).toBe(sourcePort);
      });
    },
  },
  {
    name: 'a flow whose port somebody else has goes on from another',
    run: async (stand) => {
      const squatter = await stand.peers.serve(() => {});
      const flow: Flow = { sourcePort: squatter.port };
      expect(said(await stand.ask(await stand.peers.refusing(), { flow }))).toBe('refused by target');
      expect(flow.sourcePort).not.toBe(squatter.port);
      expect(flow.sourcePort).toBeGreaterThan(0);
    },
  },
  {
    name: 'counts, tells each probe once with the very object, and lets the signal go',
    run: async (stand) => {
      const { signal } = new AbortController();
      const refusing = spread(await stand.peers.refusing('0.0.0.0'), 500);
      const probes = refusing.map((at): WireProbe => ({ ...at, timeoutMs: 5000 }));
      const { replies, end } = await runOf(stand, probes, { signal });
      expect(new Set(replies.map(({ probe }) => probe))).toEqual(new Set(probes));
      expect(replies).toHaveLength(500);
      expect(end).toEqual({ isStopped: false, probes: 500, packets: 500, ignored: 0, overruns: 0 });
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    },
  },
  {
    name: 'tells many different silences, each in its time',
    run: async (stand) => {
      const silent = spread(await stand.peers.silent('0.0.0.0'), 300);
      const probes = silent.map((at, i): WireProbe => ({ ...at, timeoutMs: 50 + i }));
      const { replies } = await runOf(stand, probes);
      for (const { probe, reply } of replies) {
        if (reply.kind !== 'silent') throw new Error(`said ${said(reply)}`);
        expect(reply.waitedMs).toBeGreaterThanOrEqual(probe.timeoutMs - 1);
      }
      expect(replies).toHaveLength(300);
    },
  },
  {
    name: 'takes nothing while there is nothing, until it is woken',
    run: async (stand) => {
      const [one, other] = [await stand.peers.refusing(), await stand.peers.refusing()];
      let wake = (): void => {};
      let taken = 0;
      let pulls = 0;
      let isMore = false;
      function* probes(): Generator<WireProbe | null> {
        taken++;
        yield { ...one, timeoutMs: 1000 };
        for (; !isMore; pulls++) yield null;
        taken++;
        yield { ...other, timeoutMs: 1000 };
      }
      const running = runOf(stand, probes(), {
        subscribe: (subscribed) => {
          wake = subscribed;
        },
      });
      await expect.poll(() => pulls).toBeGreaterThan(0);
      // What was under way may be told meanwhile.
      await later(100);
      const before = pulls;
      await later(200);
      expect([taken, pulls]).toEqual([1, before]);
      isMore = true;
      wake();
      wake();
      const { replies, end } = await running;
      expect(replies.map(({ reply }) => said(reply))).toEqual(['refused by target', 'refused by target']);
      expect(end).toMatchObject({ isStopped: false, probes: 2 });
    },
  },
  {
    name: 'looks itself for what was not there before, where nobody can wake it',
    run: async (stand) => {
      const at = await stand.peers.refusing();
      let isMore = false;
      setTimeout(() => {
        isMore = true;
      }, 30);
      function* probes(): Generator<WireProbe | null> {
        while (!isMore) yield null;
        yield { ...at, timeoutMs: 1000 };
      }
      const { end } = await runOf(stand, probes());
      expect(end).toMatchObject({ isStopped: false, probes: 1 });
    },
  },
  {
    name: 'ends with what the probes throw, and with what the taker of the replies throws',
    run: async (stand) => {
      const at = await stand.peers.refusing();
      const { signal } = new AbortController();
      function* broken(): Generator<WireProbe> {
        yield { ...at, timeoutMs: 1000 };
        throw new RangeError('no more');
      }
      await expect(runOf(stand, broken(), { signal })).rejects.toThrow(RangeError);
      let isReturned = false;
      function* endless(): Generator<WireProbe> {
        try {
          for (let port = 1; ; port++) yield { ...at, port, timeoutMs: 1000 };
        } finally {
          isReturned = true;
        }
      }
      let calls = 0;
      const onReplies = (): void => {
        calls++;
        throw new SyntaxError('not taken');
      };
      await expect(runOf(stand, endless(), { signal, onReplies, pace: () => 500 })).rejects.toThrow(
        SyntaxError,
      );
      expect([calls, isReturned]).toEqual([1, true]);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    },
  },
  {
    name: 'takes no more once it is stopped, and tells what is under way',
    run: async (stand) => {
      const at = await stand.peers.silent('0.0.0.0');
      const stop = new AbortController();
      let taken = 0;
      const MOST = 100;
      function* endless(): Generator<WireProbe | null> {
        for (; taken < MOST; taken++) {
          const address = `127.0.${1 + (taken >> 7)}.${1 + (taken & 127)}`;
          yield { ...at, address, timeoutMs: 10_000, flow: { sourcePort: null } };
        }
        setTimeout(() => stop.abort(), 100);
        while (!stop.signal.aborted) yield null;
        taken++;
        yield { ...at, timeoutMs: 10_000, flow: { sourcePort: null } };
      }
      const { replies, end } = await runOf(stand, endless(), { signal: stop.signal });
      expect(end).toMatchObject({ isStopped: true, probes: MOST });
      expect(replies).toHaveLength(MOST);
      expect(new Set(replies.map(({ reply }) => said(reply)))).toEqual(new Set(['unknown: aborted']));
    },
  },
  {
    name: 'holds talks beside other probes in one run',
    run: async (stand) => {
      const { at } = await listener(stand, '127.0.0.1');
      const refusing = spread(await stand.peers.refusing('0.0.0.0'), 200);
      const probes = refusing.flatMap((closed, i): WireProbe[] => [
        { ...closed, timeoutMs: 5000 },
        { ...at, timeoutMs: 5000, flow: { sourcePort: null }, ...(i % 2 ? hello : {}) },
      ]);
      // A wire without connections has 63 flows to one port.
      const { replies, end } = await runOf(
        stand,
        probes.filter((_, i) => i % 2 === 0 || i < 100),
      );
      const words = replies.map(({ reply }) => said(reply)).toSorted();
      expect(words).toEqual([
        ...Array.from({ length: 50 }, () => 'accepted'),
        ...Array.from({ length: 200 }, () => 'refused by target'),
      ]);
      expect(end).toMatchObject({ isStopped: false, probes: 250 });
    },
  },
];
