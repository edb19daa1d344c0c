import { connect } from 'node:net';
import type { Endpoint } from '../model/target.ts';
import type { Talk } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { converse } from './conversation.ts';
import { discard, SocketConnection } from './socket-connection.ts';

/**
 * Dials an endpoint that is no target of a probe, and holds a talk there. Gives whether it was connected; never throws for what the
 * network did.
 */
export const dialOut = async (
  { address: host, port }: Endpoint,
  talk: Talk,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<boolean> => {
  const socket = connect({ host, port, noDelay: true });
  // Errors while connecting, and after the end of the talk.
  socket.on('error', () => {});
  try {
    const isConnected = await new Promise<boolean>((resolve) => {
      const no = (): void => resolve(false);
      socket.once('connect', () => resolve(true));
      socket.once('close', no);
      socket.setTimeout(timeoutMs, no);
      signal.addEventListener('abort', no, { once: true });
      socket.once('connect', () => signal.removeEventListener('abort', no));
      socket.once('close', () => signal.removeEventListener('abort', no));
      if (signal.aborted) no();
    });
    socket.setTimeout(0);
    if (isConnected) await converse(new SocketConnection(socket), talk, signal, new Aborts());
    return isConnected;
  } finally {
    discard(socket);
  }
};
