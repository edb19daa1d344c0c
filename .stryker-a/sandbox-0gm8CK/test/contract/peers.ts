import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Endpoint } from '../../src/model/target.ts';

const STOPPED_LISTENER = join(import.meta.dirname, 'stopped-listener.mjs');

/** `0.0.0.0` is all of 127.0.0.0/8, of which Linux and Windows have every address; its endpoint says 127.0.0.1. */
export type Loopback = '127.0.0.1' | '0.0.0.0' | '::1';

const endpoint = (address: Loopback, port: number): Endpoint => ({
  address: address === '0.0.0.0' ? '127.0.0.1' : address,
  family: address === '::1' ? 6 : 4,
  port,
});

/** As many endpoints, one after the other, at the same port: all of loopback where there is more than one address, else flows. */
export const spread = (
  at: Endpoint,
  count: number,
): (Endpoint & { readonly flow?: { sourcePort: null } })[] =>
  Array.from({ length: count }, (_, i) =>
    process.platform === 'darwin'
      ? { ...at, flow: { sourcePort: null } }
      : { ...at, address: `127.0.${1 + (i >> 7)}.${1 + (i & 127)}` },
  );

const listening = async (server: Server, address: string, port = 0): Promise<number> => {
  server.listen({ host: address, port, backlog: 4096 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Connects until the kernel no longer answers: then the queue of the listener is full. The sockets must stay. */
const fill = async (at: Endpoint): Promise<Socket[]> => {
  const sockets: Socket[] = [];
  for (;;) {
    const socket = connect({ port: at.port, host: at.address }).on('error', () => {});
    sockets.push(socket);
    const isAnswered = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
    ]);
    if (!isAnswered) return sockets;
    if (sockets.length > 64) throw new Error('a stopped listener never stopped answering');
  }
};

/** What a connect can meet on loopback, without privileges. Everything is gone after `close`. */
export class Peers {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #children: ChildProcess[] = [];

  /** A listener; `behave` is its whole behaviour on each connection. */
  async serve(behave: (socket: Socket) => void, address: Loopback = '127.0.0.1'): Promise<Endpoint> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // A probe leaves with a reset; that is no event for a peer.
      socket.on('error', () => {});
      behave(socket);
    });
    this.#servers.push(server);
    return endpoint(address, await listening(server, address));
  }

  /** A port without a listener, outside of the ephemeral range: inside, a connect can meet itself. */
  async refusing(address: Loopback = '127.0.0.1'): Promise<Endpoint> {
    for (;;) {
      const server = createServer();
      const port = 20_000 + Math.floor(Math.random() * 10_000);
      const isFree = await listening(server, address, port).catch(() => null);
      if (isFree === null) continue;
      server.close();
      await once(server, 'close');
      return endpoint(address, port);
    }
  }

  /** A port whose listener never accepts and whose queue is full: the kernel drops every SYN. */
  async silent(address: Loopback = '127.0.0.1'): Promise<Endpoint> {
    const child = spawn(process.execPath, [STOPPED_LISTENER, address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    // A stopped process does not notice that its parent has gone.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const at = endpoint(address, Number(line.toString()));
    for (const socket of await fill(at)) this.#sockets.add(socket);
    return at;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const ended = [
      ...this.#children.map((child) => once(child, 'exit')),
      ...this.#servers.map((server) => once(server, 'close')),
    ];
    for (const child of this.#children) child.kill('SIGKILL');
    for (const server of this.#servers) server.close();
    await Promise.all(ended);
  }
}
