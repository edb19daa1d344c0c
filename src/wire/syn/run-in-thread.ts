import { Worker } from 'node:worker_threads';
import type { Reply } from '../../model/reply.ts';
import type { WireEnd, WireOptions, WireProbe, WireReply } from '../../model/wire.ts';
import { ABORTED } from '../unknown-replies.ts';
import type { SourcePorts } from './source-ports.ts';
import { ProbePacker, type ThreadEvent, type ThreadRequest, unpackReplies } from './thread-messages.ts';

/** How far ahead probes are taken, milliseconds of the rate, so that the thread never waits for this one. */
const AHEAD_MS = 20;
const LEAST_AHEAD = 256;
/** Interval at which a new rate is noticed, and probes that come without a wake-up, milliseconds. */
const LOOK_MS = 4;

/** A thread that waits for its next run. It keeps no process from ending meanwhile. */
export class SynThread {
  readonly worker: Worker;
  /** Rejects when the thread ends, however it ends. */
  readonly broken: Promise<never>;
  isBroken = false;
  #isClosing = false;

  constructor(file: URL) {
    this.worker = new Worker(file);
    this.worker.unref();
    this.broken = new Promise<never>((_, reject) => {
      this.worker.on('error', reject);
      this.worker.on('exit', () => reject(new Error('the thread of the sweep ended by itself')));
    });
    // A run on it rejects; without one there is nobody to handle the rejection.
    this.broken.catch(() => {
      this.isBroken = true;
    });
  }

  /** One run, as a sweep on this thread would do it; one at a time. */
  run<P extends WireProbe>(
    ports: SourcePorts,
    probes: Iterable<P | null>,
    options: WireOptions<P>,
  ): Promise<WireEnd> {
    return new ThreadedRun(this, ports, probes, options).run();
  }

  /** No run goes on: the process may end although the thread waits, unless it is waited for that the thread ends. */
  rest(): void {
    if (!this.#isClosing) this.worker.unref();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.worker.ref();
    await this.worker.terminate();
  }
}

/**
 * A run on a thread of its own. Sending is system calls, half of the work of an audit; there they cost this thread nothing, and
 * round trips hold none of the time that it spends on other things.
 */
class ThreadedRun<P extends WireProbe> {
  readonly #thread: SynThread;
  readonly #ports: SourcePorts;
  readonly #options: WireOptions<P>;
  readonly #probes: Iterator<P | null>;
  readonly #packer = new ProbePacker();
  /** Probes under way by their number; numbers are used again. */
  readonly #underWay: (P | undefined)[] = [];
  readonly #free: number[] = [];
  #perSecond: number;
  #given = 0;
  #taken = 0;
  #isExhausted = false;
  #isFeeding = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(thread: SynThread, ports: SourcePorts, probes: Iterable<P | null>, options: WireOptions<P>) {
    this.#thread = thread;
    this.#ports = ports;
    this.#options = options;
    this.#perSecond = options.perSecond;
    this.#probes = probes[Symbol.iterator]();
  }

  async run(): Promise<WireEnd> {
    const { signal, subscribe } = this.#options;
    const { worker, broken } = this.#thread;
    let onMessage = (_: ThreadEvent): void => {};
    const onAbort = (): void => this.#post({ kind: 'stop' });
    const look = setInterval(() => this.#feedAndLook(), LOOK_MS);
    worker.ref();
    signal.addEventListener('abort', onAbort);
    try {
      const ended = new Promise<WireEnd>((resolve, reject) => {
        const onEvent = (event: ThreadEvent): void => {
          if (event.kind === 'replies') this.#guarded(() => this.#onReplies(event));
          else if (event.kind === 'end') resolve(event.end);
          else reject(event.name === 'RangeError' ? new RangeError(event.message) : new Error(event.message));
        };
        // Node delivers a thousand messages before anything else runs, timers and signals too, and each that is answered
        // brings another: so they are only taken here, and read when the loop has turned.
        let events: ThreadEvent[] = [];
        onMessage = (event) => {
          if (events.push(event) > 1) return;
          setImmediate(() => {
            const batch = events;
            events = [];
            for (const one of batch) onEvent(one);
          });
        };
        broken.catch(reject);
      });
      worker.on('message', onMessage);
      this.#post({ kind: 'begin', perSecond: this.#perSecond, ports: this.#ports.ports });
      if (signal.aborted) onAbort();
      subscribe?.(() => this.#feedSoon());
      this.#guarded(() => this.#feed());
      const end = await ended;
      // What the thread had not even taken when it was stopped.
      const untaken = this.#underWay.flatMap((probe) => (probe ? [{ probe, reply: ABORTED }] : []));
      if (untaken.length > 0 && !this.#failure) this.#guarded(() => this.#options.onReplies(untaken));
      if (this.#failure) throw this.#failure.error;
      return { ...end, isStopped: end.isStopped || untaken.length > 0, probes: this.#given };
    } finally {
      clearInterval(look);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onMessage);
      this.#thread.rest();
      if (!this.#isExhausted) this.#probes.return?.();
    }
  }

  /** What the probes or the taker of their replies throw ends the run. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failure ??= { error };
      this.#post({ kind: 'stop' });
    }
  }

  #post(request: ThreadRequest): void {
    this.#thread.worker.postMessage(request);
  }

  #onReplies(event: ThreadEvent & { kind: 'replies' }): void {
    this.#taken = event.taken;
    const replies: WireReply<P>[] = [];
    unpackReplies(event, (id: number, reply: Reply) => {
      const probe = this.#underWay[id];
      if (!probe) return;
      this.#underWay[id] = undefined;
      this.#free.push(id);
      replies.push({ probe, reply });
    });
    if (this.#failure) return;
    if (replies.length > 0) this.#options.onReplies(replies);
    this.#feed();
  }

  #feedSoon(): void {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    setImmediate(() => {
      this.#isFeeding = false;
      this.#guarded(() => this.#feed());
    });
  }

  #feedAndLook(): void {
    this.#guarded(() => {
      const hasNewPace = this.#options.perSecond !== this.#perSecond;
      if (hasNewPace || !this.#options.subscribe) this.#feed();
    });
  }

  /** Gives the thread probes for as long as it can soon send them. */
  #feed(): void {
    if (this.#isExhausted || this.#failure || this.#options.signal.aborted) return;
    const { perSecond } = this.#options;
    if (perSecond !== this.#perSecond) {
      this.#perSecond = perSecond;
      this.#post({ kind: 'pace', perSecond });
    }
    const ahead = Math.max(LEAST_AHEAD, (perSecond * AHEAD_MS) / 1000);
    while (this.#given - this.#taken < ahead && perSecond > 0) {
      const next = this.#probes.next();
      this.#isExhausted = next.done === true;
      if (next.done || next.value === null) break;
      const probe = next.value;
      if (probe.flow) this.#ports.ofFlow(probe.flow, probe);
      const id = this.#free.pop() ?? this.#underWay.length;
      this.#underWay[id] = probe;
      this.#given++;
      this.#packer.add(id, probe);
    }
    if (!this.#packer.isEmpty) this.#post({ kind: 'ask', ...this.#packer.take() });
    if (this.#isExhausted) this.#post({ kind: 'end' });
  }
}
