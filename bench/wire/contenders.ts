import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import pLimit from 'p-limit';
import type { Endpoint } from '../../src/model/target.ts';
import type { Wire } from '../../src/model/wire.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { synWire } from '../../src/wire/raw-syn.ts';

/** Asks one endpoint and says in a word what came back. */
export type Ask = (endpoint: Endpoint, timeoutMs: number) => Promise<string>;

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

export const contender = async (name: Contender, inFlight: number): Promise<Ask> => {
  if (name === 'net.connect + p-limit') {
    const limit = pLimit(inFlight);
    return (endpoint, timeoutMs) => limit(() => plain(endpoint, timeoutMs));
  }
  const wire = await wireOf(name);
  const { signal } = new AbortController();
  // One signal for all questions of a run, as the program does it.
  setMaxListeners(0, signal);
  return async (endpoint, timeoutMs) => (await wire.connect(endpoint, { signal, timeoutMs })).kind;
};
