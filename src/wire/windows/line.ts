import type { Hangup, Line, LineEvents } from '../conversation.ts';
import { WSA } from './layout.ts';
import type { Ws2 } from './ws2.ts';

interface Unsent {
  readonly bytes: Uint8Array;
  readonly done: (end: Hangup | null) => void;
}

/** A connected socket that is watched only while somebody waits: a watch tells of levels, over and over. The caller closes it. */
export class WinsockLine implements Line {
  readonly #ws2: Ws2;
  readonly #s: number;
  readonly #inbox: Buffer;
  readonly #awaitState: (isSending: boolean) => void;
  #events: LineEvents | null = null;
  #unsent: Unsent | null = null;

  /**
   * `inbox` is where bytes are read into, and may be shared by all lines: they are copied out at once. `awaitState` is asked to
   * call `wake` once when the socket is readable, or writable where it is sending.
   */
  constructor(ws2: Ws2, s: number, inbox: Buffer, awaitState: (isSending: boolean) => void) {
    this.#ws2 = ws2;
    this.#s = s;
    this.#inbox = inbox;
    this.#awaitState = awaitState;
  }

  listen(events: LineEvents): void {
    this.#events = events;
  }

  take(): Uint8Array | null {
    const size = this.#ws2.recv(this.#s, this.#inbox, this.#inbox.length, 0);
    if (size > 0) return Buffer.from(this.#inbox.subarray(0, size));
    if (size < 0 && this.#ws2.lastError() === WSA.EWOULDBLOCK) this.#wait();
    else this.#events?.onEnd(size === 0 ? 'closed' : 'reset');
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

  /** Something happened to the socket. */
  wake(): void {
    this.#flush();
    this.#events?.onReadable();
  }

  #wait(): void {
    this.#awaitState(this.#unsent !== null);
  }

  #flush(): void {
    while (this.#unsent) {
      const { bytes, done } = this.#unsent;
      const sent = this.#ws2.send(this.#s, bytes, bytes.length, 0);
      if (sent < 0 && this.#ws2.lastError() === WSA.EWOULDBLOCK) {
        this.#wait();
        return;
      }
      if (sent >= 0 && sent < bytes.length) {
        this.#unsent = { bytes: bytes.subarray(sent), done };
        continue;
      }
      this.#unsent = null;
      done(sent < 0 ? 'reset' : null);
    }
  }
}
