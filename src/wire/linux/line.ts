import type { Hangup, Line, LineEvents } from '../conversation.ts';
import { EAGAIN, ECONNRESET, EPIPE, MSG_NOSIGNAL } from './layout.ts';
import type { Libc } from './libc.ts';

interface Unsent {
  readonly bytes: Uint8Array;
  readonly done: (end: Hangup | null) => void;
}

/**
 * A connected descriptor that the poller watches for its edges: what an edge tells of is there until somebody takes it,
 * so nothing is read, and no memory held, before. The caller closes the descriptor.
 */
export class DescriptorLine implements Line {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #inbox: Buffer;
  #events: LineEvents | null = null;
  #unsent: Unsent | null = null;

  /** `inbox` is where bytes are read into, and may be shared by all lines: they are copied out at once. */
  constructor(libc: Libc, fd: number, inbox: Buffer) {
    this.#libc = libc;
    this.#fd = fd;
    this.#inbox = inbox;
  }

  listen(events: LineEvents): void {
    this.#events = events;
  }

  take(): Uint8Array | null {
    const size = this.#libc.recv(this.#fd, this.#inbox, this.#inbox.length, 0);
    if (size > 0) return Buffer.from(this.#inbox.subarray(0, size));
    const errno = size < 0 ? this.#libc.errno() : 0;
    if (errno !== EAGAIN) {
      this.#events?.onEnd(errno === ECONNRESET || errno === EPIPE ? 'reset' : 'closed');
    }
    return null;
  }

  write(bytes: Uint8Array, done: (end: Hangup | null) => void): void {
    this.#unsent = { bytes, done };
    this.#flush();
  }

  release(): void {
    this.#events = null;
    this.#unsent = null;
  }

  /** Something happened to the descriptor. */
  wake(): void {
    this.#flush();
    this.#events?.onReadable();
  }

  /** Sends what the kernel has room for; when there is none, an edge tells that there is again. */
  #flush(): void {
    while (this.#unsent) {
      const { bytes, done } = this.#unsent;
      const sent = this.#libc.send(this.#fd, bytes, bytes.length, MSG_NOSIGNAL);
      if (sent < 0 && this.#libc.errno() === EAGAIN) return;
      if (sent >= 0 && sent < bytes.length) {
        this.#unsent = { bytes: bytes.subarray(sent), done };
        continue;
      }
      this.#unsent = null;
      done(sent < 0 ? 'reset' : null);
    }
  }
}
