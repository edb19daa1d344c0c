import { connect } from 'node:net';
import pLimit from 'p-limit';
import type { Endpoint } from '../../src/model/target.ts';
import type { Wire, WireProbe } from '../../src/model/wire.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { synWire } from '../../src/wire/syn-engine.ts';

/** Asks all endpoints, so many at a time; `take` is given a word for each. */
export type AskAll = (
  endpoints: Iterable<Endpoint>,
  timeoutMs: number,
  take: (word: string) => void,
) => Promise<void>;

type Ask = (endpoint: Endpoint, timeoutMs: number) => Promise<string>;

/** What anybody would write first: net.connect, three listeners, and a timer in the socket. */
const plain: Ask = ({ address, port }, timeoutMs) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: timeoutMs });
    const done = (word: string): void => {
      socket.destroy();
      resolve(word);
    };
    socket.once('connect', () => done('accepted'));
    socket.once('timeout', () => done('silent'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ECONNREFUSED' ? 'refused' : (error.code ?? 'error')),
    );
  });

export const CONTENDERS = ['linux', 'syn', 'node', 'net.connect + p-limit'] as const;
export type Contender = (typeof CONTENDERS)[number];

export const wireOf = async (name: 'linux' | 'syn' | 'node'): Promise<Wire> => {
  if (name === 'node') return nodeWire(process.platform);
  const linux = await linuxWire(process.platform, process.arch);
  return name === 'linux' ? linux : synWire(process.platform, process.arch, linux);
};

const plainly =
  (inFlight: number): AskAll =>
  async (endpoints, timeoutMs, take) => {
    const limit = pLimit(inFlight);
    const all: Promise<void>[] = [];
    for (const endpoint of endpoints) all.push(limit(async () => take(await plain(endpoint, timeoutMs))));
    await Promise.all(all);
  };

/** One run, which holds back with `null` when enough is under way, as the program does it. */
const inOneRun =
  (wire: Wire, inFlight: number): AskAll =>
  async (endpoints, timeoutMs, take) => {
    const { signal } = new AbortController();
    let underWay = 0;
    let wake = (): void => {};
    function* probes(): Generator<WireProbe | null> {
      for (const endpoint of endpoints) {
        while (underWay >= inFlight) yield null;
        underWay++;
        yield { ...endpoint, timeoutMs };
      }
    }
    await wire.run(probes(), {
      ...{ signal, perSecond: 1_000_000 },
      subscribe: (subscribed) => {
        wake = subscribed;
      },
      onReplies: (replies) => {
        underWay -= replies.length;
        for (const { reply } of replies) take(reply.kind);
        wake();
      },
    });
  };

export const contender = async (name: Contender, inFlight: number): Promise<AskAll> =>
  name === 'net.connect + p-limit' ? plainly(inFlight) : inOneRun(await wireOf(name), inFlight);
