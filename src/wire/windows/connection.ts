import { QueuedConnection } from '../queued-connection.ts';
import { WSA } from './layout.ts';
import type { Ws2 } from './ws2.ts';

/** A connected socket that is watched only while somebody waits: a watch is level-triggered, and reports over and over. The caller closes it. */
export class WinsockConnection extends QueuedConnection {
  readonly #ws2: Ws2;
  readonly #s: number;
  readonly #inbox: Buffer;
  readonly #awaitState: (isSending: boolean) => void;

  /**
   * `inbox` is where bytes are read into, and may be shared by all lines: they are copied out at once. `awaitState` is asked to
   * call `wake` once when the socket is readable, or writable where it is sending.
   */
  constructor(ws2: Ws2, s: number, inbox: Buffer, awaitState: (isSending: boolean) => void) {
    super();
    this.#ws2 = ws2;
    this.#s = s;
    this.#inbox = inbox;
    this.#awaitState = awaitState;
  }

  take(): Uint8Array | null {
    const size = this.#ws2.recv(this.#s, this.#inbox, this.#inbox.length, 0);
    if (size > 0) return Buffer.from(this.#inbox.subarray(0, size));
    if (size < 0 && this.#ws2.lastError() === WSA.EWOULDBLOCK) this.#awaitState(this.isSending);
    else this.events?.onEnd(size === 0 ? 'closed' : 'reset');
    return null;
  }

  protected send(bytes: Uint8Array): number | null {
    const sent = this.#ws2.send(this.#s, bytes, bytes.length, 0);
    if (sent >= 0 || this.#ws2.lastError() !== WSA.EWOULDBLOCK) return sent;
    this.#awaitState(this.isSending);
    return null;
  }
}
