import type { Reply } from '../model/reply.ts';
import type { WireEnd, WireOptions, WireProbe, WireReply } from '../model/wire.ts';
import { Deadlines, Due } from './deadlines.ts';
import { ABORTED } from './unknown-replies.ts';

/** How long one turn of the event loop may send, milliseconds: a screen and a keyboard wait behind it. */
const SENDING_MS = 3;
/** Timeouts reported in one turn of the event loop. */
const MOST_SILENCES = 512;
/** Where nobody wakes us, milliseconds until the next look for probes. */
const LOOK_MS = 5;

/** One connect from its start to its reply. */
export abstract class Attempt extends Due {
  /** When it was sent (`performance.now()`). */
  startedAt = 0;

  constructor(
    readonly run: ConnectRun,
    readonly probe: WireProbe,
  ) {
    super();
  }

  /** Gives back what it holds of this machine. */
  abstract release(): void;
}

/** What a wire that connects does for a run. */
export interface Connector {
  /**
   * Starts a connect: gives its Attempt to `run.wait`, or the probe to `run.replyLater`, and returns null, or the reply when it is over
   * at once. What it throws rejects the run.
   */
  start(probe: WireProbe, run: ConnectRun): Reply | null;
  /** Takes answers that are there, as many as one turn bears. True when none is left: then silence is silence. */
  poll(): boolean;
}

/**
 * A run of probes on a wire that connects: takes probes as they come, since whoever gives them keeps the rate, watches their
 * deadlines, and gives replies in one batch a turn. One abort listener, one timer and one Set serve all connects.
 */
export class ConnectRun {
  readonly #connector: Connector;
  readonly #options: WireOptions;
  readonly #probes: Iterator<WireProbe | null>;
  readonly #stop = new AbortController();
  readonly #deadlines = new Deadlines<Attempt>();
  readonly #waiting = new Set<Attempt>();
  /** Connects that wait for something else than their answer: conversations, look-ups of routes. */
  #later = 0;
  #replies: WireReply[] = [];
  #isExhausted = false;
  #isStopped = false;
  #isScheduled = false;
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #count = 0;
  /** Packets sent; connectors count them. */
  packets = 0;
  readonly #ended: (end: WireEnd) => void;
  readonly #failed: (error: unknown) => void;

  constructor(
    connector: Connector,
    probes: Iterable<WireProbe | null>,
    options: WireOptions,
    ended: (end: WireEnd) => void,
    failed: (error: unknown) => void,
  ) {
    this.#connector = connector;
    this.#options = options;
    this.#probes = probes[Symbol.iterator]();
    this.#ended = ended;
    this.#failed = failed;
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
    options.subscribe?.(this.schedule);
    this.schedule();
  }

  /** Aborted when conversations are to end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** A connect is under way, from `attempt.startedAt` on. */
  wait(attempt: Attempt): void {
    this.#waiting.add(attempt);
    this.#deadlines.add(attempt, attempt.startedAt + attempt.probe.timeoutMs, attempt.startedAt);
  }

  /** A pending connect was answered: `report` follows, after `replyLater` when it takes its time. */
  answered(attempt: Attempt): void {
    this.#waiting.delete(attempt);
    this.#deadlines.remove(attempt);
  }

  /** What becomes of a probe takes its time: `work` gives the reply. What it throws rejects the run. */
  replyLater(probe: WireProbe, work: Promise<Reply>): void {
    this.#later++;
    work
      .then(
        (reply) => this.report(probe, this.#isStopped ? ABORTED : reply),
        (error) => this.#fail(error),
      )
      .finally(() => {
        this.#later--;
        this.schedule();
      });
  }

  /** The reply to a probe, which is over. */
  report(probe: WireProbe, reply: Reply): void {
    this.#replies.push({ probe, reply });
    this.schedule();
  }

  /** There is something to do: answers, probes, replies to report. */
  readonly schedule = (): void => {
    if (this.#isScheduled || this.#isOver) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  };

  readonly #turn = (): void => {
    this.#isScheduled = false;
    if (this.#isOver) return;
    try {
      const isDrained = this.#connector.poll();
      if (isDrained) this.#expire();
      else this.schedule();
      this.#deliver();
      if (!this.#isStopped && !this.#isExhausted) this.#admit();
      this.#deliver();
    } catch (error) {
      this.#fail(error);
    }
    if ((this.#isExhausted || this.#isStopped) && this.#waiting.size + this.#later === 0) this.#end();
    else this.#armFor(this.#deadlines.nextAt);
  };

  /** Tells silence of those whose time is up and who have not been answered. */
  #expire(): void {
    const now = performance.now();
    for (let told = 0; told < MOST_SILENCES; told++) {
      const attempt = this.#deadlines.next(now);
      if (!attempt) return;
      this.#waiting.delete(attempt);
      attempt.release();
      const waitedMs = Math.round(now - attempt.startedAt);
      this.report(attempt.probe, { kind: 'silent', waitedMs, attempts: 1 });
    }
    this.schedule();
  }

  #admit(): void {
    const until = performance.now() + SENDING_MS;
    for (;;) {
      const now = performance.now();
      if (now > until) {
        this.schedule();
        return;
      }
      const next = this.#probes.next();
      if (next.done) {
        this.#isExhausted = true;
        return;
      }
      if (next.value === null) {
        if (!this.#options.subscribe) this.#armFor(now + LOOK_MS);
        return;
      }
      this.#count++;
      const reply = this.#connector.start(next.value, this);
      if (reply) this.report(next.value, reply);
    }
  }

  #deliver(): void {
    if (this.#replies.length === 0 || this.#failure) return;
    const replies = this.#replies;
    this.#replies = [];
    this.#options.onReplies(replies);
  }

  /** One timer for the next deadline or look, whichever is first. */
  #armFor(at: number | null): void {
    if (at === null || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(at - performance.now())));
  }

  /** A late event loop runs timers before it looks at the network: the turn comes after that. */
  readonly #onTimer = (): void => {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.schedule();
  };

  readonly #onAbort = (): void => {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const attempt of this.#waiting) {
      this.#deadlines.remove(attempt);
      attempt.release();
      this.report(attempt.probe, ABORTED);
    }
    this.#waiting.clear();
    this.#stop.abort();
    this.schedule();
  };

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#onAbort();
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    if (!this.#isExhausted) this.#probes.return?.();
    const { packets } = this;
    if (this.#failure) this.#failed(this.#failure.error);
    else this.#ended({ isStopped: this.#isStopped, probes: this.#count, packets, ignored: 0, overruns: 0 });
  }
}

/** Runs probes on a wire that connects. `runs` holds the run while it is under way. */
export const runConnects = <P extends WireProbe>(
  connector: Connector,
  probes: Iterable<P | null>,
  options: WireOptions<P>,
  runs: Set<ConnectRun> = new Set(),
): Promise<WireEnd> => {
  let run: ConnectRun | undefined;
  return new Promise<WireEnd>((resolve, reject) => {
    run = new ConnectRun(connector, probes, options, resolve, reject);
    runs.add(run);
  }).finally(() => run && runs.delete(run));
};
