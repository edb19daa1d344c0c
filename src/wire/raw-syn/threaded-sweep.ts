import { Worker } from 'node:worker_threads';
import type { Reply } from '../../model/reply.ts';
import type { Patience, SweepEnd, SweepOptions, SweepProbe, SweepReply } from '../../model/wire.ts';
import { ABORTED } from '../replies.ts';
import { type Order, unpack, type Word } from './sweep-messages.ts';

/** How far ahead of the packets probes are taken, milliseconds of the pace, so that the thread has work while this one has. */
const AHEAD_MS = 20;
const LEAST_AHEAD = 256;
/** How often is looked for probes that were not there before, milliseconds. */
const LOOK_MS = 4;

const copyOf = ({ timeoutMs, retries, lastMs = timeoutMs }: Patience): Patience => ({
  timeoutMs,
  retries,
  lastMs,
});

/** A thread that waits for its sweep. */
export interface Thread {
  readonly worker: Worker;
  /** Rejects when the thread ends, however it ends. */
  readonly broken: Promise<never>;
}

/**
 * A sweep on a thread of its own, with the contract of one on this thread. Sending is system calls, half of the work of an
 * audit; here they cost this thread nothing, and round trips hold none of the time that it spends on other things.
 */
class ThreadedSweep<P extends SweepProbe> {
  readonly #options: SweepOptions<P>;
  readonly #probes: Iterator<P | null>;
  readonly #worker: Worker;
  readonly #broken: Promise<never>;
  readonly #underWay = new Map<number, P>();
  readonly #ids = new Map<P, number>();
  /** Each patience, and what the thread knows of it. */
  readonly #lines: { readonly patience: Patience; copy: Patience }[] = [];
  #perSecond: number;
  #given = 0;
  #taken = 0;
  #count = 0;
  #isExhausted = false;
  #ended: { resolve(end: SweepEnd): void; reject(error: unknown): void } | null = null;

  constructor({ worker, broken }: Thread, probes: Iterable<P | null>, options: SweepOptions<P>) {
    const { perSecond } = options;
    this.#options = options;
    this.#perSecond = perSecond;
    this.#probes = probes[Symbol.iterator]();
    this.#worker = worker;
    this.#broken = broken;
    worker.ref();
    this.#say({ kind: 'begin', beginning: { perSecond, ...copyOf(options) } });
  }

  async run(): Promise<SweepEnd> {
    const { signal } = this.#options;
    const stop = (): void => this.#say({ kind: 'stop' });
    signal.addEventListener('abort', stop);
    const look = setInterval(() => this.#guarded(() => this.#feed()), LOOK_MS);
    try {
      return await new Promise<SweepEnd>((resolve, reject) => {
        this.#ended = { resolve, reject };
        this.#worker.on('message', (word: Word) => this.#guarded(() => this.#hear(word)));
        this.#broken.catch(reject);
        if (signal.aborted) stop();
        this.#guarded(() => this.#feed());
      });
    } finally {
      clearInterval(look);
      signal.removeEventListener('abort', stop);
      if (!this.#isExhausted) this.#probes.return?.();
      await this.#worker.terminate();
    }
  }

  /** What the probes or their hearer throw ends the sweep. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#ended?.reject(error);
    }
  }

  #say(order: Order): void {
    this.#worker.postMessage(order);
  }

  #hear(word: Word): void {
    if (word.kind === 'failed') {
      throw word.name === 'RangeError' ? new RangeError(word.message) : new Error(word.message);
    }
    if (word.kind === 'ended') {
      // What the thread had not even taken when it was stopped.
      this.#tell([...this.#underWay.keys()].map((id) => [id, ABORTED, 0]));
      this.#ended?.resolve({ ...word.end, probes: this.#count });
      return;
    }
    this.#taken = word.taken;
    const replies: [number, Reply, number][] = [];
    unpack(word, (...reply) => replies.push(reply));
    this.#tell(replies);
    this.#feed();
  }

  #tell(replies: readonly (readonly [number, Reply, number])[]): void {
    const told: SweepReply<P>[] = [];
    for (const [id, reply, attempts] of replies) {
      const endpoint = this.#underWay.get(id);
      if (!endpoint) continue;
      this.#underWay.delete(id);
      this.#ids.delete(endpoint);
      told.push({ endpoint, reply, attempts });
    }
    if (told.length > 0) this.#options.onReplies(told);
  }

  /** Hands over probes for as long as the thread can soon send them. */
  #feed(): void {
    if (this.#isExhausted || this.#options.signal.aborted) return;
    const { perSecond } = this.#options;
    if (perSecond !== this.#perSecond) {
      this.#perSecond = perSecond;
      this.#say({ kind: 'pace', perSecond });
    }
    this.#tellPatiences();
    const addresses: string[] = [];
    const numbers: number[] = [];
    const ahead = Math.max(LEAST_AHEAD, (perSecond * AHEAD_MS) / 1000);
    while (this.#given - this.#taken < ahead && perSecond > 0) {
      const next = this.#probes.next();
      this.#isExhausted = next.done === true;
      if (next.done || next.value === null) break;
      const { address, family, port, patience } = next.value;
      const line = this.#lineOf(patience ?? this.#options);
      const known = this.#ids.get(next.value);
      const id = known ?? this.#count++;
      if (known === undefined) {
        this.#ids.set(next.value, id);
        this.#underWay.set(id, next.value);
        this.#given++;
      }
      addresses.push(known === undefined ? address : '');
      numbers.push(id, family, port, line);
    }
    if (addresses.length > 0) this.#say({ kind: 'ask', addresses, numbers: Float64Array.from(numbers) });
    if (this.#isExhausted) this.#say({ kind: 'end' });
  }

  /** Patience is read anew all the time; the thread has a copy. */
  #tellPatiences(): void {
    for (const [line, known] of this.#lines.entries()) {
      const { timeoutMs, retries, lastMs = timeoutMs } = known.patience;
      const { copy } = known;
      if (timeoutMs === copy.timeoutMs && retries === copy.retries && lastMs === copy.lastMs) continue;
      known.copy = copyOf(known.patience);
      this.#say({ kind: 'patience', line, patience: known.copy });
    }
  }

  #lineOf(patience: Patience): number {
    const known = this.#lines.findIndex((line) => line.patience === patience);
    if (known >= 0) return known;
    const copy = copyOf(patience);
    const line = this.#lines.push({ patience, copy }) - 1;
    this.#say({ kind: 'patience', line, patience: copy });
    return line;
  }
}

/** A thread that runs `file` and waits for its sweep. It keeps no process from ending before that. */
export const startThread = (file: URL): Thread => {
  const worker = new Worker(file);
  worker.unref();
  const broken = new Promise<never>((_, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the thread of the sweep ended by itself')));
  });
  // Whoever sweeps hears of it; where nobody does, nobody minds.
  broken.catch(() => {});
  return { worker, broken };
};

/** Sweeps on such a thread, which ends with the sweep. */
export const sweepOnThread = <P extends SweepProbe>(
  thread: Thread,
  probes: Iterable<P | null>,
  options: SweepOptions<P>,
): Promise<SweepEnd> => new ThreadedSweep(thread, probes, options).run();
