import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLLIN, type Layout } from '../linux/layout.ts';
import type { Libc, Watch } from '../linux/libc.ts';
import { Errno } from './sockets.ts';

/**
 * Tells when one of some sockets can be read, through one epoll that the event loop watches. Switched off it looks at
 * nothing and keeps no process alive: a late answer must not wake an idle process, and one that comes while the process
 * ends would crash it (koffi 3.3).
 */
export class Alarm {
  readonly #libc: Libc;
  readonly #event: Buffer;
  readonly #fds: number[] = [];
  readonly #epoll: number;
  readonly #watch: Watch;
  #isOn = false;

  /** Throws an `Errno` when there is no descriptor left. */
  constructor(libc: Libc, layout: Layout, onReadable: () => void) {
    this.#libc = libc;
    this.#event = Buffer.alloc(layout.epollEvent.size);
    this.#event.writeUInt32LE(EPOLLIN, 0);
    this.#epoll = libc.epollCreate(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw new Errno(libc.errno());
    this.#watch = libc.watch(this.#epoll, onReadable);
    this.#watch.unref();
  }

  /** Looks at these sockets too. */
  add(fds: readonly number[]): void {
    this.#fds.push(...fds);
    if (this.#isOn) this.#control(EPOLL_CTL_ADD, fds);
  }

  on(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#control(EPOLL_CTL_ADD, this.#fds);
    this.#watch.ref();
  }

  off(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#control(EPOLL_CTL_DEL, this.#fds);
    this.#watch.unref();
  }

  close(): void {
    this.#watch.close();
    this.#libc.close(this.#epoll);
  }

  #control(operation: number, fds: readonly number[]): void {
    for (const fd of fds) this.#libc.epollCtl(this.#epoll, operation, fd, this.#event);
  }
}
