// Listens on TCP 135, IPv4 and IPv6.
import { createServer } from 'node:net';

createServer((socket) => socket.on('error', () => {})).listen({ host: '::', port: 135 }, () =>
  process.stdout.write('listening\n'),
);
