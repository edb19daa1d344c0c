// listeners.ts FILE: listens as the JSON in FILE says (row.ts, Listener), and says "ready" when all of it does.
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { Listener, Manner } from './row.ts';
import { serveRpc } from './windows.ts';

/** X.224 confirm without negotiation data, as Remote Desktop before protocol 5.2 gives it. */
const OLD_CONFIRM = Buffer.from('0300000b06d00000123400', 'hex');

const manners: Readonly<Record<Extract<Manner, string>, (socket: Socket) => void>> = {
  /** Takes the connection and never says a word: a hung service, a tarpit. */
  mute: () => {},
  /** Another protocol that speaks first: a port forward gone wrong. */
  banner: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
  /** Another protocol that answers anything. */
  web: (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')),
  'hang-up': (socket) => socket.end(),
  /** Resets as soon as it is spoken to, as SYN proxies do that cannot reach the host. */
  reset: (socket) => socket.once('data', () => socket.resetAndDestroy()),
  rpc: (socket) => serveRpc(socket),
  'old-desktop': (socket) => socket.once('data', () => socket.write(OLD_CONFIRM)),
};

const listen = ({ address, port, manner, listed }: Listener): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (typeof manner === 'string') manners[manner](socket);
      else serveRpc(socket, { ...manner, listed });
    });
    server.once('error', reject);
    // One socket stands for those of thousands of hosts, so it must hold as many unaccepted connections as all of theirs.
    server.listen({ host: address, port, ipv6Only: address.includes(':'), backlog: 8192 }, resolve);
  });

const [, , file = ''] = process.argv;
await Promise.all((JSON.parse(readFileSync(file, 'utf8')) as Listener[]).map(listen));
console.log('ready');
