// node stopped-listener.mjs ADDRESS: listens there and is stopped, so that nobody ever accepts. Prints its port first.
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';

const server = createServer();
server.listen({ host: process.argv[2], port: 0, backlog: 1 }, () => {
  writeSync(1, `${server.address().port}\n`);
  process.kill(process.pid, 'SIGSTOP');
});
