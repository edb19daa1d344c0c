import type { ConnectOptions } from '../../model/wire.ts';
import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLOUT, type Layout } from './layout.ts';
import type { Libc } from './libc.ts';

/** Events taken in one go. */
const MOST_EVENTS = 512;
/** Longest time in epoll_wait, milliseconds: how late a silence or an end can be noticed. */
const LONGEST_WAIT_MS = 20;

/** 0 when the socket connected, an errno when it failed. */
export type Outcome = number | 'silent' | 'aborted';

interface Waiting {
  readonly fd: number;
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly settled: () => number | null;
  readonly resolve: (outcome: Outcome) => void;
}

/**
 * Waits for many sockets at once. epoll_wait runs in a thread of the pool and only while something is awaited, so the
 * event loop stays free and an idle wire costs nothing and keeps no process alive. Events carry a number of their own:
 * a descriptor that was closed and used again while an event was under way is not mistaken for the new one.
 */
export class Poller {
  readonly #libc: Libc;
  readonly #layout: Layout;
  readonly #events: Buffer;
  readonly #event: Buffer;
  readonly #waiting = new Map<number, Waiting>();
  readonly #bySignal = new Map<AbortSignal, Set<number>>();
  #epoll = -1;
  #isPolling = false;
  #next = 1;

  constructor(libc: Libc, layout: Layout) {
    this.#libc = libc;
    this.#layout = layout;
    this.#events = Buffer.alloc(layout.epollEvent.size * MOST_EVENTS);
    this.#event = Buffer.alloc(layout.epollEvent.size);
  }

  /**
   * Waits until `settled` tells the outcome of a connect under way, the time is up or the signal aborts. `settled` is
   * asked whenever the kernel reports the descriptor. The caller closes it afterwards.
   */
  wait(fd: number, { timeoutMs, signal }: ConnectOptions, settled: () => number | null): Promise<Outcome> {
    return new Promise((resolve) => {
      if (this.#epoll < 0) this.#epoll = this.#libc.epollCreate(EPOLL_CLOEXEC);
      const id = this.#next++;
      this.#event.writeUInt32LE(EPOLLOUT, 0);
      this.#event.writeBigUInt64LE(BigInt(id), this.#layout.epollEvent.data);
      if (this.#epoll < 0 || this.#libc.epollCtl(this.#epoll, EPOLL_CTL_ADD, fd, this.#event) < 0) {
        // No descriptor for epoll itself (EMFILE) or no memory: the errno says it like a failed connect.
        return resolve(this.#libc.errnoNumber());
      }
      this.#waiting.set(id, { fd, deadline: performance.now() + timeoutMs, signal, settled, resolve });
      this.#listen(signal, id);
      this.#poll();
    });
  }

  /** Releases the epoll descriptor when nothing is awaited any more. */
  close(): void {
    if (this.#epoll < 0 || this.#isPolling || this.#waiting.size > 0) return;
    this.#libc.close(this.#epoll);
    this.#epoll = -1;
  }

  #listen(signal: AbortSignal, id: number): void {
    const known = this.#bySignal.get(signal);
    if (known) {
      known.add(id);
      return;
    }
    this.#bySignal.set(signal, new Set([id]));
    // One listener for all sockets of a run.
    signal.addEventListener(
      'abort',
      () => {
        for (const one of [...(this.#bySignal.get(signal) ?? [])]) this.#finish(one, 'aborted');
      },
      { once: true },
    );
  }

  #finish(id: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    this.#bySignal.get(waiting.signal)?.delete(id);
    this.#libc.epollCtl(this.#epoll, EPOLL_CTL_DEL, waiting.fd, this.#event);
    waiting.resolve(outcome);
  }

  #poll(): void {
    if (this.#isPolling || this.#waiting.size === 0) return;
    this.#isPolling = true;
    this.#libc.epollWaitAsync(this.#epoll, this.#events, MOST_EVENTS, LONGEST_WAIT_MS, (_, count) => {
      this.#isPolling = false;
      // Everything that came is taken before anything is called silent: a late event loop must not look like silence.
      for (let got = count; ; got = this.#libc.epollWait(this.#epoll, this.#events, MOST_EVENTS, 0)) {
        this.#take(got);
        if (got < MOST_EVENTS) break;
      }
      this.#expire();
      this.#poll();
    });
  }

  #take(count: number): void {
    const { size, data } = this.#layout.epollEvent;
    for (let i = 0; i < count; i++) {
      const id = Number(this.#events.readBigUInt64LE(i * size + data));
      const outcome = this.#waiting.get(id)?.settled();
      if (outcome !== undefined && outcome !== null) this.#finish(id, outcome);
    }
  }

  #expire(): void {
    const now = performance.now();
    for (const [id, { deadline }] of this.#waiting) if (deadline <= now) this.#finish(id, 'silent');
  }
}
