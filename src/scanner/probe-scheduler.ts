import { isPassing, isShortage } from '../model/fault.ts';
import type { Plan } from '../model/plan.ts';
import type { Reply } from '../model/reply.ts';
import type { Wire, WireEnd, WireProbe, WireReply } from '../model/wire.ts';
import { type HostQueue, NO_PORT, type QueuedProbe, Scheduled, type Stage } from './host-queue.ts';
import { InFlightWindow } from './limits/in-flight-window.ts';
import type { RateControl } from './limits/rate-control.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import { Queue } from './queue.ts';
import { kernelRetransmissions, SHORTAGE_WAIT_MS } from './retry/policy.ts';

/** Hosts whose turn has come but whose rates have not, that are passed over before there is a rest. */
const PASSED_OVER = 64;
/** New hosts whose first probes wait for their turn, above which no more are begun: those would only wait, and take memory. */
const MOST_NEW = 128;
/**
 * Probes in flight, of new hosts and of those that answered, above which only hosts in doubt are probed: else all hosts of a network
 * that answers are begun at once. Silent hosts, of which there may be many more, only wait.
 */
const MOST_BEGUN = 2048;
/** The longest rest before the rates are looked at again, milliseconds. */
const LONGEST_REST_MS = 20;

const ABORTED: Reply = { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: 'stopped' } };

/** What a scheduler drives and minds. */
export interface SchedulerDeps {
  readonly wire: Wire;
  readonly plan: Plan;
  readonly control: RateControl;
  /** Of all packets of the run. */
  readonly limiter: RateLimiter;
  readonly signal: AbortSignal;
  /** This machine has room for `size` probes in flight only. */
  readonly onShortage: (size: number, code: string) => void;
}

/**
 * Decides which packet leaves next: of all hosts that have probes waiting, as far as the rates of host, subnet and run and the
 * in-flight window allow. Hosts that are looked at more closely come first, since few probes are left for them; new hosts and
 * live ones take turns, and each live host gets all the probes that its rates allow before the next. So silence begins early, and the
 * first hosts are judged while the last are probed. Drives one run of the wire.
 */
