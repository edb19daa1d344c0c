import { QueuedConnection } from '../queued-connection.ts';
import { EAGAIN, ECONNRESET, EPIPE, MSG_NOSIGNAL } from './layout.ts';
import type { Libc } from './libc.ts';

/**
 * A connected descriptor that the poller watches for its edges: what an edge reports is there until it is read,
 * so nothing is read, and no memory held, before. The caller closes the descriptor.
 */
export class DescriptorConnection extends QueuedConnection {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #inbox: Buffer;

  /** `inbox` is where bytes are read into, and may be shared by all lines: they are copied out at once. */
  constructor(libc: Libc, fd: number, inbox: Buffer) {
    super();
    this.#libc = libc;
    this.#fd = fd;
    this.#inbox = inbox;
  }

  take(): Uint8Array | null {
    const size = this.#libc.recv(this.#fd, this.#inbox, this.#inbox.length, 0);
    if (size > 0) return Buffer.from(this.#inbox.subarray(0, size));
    const errno = size < 0 ? this.#libc.errno() : 0;
    if (errno !== EAGAIN) {
      this.events?.onEnd(errno === ECONNRESET || errno === EPIPE ? 'reset' : 'closed');
    }
    return null;
  }

  /** Sends what the kernel has room for; when there is none, an edge reports when there is again. */
  protected send(bytes: Uint8Array): number | null {
    const sent = this.#libc.send(this.#fd, bytes, bytes.length, MSG_NOSIGNAL);
    return sent < 0 && this.#libc.errno() === EAGAIN ? null : sent;
  }
}
