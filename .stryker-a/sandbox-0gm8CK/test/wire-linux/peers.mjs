// What a connect can meet on 127.0.0.1, in a process of its own so that its descriptors are nobody else's.
// node peers.mjs accepts: takes every connection, echoes what it hears; ends with its standard input.
// node peers.mjs silent: listens, then is stopped; once its queue is full the kernel answers nobody.

import { writeSync } from 'node:fs';
import { createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
const isSilent = process.argv[2] === 'silent';
server.listen({ host: '127.0.0.1', port: 0, backlog: isSilent ? 1 : 4096 }, () => {
  writeSync(1, `${server.address().port}\n`);
  if (isSilent) process.kill(process.pid, 'SIGSTOP');
  process.stdin.resume().on('end', () => process.exit());
});
