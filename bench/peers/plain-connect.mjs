// plain-connect.mjs BLOCK PORTS OUTPUT IN_FLIGHT TIMEOUT_MS: what anybody would write first: net.connect, a timer, p-limit.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import pLimit from 'p-limit';

const [block, ports, output, inFlight, timeoutMs] = process.argv.slice(2);
const [first, length] = block.split('/');
const [a, b, c, d] = first.split('.').map(Number);
const start = ((a * 256 + b) * 256 + c) * 256 + d;
const addresses = Array.from({ length: 2 ** (32 - Number(length)) }, (_, i) =>
  [24, 16, 8, 0].map((shift) => Math.floor((start + i) / 2 ** shift) % 256).join('.'),
);

const ask = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: Number(timeoutMs) });
    const done = (state) => {
      socket.destroy();
      resolve(`${host} ${port} ${state}`);
    };
    socket.once('connect', () => done('open'));
    socket.once('timeout', () => done('filtered'));
    socket.once('error', ({ code }) => done(code === 'ECONNREFUSED' ? 'closed' : 'filtered'));
  });

const limit = pLimit(Number(inFlight));
// Port by port, so that no host gets all its questions at once.
const lines = await Promise.all(
  ports.split(',').flatMap((port) => addresses.map((host) => limit(() => ask(host, Number(port))))),
);
writeFileSync(output, `${lines.join('\n')}\n`);
