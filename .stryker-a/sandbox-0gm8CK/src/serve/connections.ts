import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Connections that are open at once: of all, and of one address. */
const MOST = 128;
const MOST_OF_ONE = 48;

type Socket = IncomingMessage['socket'];

interface Known {
  readonly address: string;
  /** Requests that are being answered. */
  answering: number;
}

/**
 * Keeps the connections of a server few, and takes a new one rather than one that waits: who opens connections and sends
 * nothing loses the oldest of them. One that is being answered is never cut off; where all are, the new one is.
 */
export const boundConnections = (server: Server): void => {
  // In the order in which they were last of use, the oldest first.
  const open = new Map<Socket, Known>();
  const ofAddress = (address: string): number =>
    [...open.values()].filter((one) => one.address === address).length;
  /** Whether there is room for one more of those that count; the oldest that waits makes it. */
  const hasRoom = (count: number, most: number, counts: (one: Known) => boolean): boolean => {
    if (count < most) return true;
    for (const [socket, one] of open) {
      if (one.answering > 0 || !counts(one)) continue;
      open.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  };
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const isRoom =
      hasRoom(ofAddress(address), MOST_OF_ONE, (one) => one.address === address) &&
      hasRoom(open.size, MOST, () => true);
    if (!isRoom) {
      socket.destroy();
      return;
    }
    open.set(socket, { address, answering: 0 });
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const known = open.get(socket);
    if (!known) return;
    known.answering += 1;
    response.once('close', () => {
      known.answering -= 1;
      // Of use until now.
      if (open.delete(socket)) open.set(socket, known);
    });
  });
};
