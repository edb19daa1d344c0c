import { readdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import {
  type Conversation,
  ConversationError,
  type Talk,
  type TalkLimits,
  type Wire,
} from '../../src/model/wire.ts';
import { openPeers, type Peers } from '../wire-linux/peers.ts';

/** What every wire must do. A wire that cannot skips a case by its name, with a reason that is printed. */
export interface Conformance {
  readonly make: () => Promise<Wire>;
  readonly skips?: Readonly<Record<string, string>>;
}

const LIMITS: TalkLimits = { totalMs: 2000, idleMs: 400, maxBytes: 10_000 };
const never = new AbortController().signal;

interface Served {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

const serve = async (
  address: string,
  on: (socket: Socket) => void,
  allowHalfOpen = false,
): Promise<Served> => {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    on(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has a port');
  return {
    endpoint: { address, family: address.includes(':') ? 6 : 4, port: bound.port },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** What became of a conversation: what was heard, or how it ended. */
const held = (work: (io: Conversation) => Promise<string>, limits: Partial<TalkLimits> = {}) => {
  let outcome = 'never held';
  const talk: Talk = {
    limits: { ...LIMITS, ...limits },
    hold: async (io) => {
      outcome = await work(io).catch((error) => {
        if (!(error instanceof ConversationError)) throw error;
        return `${error.end} after ${error.received.length}`;
      });
    },
  };
  return { talk, outcome: () => outcome };
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Runs the contract of src/model/wire.ts against one wire, on loopback listeners of its own. */
export const describeWire = (name: string, { make, skips = {} }: Conformance): void => {
  describe(`the ${name} wire keeps the contract`, () => {
    let wire: Wire;
    let peers: Peers;
    beforeAll(async () => {
      [wire, peers] = await Promise.all([make(), openPeers()]);
    });
    afterAll(async () => {
      await wire.close();
      await peers.close();
    });

    const rule = (title: string, work: () => Promise<void>): void => {
      const reason = skips[title];
      if (reason !== undefined) it.skip(`${title} (${reason})`, work);
      else it(title, work);
    };
    const connect = (
      endpoint: Endpoint,
      options: Partial<Parameters<Wire['connect']>[1]> = {},
    ): Promise<Reply> => wire.connect(endpoint, { signal: never, timeoutMs: 500, ...options });
    const serving = async <T>(
      on: (socket: Socket) => void,
      work: (endpoint: Endpoint) => Promise<T>,
    ): Promise<T> => {
      const served = await serve('127.0.0.1', on);
      try {
        return await work(served.endpoint);
      } finally {
        await served.close();
      }
    };

    rule('an accept is accepted, with a round trip', async () => {
      const reply = await connect(peers.accepting);
      expect(reply).toMatchObject({ kind: 'accepted' });
      if (reply.kind === 'accepted') expect(reply.rttMs).toBeLessThan(400);
    });

    rule('a refusal on loopback is the target’s', async () => {
      expect(await connect(peers.refusing)).toMatchObject({ kind: 'refused', by: 'target' });
    });

    rule('silence lasts as long as it was given', async () => {
      const started = performance.now();
      const reply = await connect(peers.silent, { timeoutMs: 300 });
      expect(reply).toMatchObject({ kind: 'silent', attempts: 1 });
      expect(performance.now() - started).toBeGreaterThanOrEqual(295);
      expect(performance.now() - started).toBeLessThan(900);
    });

    rule('IPv6 is the same', async () => {
      const served = await serve('::1', (socket) => socket.end());
      expect(await connect(served.endpoint)).toMatchObject({ kind: 'accepted' });
      await served.close();
      expect(await connect(served.endpoint)).toMatchObject({ kind: 'refused', by: 'target' });
    });

    rule('a talk is held, and what it hears is whole, however it was cut', async () => {
      const { talk, outcome } = held(async (io) => {
        await io.send(Buffer.from('hello'));
        return text(await io.read(3)) + text(await io.read(7));
      });
      const cut = (socket: Socket): void => {
        socket.on('data', () => {
          for (const [i, piece] of ['a', 'bcde', 'fghij', 'rest'].entries())
            setTimeout(() => socket.write(piece), i * 20);
        });
      };
      expect((await serving(cut, (endpoint) => connect(endpoint, { talk }))).kind).toBe('accepted');
      expect(outcome()).toBe('abcdefghij');
    });

    rule('a mute peer ends a talk by its idle bound', async () => {
      const { talk, outcome } = held(async (io) => text(await io.read(1)));
      const started = performance.now();
      await serving(
        () => {},
        (endpoint) => connect(endpoint, { talk }),
      );
      expect(outcome()).toBe('mute after 0');
      expect(performance.now() - started).toBeLessThan(1500);
    });

    rule('a peer that drips ends a talk by its whole bound, with what came', async () => {
      const { talk, outcome } = held(async (io) => text(await io.read(100)), { totalMs: 700 });
      const drip = (socket: Socket): void => {
        const timer = setInterval(() => socket.write('x'), 100);
        socket.on('close', () => clearInterval(timer));
      };
      const started = performance.now();
      await serving(drip, (endpoint) => connect(endpoint, { talk }));
      expect(outcome()).toMatch(/^too-slow after [3-8]$/);
      expect(performance.now() - started).toBeLessThan(2000);
    });

    rule('a flood costs no more than its bound', async () => {
      const { talk, outcome } = held(async (io) => text(await io.read(1 << 28)), { totalMs: 5000 });
      const chunk = Buffer.alloc(1 << 16, 'x');
      const flood = (socket: Socket): void => {
        const pour = (): void => {
          while (socket.writable && socket.write(chunk));
        };
        socket.on('drain', pour);
        pour();
      };
      const before = process.memoryUsage().rss;
      await serving(flood, (endpoint) => connect(endpoint, { talk }));
      expect(outcome()).toMatch(/^too-much/);
      expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
    });

    rule('a peer that closes at once has accepted', async () => {
      for (const on of [
        (socket: Socket) => socket.end(),
        (socket: Socket) => socket.destroy(),
        (socket: Socket) => socket.resetAndDestroy(),
      ]) {
        const { talk, outcome } = held(async (io) => text(await io.read(1)));
        const reply = await serving(on, (endpoint) => connect(endpoint, { talk }));
        expect(reply.kind).toBe('accepted');
        expect(outcome()).toMatch(/^(closed|reset) after 0$/);
      }
    });

    rule('what came before the end is readable, and told of when it is not enough', async () => {
      const { talk, outcome } = held(
        async (io) => `${text(await io.read(4))} then ${text(await io.read(99))}`,
      );
      await serving(
        (socket) => socket.end('SSH-2.0'),
        (endpoint) => connect(endpoint, { talk }),
      );
      expect(outcome()).toBe('closed after 3');
    });

    rule('a bug in a talk comes out, and the connection is closed all the same', async () => {
      let closed = false;
      const on = (socket: Socket): void => {
        socket.on('close', () => {
          closed = true;
        });
        socket.resume();
      };
      const talk: Talk = {
        limits: LIMITS,
        hold: async () => {
          throw new TypeError('a bug');
        },
      };
      await serving(on, async (endpoint) => {
        await expect(connect(endpoint, { talk })).rejects.toThrow('a bug');
        await expect.poll(() => closed).toBe(true);
      });
    });

    rule('an abort ends it at once: before, while connecting, while talking', async () => {
      const aborted = { kind: 'unknown', fault: { kind: 'aborted' } };
      expect(await connect(peers.accepting, { signal: AbortSignal.abort() })).toMatchObject(aborted);
      const started = performance.now();
      const connecting = new AbortController();
      setTimeout(() => connecting.abort(), 50);
      expect(await connect(peers.silent, { signal: connecting.signal, timeoutMs: 5000 })).toMatchObject(
        aborted,
      );
      const talking = new AbortController();
      const { talk, outcome } = held(async (io) => text(await io.read(1)), { idleMs: 5000, totalMs: 5000 });
      setTimeout(() => talking.abort(), 100);
      await serving(
        () => {},
        (endpoint) => connect(endpoint, { talk, signal: talking.signal }),
      );
      expect(outcome()).toMatch(/^closed/);
      expect(performance.now() - started).toBeLessThan(1500);
    });

    rule('thousands of connects leak no descriptor and no listener', async () => {
      const controller = new AbortController();
      const ends = [peers.accepting, peers.refusing];
      await connect(peers.accepting);
      const before = descriptors();
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < 3000) {
          const endpoint = ends[next++ % ends.length] ?? peers.refusing;
          const reply = await connect(endpoint, { signal: controller.signal });
          expect(['accepted', 'refused']).toContain(reply.kind);
        }
      };
      await Promise.all(Array.from({ length: 100 }, lane));
      await expect.poll(descriptors).toBeLessThanOrEqual(before + 2);
    });

    rule('many silences wait side by side', async () => {
      const started = performance.now();
      const replies = await Promise.all(
        Array.from({ length: 200 }, () => connect(peers.silent, { timeoutMs: 300 })),
      );
      expect(replies.every(({ kind }) => kind === 'silent')).toBe(true);
      expect(performance.now() - started).toBeLessThan(1500);
    });

    rule(
      'a TTL that cannot reach the target is answered by a hop or by nobody, and on loopback by the target',
      async () => {
        if (!wire.capabilities.ttl) return;
        expect(await connect(peers.accepting, { ttl: 1 })).toMatchObject({ kind: 'accepted' });
        expect(await connect(peers.refusing, { ttl: 1 })).toMatchObject({ kind: 'refused' });
      },
    );

    rule('closing twice is closing once, and what is closed can be used again', async () => {
      const own = await make();
      await own.connect(peers.refusing, { signal: never, timeoutMs: 500 });
      await own.close();
      await own.close();
      expect(await own.connect(peers.refusing, { signal: never, timeoutMs: 500 })).toMatchObject({
        kind: 'refused',
      });
      await own.close();
    });
  });
};