export class ProbeScheduler {
  readonly #wire: Wire;
  readonly #control: RateControl;
  readonly #signal: AbortSignal;
  readonly #rate: RateLimiter;
  readonly #window: InFlightWindow;
  readonly #stages: Readonly<Record<Stage, Queue<HostQueue>>> = {
    new: new Queue(),
    alive: new Queue(),
    confirming: new Queue(),
  };
  readonly #queues = new Set<HostQueue>();
  readonly #repeatsInKernel: boolean;
  #isClosed = false;
  /** The wire takes no more probes: it was stopped, or its run has ended by itself. */
  #isOver = false;
  #pending = 0;
  #begun = 0;
  #wake: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #beginner: () => void = () => {};

  constructor({ wire, plan, control, limiter, signal, onShortage }: SchedulerDeps) {
    this.#wire = wire;
    this.#control = control;
    this.#signal = signal;
    this.#rate = limiter;
    this.#window = new InFlightWindow(plan.concurrency, onShortage);
    this.#repeatsInKernel = !wire.capabilities.seesTtl;
    control.watch(() => this.#wake());
    if (signal.aborted) this.#isOver = true;
    else signal.addEventListener('abort', this.#stop);
  }

  /** Sends probes until `close`. Rejects when the wire cannot work, or with a bug. */
  async run(): Promise<WireEnd> {
    const control = this.#control;
    const signal = this.#signal;
    try {
      return await this.#wire.run<Scheduled>(this.#probes(), {
        signal,
        get perSecond() {
          return control.paused ? 0 : control.rate;
        },
        onReplies: (replies) => {
          for (const reply of replies) this.#take(reply);
          this.#wake();
        },
        subscribe: (wake) => {
          this.#wake = wake;
        },
      });
    } finally {
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', this.#stop);
      this.#stop();
    }
  }

  /** No more probes will come; the run ends when the last one is answered. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Resolves when the probes of another host would get their turn soon. One caller at a time. */
  async roomForHost(): Promise<void> {
    while (this.#stages.new.size >= MOST_NEW && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#beginner = resolve;
      });
    }
  }

  /**
   * Sends one probe when its turn comes, and calls `done` with its reply, which is the fault `aborted` once the run has ended.
   * Shortages of this machine are waited out.
   */
  send(queue: HostQueue, probe: QueuedProbe, done: (reply: Reply) => void): void {
    if (this.#isOver) done(ABORTED);
    else this.#push(new Scheduled(queue, probe, done));
  }

  /** Resolves when one packet sent by other code may leave; it is counted. */
  turn(queue: HostQueue, { address, family }: Pick<WireProbe, 'address' | 'family'>): Promise<void> {
    return new Promise((resolve) =>
      this.send(queue, { address, family, port: NO_PORT, timeoutMs: 0 }, () => resolve()),
    );
  }

  #push(scheduled: Scheduled): void {
    const queue = scheduled.of;
    queue.waiting.push(scheduled);
    this.#pending++;
    this.#enter(queue);
    this.#wake();
  }

  #enter(queue: HostQueue): void {
    if (queue.isQueued || !queue.isReady) return;
    queue.isQueued = true;
    this.#queues.add(queue);
    this.#stages[queue.stage].push(queue);
  }

  readonly #stop = (): void => {
    this.#isOver = true;
    for (const queue of this.#queues) {
      for (const { resolve } of queue.waiting.splice(0)) resolve(ABORTED);
    }
    this.#queues.clear();
    this.#pending = 0;
    this.#beginner();
    this.#wake();
  };

  *#probes(): Generator<Scheduled | null> {
    for (;;) {
      const next = this.#next();
      if (next) yield next;
      else if (this.#isClosed && this.#pending === 0) return;
      else yield null;
    }
  }

  #next(): Scheduled | null {
    while (!this.#control.paused && !this.#window.isFull && this.#queues.size > 0) {
      if (!this.#rate.isFree) {
        this.#rest(this.#rate.waitMs);
        return null;
      }
      const next = this.#nextOfAny();
      if (this.#stages.new.size < MOST_NEW) this.#beginner();
      if (!next) return null;
      next.of.inFlight++;
      next.of.lane.host.charge(1);
      next.of.lane.subnet.charge(1);
      this.#rate.charge(1);
      this.#control.countSent();
      if (next.isTurn) {
        this.#leave(next);
        next.resolve(ABORTED);
        continue;
      }
      this.#window.enter();
      next.isBegun = next.of.stage !== 'confirming';
      if (next.isBegun) this.#begun++;
      return next;
    }
    return null;
  }

  /** What is begun is ended. */
  #nextOfAny(): Scheduled | undefined {
    if (this.#begun >= MOST_BEGUN) return this.#from('confirming');
    // A host whose stage has changed meanwhile moves to another queue, perhaps to one that was looked at already.
    return (
      this.#from('confirming') ??
      this.#from('alive') ??
      this.#from('new') ??
      this.#from('alive') ??
      this.#from('confirming')
    );
  }

  /** The next probe of the hosts of one stage; a host whose rates do not allow one goes to the end. */
  #from(stage: Stage): Scheduled | undefined {
    const queues = this.#stages[stage];
    let restMs = LONGEST_REST_MS;
    for (let passed = Math.min(queues.size, PASSED_OVER); passed > 0; passed--) {
      const queue = queues.first;
      if (!queue) return undefined;
      if (!queue.isReady || queue.stage !== stage) {
        queues.shift();
        queue.isQueued = false;
        if (queue.waiting.length === 0) this.#queues.delete(queue);
        this.#enter(queue);
        continue;
      }
      const waitMs = Math.max(queue.lane.host.waitMs, queue.lane.subnet.waitMs);
      if (waitMs <= 0) return queue.waiting.shift();
      restMs = Math.min(restMs, waitMs);
      queues.shift();
      queues.push(queue);
    }
    if (queues.size > 0) this.#rest(restMs);
    return undefined;
  }

  /** Looks again after a rest. */
  #rest(ms: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#wake();
      },
      Math.max(1, ms),
    );
  }

  #leave({ of }: Scheduled): void {
    of.inFlight--;
    this.#pending--;
    this.#enter(of);
  }

  #take({ probe, reply }: WireReply<Scheduled>): void {
    const { of, resolve } = probe;
    this.#window.leave();
    if (probe.isBegun) this.#begun--;
    this.#leave(probe);
    if (this.#repeatsInKernel) this.#chargeRepeats(of, reply);
    if (reply.kind !== 'unknown') this.#window.grow();
    else if (isPassing(reply.fault) && this.#isPatient(probe)) {
      // A self-connect is bad luck with one source port, and a pace that was too fast is the wire's matter.
      if (isShortage(reply.fault)) this.#window.shrink(reply.fault.code);
      this.#pending++;
      setTimeout(
        () => {
          this.#pending--;
          if (this.#isOver) resolve(ABORTED);
          else this.#push(probe);
        },
        50 + Math.random() * 100,
      );
      return;
    }
    resolve(reply);
  }

  /** Whether a probe that met a shortage waits for it to pass. The wait for its turn, or for the end of a pause, does not count. */
  #isPatient(probe: Scheduled): boolean {
    const now = performance.now();
    probe.shortSince ??= now;
    return now - probe.shortSince < SHORTAGE_WAIT_MS;
  }

  /** What the kernel has sent again by itself counts like our own packets. */
  #chargeRepeats({ lane }: HostQueue, reply: Reply): void {
    const waitedMs = reply.kind === 'silent' ? reply.waitedMs : 'rttMs' in reply ? reply.rttMs : 0;
    const repeats = kernelRetransmissions(waitedMs);
    // As a rule, and each reply comes by here.
    if (repeats === 0) return;
    for (const limiter of [lane.host, lane.subnet, this.#rate]) limiter.charge(repeats);
    this.#control.countSent(repeats);
  }
}
