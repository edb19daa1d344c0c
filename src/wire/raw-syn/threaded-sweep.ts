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

/**
 * A sweep on a thread of its own, with the contract of one on this thread. Sending is system calls, half of the work of an
 * audit; here they cost this thread nothing, and round trips hold none of the time that it spends on other things.
 */
class ThreadedSweep<P extends SweepProbe> {
  readonly #options: SweepOptions<P>;
  readonly #probes: Iterator<P | null>;
  readonly #worker: Worker;
  readonly #underWay = new Map<number, P>();
  readonly #ids = new Map<P, number>();
  readonly #lines: { readonly patience: Patience; timeoutMs: number; retries: number }[] = [];
  #perSecond: number;
  #given = 0;
  #taken = 0;
  #count = 0;
  #isExhausted = false;
  #ended: { resolve(end: SweepEnd): void; reject(error: unknown): void } | null = null;

  constructor(file: URL, probes: Iterable<P | null>, options: SweepOptions<P>) {
    const { perSecond, timeoutMs, retries } = options;
    this.#options = options;
    this.#perSecond = perSecond;
    this.#probes = probes[Symbol.iterator]();
    this.#worker = new Worker(file, { workerData: { perSecond, timeoutMs, retries } });
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
        this.#worker.on('error', reject);
        this.#worker.on('exit', () => reject(new Error('the thread of the sweep ended by itself')));
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
      const { timeoutMs, retries } = known.patience;
      if (timeoutMs === known.timeoutMs && retries === known.retries) continue;
      Object.assign(known, { timeoutMs, retries });
      this.#say({ kind: 'patience', line, patience: { timeoutMs, retries } });
    }
  }

  #lineOf(patience: Patience): number {
    const known = this.#lines.findIndex((line) => line.patience === patience);
    if (known >= 0) return known;
    const { timeoutMs, retries } = patience;
    const line = this.#lines.push({ patience, timeoutMs, retries }) - 1;
    this.#say({ kind: 'patience', line, patience: { timeoutMs, retries } });
    return line;
  }
}

/** Sweeps on a thread that runs `file`. */
export const sweepOnThread = <P extends SweepProbe>(
  file: URL,
  probes: Iterable<P | null>,
  options: SweepOptions<P>,
): Promise<SweepEnd> => new ThreadedSweep(file, probes, options).run();
