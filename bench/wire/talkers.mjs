// Peers for the bench of conversations: one listener of each kind, in a process of their own. Prints their ports.
import { createServer } from 'node:net';

/** bind_nak to call 1, reason not specified (C706 12.6.4.5). */
const NAK = Buffer.from('05000d0310000000150000000100000000000000' + '00', 'hex');
/** X.224 connection confirm that selects CredSSP (MS-RDPBCGR 2.2.1.2). */
const CONFIRM = Buffer.from('030000130ed00000000000' + '0200080002000000', 'hex');

const kinds = {
  hangsUp: (socket) => socket.resume().end(),
  naks: (socket) => socket.once('data', () => socket.write(NAK)),
  confirms: (socket) => socket.once('data', () => socket.write(CONFIRM)),
  mute: (socket) => socket.resume(),
};
const listen = (behave) =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      // A probe leaves with a reset; that is no event for a peer.
      socket.on('error', () => {});
      behave(socket);
    });
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => resolve(server.address().port));
  });

const ports = await Promise.all(Object.values(kinds).map(listen));
console.log(JSON.stringify(Object.fromEntries(Object.keys(kinds).map((kind, i) => [kind, ports[i]]))));
// Ends with its parent.
process.stdin.on('end', () => process.exit()).resume();
