import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A path to a port of 127.0.0.1 that can be cut as a pulled cable cuts it: nothing passes any more, and nobody is reset. */
export const openPath = async (to: number) => {
  const held = new Set<Socket>();
  let isCut = false;
  let connections = 0;
  const join = (from: Socket, other: Socket): void => {
    held.add(from);
    from.on('error', () => {});
    from.on('data', (chunk) => isCut || other.write(chunk));
    from.on('close', () => isCut || other.destroy());
  };
  const server = createServer((socket) => {
    connections++;
    const onward = connect(to, '127.0.0.1');
    join(socket, onward);
    join(onward, socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of held) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    cut: () => {
      isCut = true;
    },
    mend: () => {
      // What was under way is gone for good.
      for (const socket of held) socket.removeAllListeners('data').removeAllListeners('close');
      isCut = false;
    },
  };
};
