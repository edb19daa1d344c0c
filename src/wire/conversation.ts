import type { Socket } from 'node:net';
import { type Conversation, type ConversationEnd, ConversationError, type Talk } from '../model/wire.ts';

/** What of the peer's words is kept for an error, bytes. */
const KEPT = 256;

interface Reader {
  readonly size: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: ConversationError) => void;
}

/**
 * Holds one conversation on a connected socket. The socket is read only while somebody waits for bytes, so a flood costs
 * no more than what Node reads ahead (16 to 128 KiB); every bound of the talk ends it, and what comes beyond `maxBytes` is
 * as if it never came. The caller destroys the socket.
 */
class SocketConversation implements Conversation {
  readonly #socket: Socket;
  readonly #talk: Talk;
  readonly #clock: NodeJS.Timeout;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #total = 0;
  #end: ConversationEnd | null = null;
  #reader: Reader | null = null;
  #writer: ((error: ConversationError) => void) | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(socket: Socket, talk: Talk) {
    this.#socket = socket;
    this.#talk = talk;
    this.#clock = setTimeout(() => this.#finish('too-slow'), talk.limits.totalMs);
    socket.on('readable', this.#onReadable);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
    socket.on('error', this.#onError);
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end && this.#end !== 'closed') return reject(this.#error(this.#end));
      this.#writer = reject;
      this.#socket.write(bytes, (error) => {
        this.#writer = null;
        if (error) reject(this.#error(this.#end ?? 'reset'));
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
    this.#socket.off('readable', this.#onReadable);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onEnd);
    this.#socket.off('error', this.#onError);
  }

  readonly #onReadable = (): void => {
    const before = this.#total;
    this.#take();
    if (this.#reader && this.#total > before) this.#armIdle();
  };

  readonly #onEnd = (): void => this.#finish('closed');

  readonly #onError = (error: NodeJS.ErrnoException): void =>
    this.#finish(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'closed');

  #armIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(
      () => this.#finish(this.#total === 0 ? 'mute' : 'too-slow'),
      this.#talk.limits.idleMs,
    );
  }

  /** Takes from the socket what the waiting reader lacks, and serves it when all is there. */
  #take(): void {
    const reader = this.#reader;
    if (!reader) return;
    const { maxBytes } = this.#talk.limits;
    while (this.#buffered < reader.size && this.#total < maxBytes) {
      const chunk: Buffer | null = this.#socket.read();
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
    const [first = Buffer.alloc(0), ...more] = this.#chunks;
    const all = more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(size)];
    this.#buffered = all.length - size;
    resolve(new Uint8Array(all.subarray(0, size)));
  }

  #error(end: ConversationEnd): ConversationError {
    return new ConversationError(end, new Uint8Array(Buffer.concat(this.#chunks).subarray(0, KEPT)));
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
 * Holds a talk on a connected socket within its bounds; resolves when it is over, and throws what the talk throws beside
 * ConversationError. An abort ends it at once as `closed`: then what the talk heard says nothing about the peer.
 */
export const converse = async (socket: Socket, talk: Talk, signal: AbortSignal): Promise<void> => {
  const conversation = new SocketConversation(socket, talk);
  const stop = (): void => conversation.release('closed');
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    await talk.hold(conversation);
  } catch (error) {
    if (!(error instanceof ConversationError)) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    conversation.release('closed');
  }
};

/** A talk on a connection that was reset before it could begin: every word of it meets that end. */
export const converseWithNobody = async (talk: Talk): Promise<void> => {
  const ended = (): Promise<never> => Promise.reject(new ConversationError('reset', new Uint8Array()));
  await talk.hold({ send: ended, read: ended }).catch((error) => {
    if (!(error instanceof ConversationError)) throw error;
  });
};

/**
 * Closes a socket with a reset instead of a FIN, so that the probe leaves no TIME_WAIT here and no half-open session
 * there. Once the sending side is shut, libuv refuses to reset (EINVAL) and Node would keep the handle for ever, spinning
 * on its hang-up; then a plain close must do.
 */
export const discard = (socket: Socket): void => {
  if (socket.connecting || socket.destroyed || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
};
