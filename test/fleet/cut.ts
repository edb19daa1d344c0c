import { mkdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openHistory } from '../../src/store/open.ts';
import { judgedIn, until } from '../cli/run.ts';
import { buildProgram } from './program.ts';
import { QuietPrograms } from './quiet.ts';
import { freePort, TestRedis } from './redis.ts';

/** A network between a program and its store, which can be cut: then no byte passes, and no connection ends. */
interface Network {
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): void;
}

const networkTo = async (port: number): Promise<Network> => {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    if (isCut) socket.pause();
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('close', () => to.destroy());
    }
    keep(near);
    keep(far);
  });
  const own = await freePort();
  await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${own}`,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** Who loses the store, for how long, and whether locks and timeouts are short so that seconds are like a minute. */
export interface Cut {
  readonly at: string;
  readonly whom: 'a worker' | 'the coordinator' | 'all';
  readonly hosts: number;
  readonly cutMs: number;
  readonly isShort: boolean;
  /** How long the run may take after the network is mended, milliseconds. */
  readonly restMs: number;
}

/** What came of it. */
export interface AfterCut {
  /** How the coordinator ended; null when it did not. */
  readonly code: number | null;
  readonly hosts: number;
  readonly distinct: number;
  /** From mending to the end. */
  readonly secondsAfter: number;
  /** What the programs said last. */
  readonly said: string;
}

/** Cuts the network of a run with two workers once it is on its way, mends it, and waits for the end. */
export const cutAndMend = async ({ at, whom, hosts, cutMs, isShort, restMs }: Cut): Promise<AfterCut> => {
  const data = join(at, 'redis');
  mkdirSync(data);
  const redis = new TestRedis(await freePort(), data);
  await redis.start();
  const [prober, conductor] = [buildProgram('prober', at), buildProgram('conductor', at)];
  const network = await networkTo(redis.port);
  const urlFor = (who: Cut['whom']): string => (whom === who || whom === 'all' ? network.url : redis.url);
  const db = join(at, 'history.db');
  const times = isShort ? ['short'] : [];
  const programs = new QuietPrograms();
  const workers = [urlFor('a worker'), whom === 'all' ? network.url : redis.url].map((url) =>
    programs.start([prober, url, 'hq', '20', ...times]),
  );
  const lead = programs.start([conductor, urlFor('the coordinator'), 'hq', db, String(hosts), ...times]);
  const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
  const kept = (): string[] => {
    const history = openHistory(db, around, 'read');
    const targets = [...history.hosts('test.hq')].map(({ target }) => target);
    history.close();
    return targets;
  };
  try {
    // On its way: hosts have come from a worker.
    await until(() => judgedIn(db) > 0);
    network.cut();
    await pause(cutMs);
    network.mend();
    const mended = performance.now();
    const code = await Promise.race([lead.gone, pause(restMs, null, { ref: false })]);
    const targets = kept();
    const secondsAfter = (performance.now() - mended) / 1000;
    const { said } = programs;
    return { code, hosts: targets.length, distinct: new Set(targets).size, secondsAfter, said };
  } finally {
    for (const { child } of [...workers, lead]) child.kill('SIGKILL');
    network.close();
    await redis.stop();
  }
};
