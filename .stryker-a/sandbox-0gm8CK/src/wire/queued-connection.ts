import type { Connection, ConnectionEvents, Hangup } from './conversation.ts';

interface Unsent {
  readonly bytes: Uint8Array;
  readonly done: (end: Hangup | null) => void;
}

/**
 * A connected socket of the operating system that never blocks: keeps what could not be sent until `wake`. What differs between
 * systems is how bytes are received and sent. The caller closes the socket.
 */
export abstract class QueuedConnection implements Connection {
  protected events: ConnectionEvents | null = null;
  #unsent: Unsent | null = null;

  abstract take(): Uint8Array | null;

  /** Sends bytes: how many left, negative for an error, null when there is no room; `wake` is called when there is again. */
  protected abstract send(bytes: Uint8Array): number | null;

  /** Whether something waits for room. */
  protected get isSending(): boolean {
    return this.#unsent !== null;
  }

  listen(events: ConnectionEvents): void {
    this.events = events;
  }

  write(bytes: Uint8Array, done: (end: Hangup | null) => void): void {
    this.#unsent = { bytes, done };
    this.#flush();
  }

  release(): void {
    this.events = null;
    this.#unsent = null;
  }

  /** Something happened to the socket. */
  wake(): void {
    this.#flush();
    this.events?.onReadable();
  }

  #flush(): void {
    while (this.#unsent) {
      const { bytes, done } = this.#unsent;
      const sent = this.send(bytes);
      if (sent === null) return;
      if (sent >= 0 && sent < bytes.length) {
        this.#unsent = { bytes: bytes.subarray(sent), done };
        continue;
      }
      this.#unsent = null;
      done(sent < 0 ? 'reset' : null);
    }
  }
}
