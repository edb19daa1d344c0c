import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Endpoint } from '../../src/model/target.ts';

const SCRIPT = join(import.meta.dirname, 'peers.mjs');

const loopback = (port: number): Endpoint => ({ address: '127.0.0.1', family: 4, port });

const start = async (kind: 'accepts' | 'silent'): Promise<{ child: ChildProcess; port: number }> => {
  const child = spawn(process.execPath, [SCRIPT, kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  // A stopped process does not notice that its parent has gone.
  process.once('exit', () => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
};

/** Connects until the kernel no longer answers; the sockets that fill the queue must stay. */
const fill = async (port: number): Promise<Socket[]> => {
  const sockets: Socket[] = [];
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {});
    sockets.push(socket);
    const isConnected = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300)),
    ]);
    if (!isConnected) return sockets;
    if (sockets.length > 64) throw new Error('a stopped listener never stopped answering');
  }
};

const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Endpoints of this machine that accept and echo, refuse, and never answer. */
export interface Peers {
  readonly accepting: Endpoint;
  readonly refusing: Endpoint;
  readonly silent: Endpoint;
  close(): Promise<void>;
}

export const openPeers = async (): Promise<Peers> => {
  const [accepting, silent] = await Promise.all([start('accepts'), start('silent')]);
  const fillers = await fill(silent.port);
  return {
    accepting: loopback(accepting.port),
    silent: loopback(silent.port),
    refusing: loopback(await closedPort()),
    close: async () => {
      for (const socket of fillers) socket.destroy();
      const ended = Promise.all([accepting, silent].map(({ child }) => once(child, 'exit')));
      for (const { child } of [accepting, silent]) child.kill('SIGKILL');
      await ended;
    },
  };
};
