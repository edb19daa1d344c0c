import type { Socket } from 'node:net';
import type { Connection, ConnectionEvents, Hangup } from './conversation.ts';

/** A connected socket of Node's. It reads 16 to 128 KiB ahead; the caller destroys it. */
export class SocketConnection implements Connection {
  readonly #socket: Socket;
  #events: ConnectionEvents | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  listen(events: ConnectionEvents): void {
    this.#events = events;
    this.#socket.on('readable', this.#onReadable);
    this.#socket.on('end', this.#onEnd);
    this.#socket.on('close', this.#onEnd);
    this.#socket.on('error', this.#onError);
  }

  take(): Uint8Array | null {
    return this.#socket.read();
  }

  write(bytes: Uint8Array, done: (end: Hangup | null) => void): void {
    this.#socket.write(bytes, (error) => done(error ? 'reset' : null));
  }

  release(): void {
    this.#events = null;
    this.#socket.off('readable', this.#onReadable);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onEnd);
    this.#socket.off('error', this.#onError);
  }

  readonly #onReadable = (): void => this.#events?.onReadable();

  readonly #onEnd = (): void => this.#events?.onEnd('closed');

  readonly #onError = (error: NodeJS.ErrnoException): void =>
    this.#events?.onEnd(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'closed');
}

/**
 * Closes a socket with a reset instead of a FIN, so that the probe leaves no TIME_WAIT here and no half-open session
 * there. Once the sending side is shut, libuv refuses to reset (EINVAL) and Node would keep the handle for ever, spinning
 * on its hang-up; then a plain close must do.
 */
export const discard = (socket: Socket): void => {
  if (socket.connecting || socket.destroyed || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
};
