import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { canonicalIp } from '../ip/ip.ts';
import type { Conversation, TalkLimits } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { converse } from './conversation.ts';
import { discard, SocketConnection } from './socket-connection.ts';

/** A connection that came in, from both sides. Addresses in canonical text, IPv4 never in its IPv6 form. */
export interface Incoming {
  readonly port: number;
  readonly source: { readonly address: string; readonly port: number };
  readonly local: string;
}

/** What becomes of a connection that is let in. */
export interface ConnectionHandler {
  readonly signal: AbortSignal;
  exchange(io: Conversation): Promise<void>;
  /** Called once, when the connection is gone. */
  ended(): void;
}

/** Waiting connections that the kernel keeps while this program is busy. */
const BACKLOG = 511;
/** Every address of this machine: IPv6 with IPv4 in it, or IPv4 alone where there is no IPv6. */
const ANYWHERE = ['::', '0.0.0.0'];
const NO_FAMILY = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

const bare = (address: string | undefined): string =>
  canonicalIp((address ?? '').replace(/%.*$/, ''))?.address ?? '';

const incoming = (socket: Socket): Incoming => ({
  port: socket.localPort ?? 0,
  source: { address: bare(socket.remoteAddress), port: socket.remotePort ?? 0 },
  local: bare(socket.localAddress),
});

/** Listens; gives the system's error code where it cannot. */
const listenAt = (server: Server, host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const onError = ({ code }: NodeJS.ErrnoException): void => resolve(code ?? 'UNKNOWN');
    server.once('error', onError);
    server.listen({ host, port, backlog: BACKLOG, exclusive: true }, () => {
      server.off('error', onError);
      // Such as too many open files while accepting: that connection is lost, and the next may be let in.
      server.on('error', () => {});
      resolve(null);
    });
  });

/**
 * Opens a TCP port at one address, or at all of this machine. `receive` is called for each connection before anything of it is read;
 * where it gives null the connection is reset. The conversation has the bounds of `limits`. Gives how to close it and all of
 * its connections with it and which port it has (0 asks for any), or the system's code.
 */
export const openPort = async (
  at: { readonly port: number; readonly address?: string },
  limits: TalkLimits,
  receive: (from: Incoming) => ConnectionHandler | null,
): Promise<{ readonly port: number; readonly close: () => void } | { readonly code: string }> => {
  const sockets = new Set<Socket>();
  const aborts = new Aborts();
  const serve = async (socket: Socket, reception: ConnectionHandler): Promise<void> => {
    sockets.add(socket);
    try {
      await converse(
        new SocketConnection(socket),
        { limits, exchange: reception.exchange },
        reception.signal,
        aborts,
      );
    } finally {
      sockets.delete(socket);
      discard(socket);
      reception.ended();
    }
  };
  for (const host of at.address === undefined ? ANYWHERE : [at.address]) {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {});
      const reception = receive(incoming(socket));
      if (reception === null) discard(socket);
      // Rejects with bugs only, which end the program.
      else void serve(socket, reception);
    });
    const code = await listenAt(server, host, at.port);
    if (code === null) {
      const close = (): void => {
        server.close();
        for (const socket of sockets) discard(socket);
      };
      return { port: (server.address() as AddressInfo).port, close };
    }
    if (host !== '::' || at.address !== undefined || !NO_FAMILY.has(code)) return { code };
  }
  return { code: 'EAFNOSUPPORT' };
};
