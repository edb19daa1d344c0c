import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLET, EPOLLIN, EPOLLOUT, type Layout } from './layout.ts';
import type { Libc, Watch } from './libc.ts';

/** Sockets looked at in one turn of the event loop: at some 15 us each, screen and keyboard wait a few milliseconds. */
const MOST_EVENTS = 256;

/** Told of everything that happens to a socket: the bits that epoll gives (EPOLLIN and so on). */
export interface Watched {
  onEvents(events: number): void;
}

/**
 * Waits for many sockets at once, connecting and connected: one epoll for all of them, itself watched by the event loop,
 * so that no thread and no clock is spent on waiting. While nothing is awaited it keeps no process alive and does nothing.
 */
export class Poller {
  readonly #libc: Libc;
  readonly #events: Buffer;
  readonly #words: Int32Array;
  readonly #wordsEach: number;
  readonly #dataWord: number;
  readonly #event: Buffer;
  readonly #eventWords: Int32Array;
  readonly #watched: (Watched | undefined)[] = [];
  readonly #onReadable: () => void;
  #size = 0;
  #epoll = -1;
  #watch: Watch | null = null;
  #isClosing = false;

  /** `onReadable` is called when there is something to `poll`, outside of Node's callback scope: it may only schedule. */
  constructor(libc: Libc, { epollEvent }: Layout, onReadable: () => void) {
    this.#libc = libc;
    this.#onReadable = onReadable;
    this.#events = Buffer.alloc(epollEvent.size * MOST_EVENTS);
    this.#words = new Int32Array(this.#events.buffer, this.#events.byteOffset, this.#events.length / 4);
    this.#wordsEach = epollEvent.size / 4;
    this.#dataWord = epollEvent.data / 4;
    this.#event = Buffer.alloc(epollEvent.size);
    this.#eventWords = new Int32Array(this.#event.buffer, this.#event.byteOffset, epollEvent.size / 4);
    // Edges of every kind: one registration serves a socket from its connect to its end.
    this.#event.writeUInt32LE(EPOLLIN + EPOLLOUT + EPOLLET, 0);
  }

  /** Watches a socket until `leave`. 0, or the errno: the epoll needs a descriptor too, and that may be the one too many. */
  add(fd: number, watched: Watched): number {
    const failed = this.#epoll < 0 ? this.#open() : 0;
    if (failed !== 0) return failed;
    this.#isClosing = false;
    this.#eventWords[this.#dataWord] = fd;
    if (this.#libc.epollCtl(this.#epoll, EPOLL_CTL_ADD, fd, this.#event) < 0) return this.#libc.errno();
    this.take(fd, watched);
    return 0;
  }

  /** Watches a socket again that was left. */
  take(fd: number, watched: Watched): void {
    this.#watched[fd] = watched;
    if (this.#size++ === 0) this.#watch?.ref();
  }

  /** Whether it closes with the last socket that is watched. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /**
   * A socket is no longer reported; it stays in the epoll until it is closed; to be called before it is, too. Does nothing
   * for one that is not watched.
   */
  leave(fd: number): void {
    if (this.#watched[fd] === undefined) return;
    this.#watched[fd] = undefined;
    if (--this.#size > 0) return;
    this.#watch?.unref();
    if (this.#isClosing) this.close();
  }

  /** Tells of what happened, as much as one turn bears. True when that was all. */
  poll(): boolean {
    if (this.#size === 0) return true;
    const count = this.#libc.epollWait(this.#epoll, this.#events, MOST_EVENTS, 0);
    for (let i = 0; i < count; i++) {
      const at = i * this.#wordsEach;
      this.#watched[this.#words[at + this.#dataWord] ?? -1]?.onEvents(this.#words[at] ?? 0);
    }
    return count < MOST_EVENTS;
  }

  /** Releases the epoll, at once or when the last socket has been removed. */
  close(): void {
    this.#isClosing = true;
    if (this.#epoll < 0 || this.#size > 0) return;
    this.#watch?.close();
    this.#libc.close(this.#epoll);
    this.#watch = null;
    this.#epoll = -1;
  }

  #open(): number {
    const epoll = this.#libc.epollCreate(EPOLL_CLOEXEC);
    if (epoll < 0) return this.#libc.errno();
    this.#epoll = epoll;
    this.#watch = this.#libc.watch(epoll, this.#onReadable);
    return 0;
  }
}
