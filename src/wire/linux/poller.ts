import { Aborts } from '../aborts.ts';
import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLET, EPOLLIN, EPOLLOUT, type Layout } from './layout.ts';
import type { Libc, Watch } from './libc.ts';

/** Sockets answered in one turn of the event loop: at some 50 us each, screen and keyboard wait a few milliseconds. */
const MOST_ANSWERS = 128;

/** 0 when the socket connected, an errno when it failed. */
export type Outcome = number | 'silent' | 'aborted';

interface Waiting {
  readonly fd: number;
  readonly resolve: (outcome: Outcome) => void;
  timer?: NodeJS.Timeout;
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly next: Watched | null;
}

/** Told whenever something happened to a connected socket; what, it has to find out. */
export interface Watched {
  wake(): void;
}

/**
 * Waits for many sockets at once, connecting and connected: one epoll for all of them, itself watched by the event loop,
 * so that no thread and no clock is spent on waiting. While nothing is awaited it keeps no process alive and does nothing.
 */
export class Poller {
  readonly #libc: Libc;
  readonly #layout: Layout;
  readonly #settled: (fd: number) => number | null;
  readonly #events: Buffer;
  readonly #event: Buffer;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watched = new Map<number, Watched>();
  readonly #aborts = new Aborts();
  readonly #expired: Waiting[] = [];
  #epoll = -1;
  #watch: Watch | null = null;
  #isScheduled = false;
  #isClosing = false;

  /**
   * `settled` reads how a connect ended: 0, an errno, or null while it is under way. It is asked for the truth whenever
   * anything points at a socket, so a stale event of a number that was closed and used again does no harm.
   */
  constructor(libc: Libc, layout: Layout, settled: (fd: number) => number | null) {
    this.#libc = libc;
    this.#layout = layout;
    this.#settled = settled;
    this.#events = Buffer.alloc(layout.epollEvent.size * MOST_ANSWERS);
    this.#event = Buffer.alloc(layout.epollEvent.size);
    // Edges of every kind: one registration serves a socket from its connect to its last word.
    this.#event.writeUInt32LE(EPOLLIN + EPOLLOUT + EPOLLET, 0);
  }

  /**
   * How the connect of this socket ends, at the latest after `timeoutMs`. When it connected, `next` is told from here on of
   * whatever happens to it, until `unwatch`. Closing the socket takes it out of the epoll.
   */
  wait(
    fd: number,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
    next: Watched | null = null,
  ): Promise<Outcome> {
    const failed = this.#open() || this.#add(fd);
    if (failed !== 0) return Promise.resolve(failed);
    if (this.#isIdle()) this.#watch?.ref();
    return new Promise((resolve) => {
      const waiting: Waiting = { fd, resolve, signal, stop: () => this.#finish(fd, 'aborted'), next };
      waiting.timer = setTimeout(this.#onTimeout, timeoutMs, waiting);
      this.#waiting.set(fd, waiting);
      this.#aborts.add(signal, waiting.stop);
    });
  }

  /** To be called before a watched socket is closed; does nothing for any other. */
  unwatch(fd: number): void {
    if (this.#watched.delete(fd)) this.#rest();
  }

  /** Releases the epoll, at once or when the last socket has been answered. */
  close(): void {
    this.#isClosing = true;
    if (this.#epoll < 0 || !this.#isIdle()) return;
    this.#watch?.close();
    this.#libc.close(this.#epoll);
    this.#watch = null;
    this.#epoll = -1;
  }

  #isIdle(): boolean {
    return this.#waiting.size === 0 && this.#watched.size === 0;
  }

  /** 0, or the errno: the epoll needs a descriptor too, and that may be the one too many. */
  #open(): number {
    this.#isClosing = false;
    if (this.#epoll >= 0) return 0;
    const epoll = this.#libc.epollCreate(EPOLL_CLOEXEC);
    if (epoll < 0) return this.#libc.errno();
    this.#epoll = epoll;
    this.#watch = this.#libc.watch(epoll, this.#onReadable);
    return 0;
  }

  #add(fd: number): number {
    this.#event.writeInt32LE(fd, this.#layout.epollEvent.data);
    return this.#libc.epollCtl(this.#epoll, EPOLL_CTL_ADD, fd, this.#event) < 0 ? this.#libc.errno() : 0;
  }

  /** koffi calls this outside of Node's bookkeeping: promises settled here would not be run, those of an immediate are. */
  readonly #onReadable = (): void => this.#schedule();

  readonly #onTimeout = (waiting: Waiting): void => {
    this.#expired.push(waiting);
    this.#schedule();
  };

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  }

  /** What one turn of the event loop does: answers first, then silences, no more than a screen can bear. */
  readonly #turn = (): void => {
    this.#isScheduled = false;
    const count = this.#libc.epollWait(this.#epoll, this.#events, MOST_ANSWERS, 0);
    const { size, data } = this.#layout.epollEvent;
    for (let i = 0; i < count; i++) {
      const fd = this.#events.readInt32LE(i * size + data);
      if (this.#waiting.has(fd)) {
        const outcome = this.#settled(fd);
        if (outcome !== null) this.#finish(fd, outcome);
      } else this.#watched.get(fd)?.wake();
    }
    for (const waiting of this.#expired.splice(0, MOST_ANSWERS)) {
      if (this.#waiting.get(waiting.fd) !== waiting) continue;
      // A late event loop may not have looked at it yet: what the socket knows by now counts.
      this.#finish(waiting.fd, this.#settled(waiting.fd) ?? 'silent');
    }
    if (this.#expired.length > 0) this.#schedule();
  };

  #finish(fd: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(fd);
    if (!waiting) return;
    this.#waiting.delete(fd);
    clearTimeout(waiting.timer);
    this.#aborts.remove(waiting.signal, waiting.stop);
    if (outcome === 0 && waiting.next) this.#watched.set(fd, waiting.next);
    waiting.resolve(outcome);
    this.#rest();
  }

  /** Lets the process go when nothing is left to wait for. */
  #rest(): void {
    if (!this.#isIdle()) return;
    this.#watch?.unref();
    if (this.#isClosing) this.close();
  }
}
