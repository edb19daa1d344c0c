import { type Conversation, type ConversationEnd, ConversationError, type Talk } from '../model/wire.ts';
import type { Aborts } from './aborts.ts';

/** How much of the peer's answer is kept for an error, bytes. */
const KEPT = 256;
const NOTHING: Uint8Array = new Uint8Array();

/** How a peer leaves. */
export type Hangup = Extract<ConversationEnd, 'closed' | 'reset'>;

/** Called by a connection when something happened on it. */
export interface ConnectionEvents {
  /** There may be something to take. */
  onReadable(): void;
  onEnd(end: Hangup): void;
}

/** An accepted connection without clock and bounds. What happened before `listen` is not lost: `take` finds it. */
export interface Connection {
  listen(events: ConnectionEvents): void;
  /** Bytes that have come, for the caller to keep; null when there are none now. An end found here is reported before. */
  take(): Uint8Array | null;
  /** Sends all of it; `done` is called once, at once or later, with how the connection ended when it did. */
  write(bytes: Uint8Array, done: (end: Hangup | null) => void): void;
  /** Tells nothing more. */
  release(): void;
}

/**
 * The error of an end, with what was received. Without a stack: an audit ends thousands of conversations this way, and where in our
 * own code one was noticed says nothing, while finding it out costs ten times the rest. Restored before anything else runs.
 */
const endedBy = (end: ConversationEnd, received: Uint8Array): ConversationError => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new ConversationError(end, new Uint8Array(received.subarray(0, KEPT)));
  } finally {
    Error.stackTraceLimit = limit;
  }
};

interface Reader {
  readonly size: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: ConversationError) => void;
}

/**
 * Holds one conversation on a connection, which is read only while somebody waits for bytes, so a flood costs no more than
 * what one read takes; every bound of the talk ends it, and what comes beyond `maxBytes` is as if it never came.
 */
class BoundedConversation implements Conversation, ConnectionEvents {
  readonly #connection: Connection;
  readonly #limits: Talk['limits'];
  readonly #clock: NodeJS.Timeout;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #total = 0;
  #end: ConversationEnd | null = null;
  #reader: Reader | null = null;
  #writer: ((error: ConversationError) => void) | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(connection: Connection, limits: Talk['limits']) {
    this.#connection = connection;
    this.#limits = limits;
    this.#clock = setTimeout(() => this.#finish('too-slow'), limits.totalMs);
    connection.listen(this);
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end && this.#end !== 'closed') return reject(this.#error(this.#end));
      this.#writer = reject;
      this.#connection.write(bytes, (end) => {
        this.#writer = null;
        if (end) reject(this.#error(this.#end ?? end));
        else resolve();
      });
    });
  }

  read(size: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#reader = { size, resolve, reject };
      this.#take();
      if (!this.#reader) return;
      if (this.#end) return this.#fail(this.#end);
      this.#armIdle();
    });
  }

  /** Takes every listener and timer off; the end given is what a pending read or write gets to hear. */
  release(end: ConversationEnd): void {
    this.#finish(end);
    clearTimeout(this.#clock);
    this.#connection.release();
  }

  onReadable(): void {
    const before = this.#total;
    this.#take();
    if (this.#reader && this.#total > before) this.#armIdle();
  }

  onEnd(end: Hangup): void {
    this.#finish(end);
  }

  /** A late event loop runs timers before it looks at the network: what has come by now counts. */
  #onIdle(): void {
    const [reader, before] = [this.#reader, this.#total];
    setImmediate(() => {
      if (this.#reader === reader) this.onReadable();
      if (this.#reader && this.#reader === reader && this.#total === before) {
        this.#finish(before === 0 ? 'mute' : 'too-slow');
      }
    });
  }

  #armIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#onIdle(), this.#limits.idleMs);
  }

  /** Takes from the connection what the waiting reader lacks, and serves it when all is there. */
  #take(): void {
    const reader = this.#reader;
    if (!reader) return;
    const { maxBytes } = this.#limits;
    while (this.#buffered < reader.size && this.#total < maxBytes) {
      const chunk = this.#connection.take();
      if (chunk === null) return;
      const kept = chunk.subarray(0, maxBytes - this.#total);
      this.#chunks.push(kept);
      this.#buffered += kept.length;
      this.#total += kept.length;
    }
    if (this.#buffered >= reader.size) this.#serve(reader);
    else this.#finish('too-much');
  }

  #serve({ size, resolve }: Reader): void {
    clearTimeout(this.#idle);
    this.#reader = null;
    const all = this.#all();
    this.#chunks = [all.subarray(size)];
    this.#buffered = all.length - size;
    resolve(new Uint8Array(all.subarray(0, size)));
  }

  #all(): Uint8Array {
    return this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : (this.#chunks[0] ?? NOTHING);
  }

  #error(end: ConversationEnd): ConversationError {
    return endedBy(end, this.#all());
  }

  #fail(end: ConversationEnd): void {
    this.#reader?.reject(this.#error(end));
    this.#writer?.(this.#error(end));
    this.#reader = null;
    this.#writer = null;
  }

  #finish(end: ConversationEnd): void {
    clearTimeout(this.#idle);
    this.#end ??= end;
    this.#fail(this.#end);
  }
}

/**
 * Holds a talk on a connection within its bounds; resolves when it is over, and throws what the talk throws beside
 * ConversationError. An abort ends it at once as `closed`: then what the talk received says nothing about the peer. The
 * connection is the caller's to close.
 */
export const converse = async (
  connection: Connection,
  talk: Talk,
  signal: AbortSignal,
  aborts: Aborts,
): Promise<void> => {
  const conversation = new BoundedConversation(connection, talk.limits);
  const stop = (): void => conversation.release('closed');
  aborts.add(signal, stop);
  try {
    if (signal.aborted) stop();
    await talk.exchange(conversation);
  } catch (error) {
    if (!(error instanceof ConversationError)) throw error;
  } finally {
    aborts.remove(signal, stop);
    conversation.release('closed');
  }
};

/** Holds a talk on a connection that was reset before it could begin: every read and write of it gets that end. */
export const converseWithNobody = async (talk: Talk): Promise<void> => {
  const ended = (): Promise<never> => Promise.reject(endedBy('reset', NOTHING));
  await talk.exchange({ send: ended, read: ended }).catch((error) => {
    if (!(error instanceof ConversationError)) throw error;
  });
};
