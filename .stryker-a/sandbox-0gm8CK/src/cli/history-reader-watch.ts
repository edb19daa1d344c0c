import { read } from 'node:fs';

// A thread of the process that reads the history, for the server may be killed while a query holds the main thread. Nothing is
// ever written to this pipe from the server, so it is read to its end when the server is gone. Not standard input: Node makes that
// non-blocking as soon as anything looks at it.
const PIPE = 4;

read(PIPE, Buffer.alloc(1), 0, 1, null, (error) => {
  if (!error) process.kill(process.pid, 'SIGKILL');
});
