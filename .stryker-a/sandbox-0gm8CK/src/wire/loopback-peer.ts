import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Listeners of our own on loopback, for a wire to be tried against. They send back what they get. */
export interface LoopbackPeer {
  /** Ports on which somebody listens. */
  readonly open: readonly number[];
  /** A port on which nobody does, until somebody else takes it. */
  readonly closed: number;
  close(): void;
}

const listen = async (server: Server, address: string): Promise<number> => {
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Opens `count` listeners on a loopback address. Rejects with the error of the system where it has no such address. */
export const openLoopbackPeer = async (address: string, count: number): Promise<LoopbackPeer> => {
  const held = new Set<Socket>();
  const servers = Array.from({ length: count }, () =>
    createServer((socket) => {
      held.add(socket);
      socket.on('error', () => {}).on('close', () => held.delete(socket));
      socket.pipe(socket);
    }),
  );
  const open = await Promise.all(servers.map((server) => listen(server, address)));
  const shut = createServer();
  const closed = await listen(shut, address);
  shut.close();
  await once(shut, 'close');
  return {
    open,
    closed,
    close: () => {
      for (const server of servers) server.close();
      // A reset that was dropped leaves its connection standing.
      for (const socket of held) socket.destroy();
    },
  };
};
