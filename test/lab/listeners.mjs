// listeners.mjs JSON: listens on [address, port, manner] triples, one after the other, and says "ready" when all do.
import { createServer } from 'node:net';

const manners = {
  /** Takes the connection and never says a word: a hung service, a tarpit. */
  mute: () => {},
  /** Another protocol that speaks first: a port forward gone wrong. */
  banner: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
  /** Another protocol that answers anything. */
  web: (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')),
  'hang-up': (socket) => socket.end(),
};

const listen = ([host, port, manner]) =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      manners[manner](socket);
    });
    server.once('error', reject);
    // One socket stands for those of thousands of hosts, so it must hold as many unaccepted connections as all of theirs.
    server.listen({ host, port, ipv6Only: host.includes(':'), backlog: 8192 }, resolve);
  });

await Promise.all(JSON.parse(process.argv[2]).map(listen));
console.log('ready');
