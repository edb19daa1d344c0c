import { messageOf } from '../text/error-message.ts';
import { escapeControls } from '../text/quoted.ts';
import { inWords, lengthInWords } from './in-words.ts';
import { nextRuns, runsBetween } from './next-runs.ts';
import type { ScheduleSpec } from './spec.ts';
import { localTime, zoneOf } from './time-zone.ts';

/** What the loop needs from outside, so that it can be tested with a made-up clock. */
export interface ScheduleLoopDeps {
  /** The clock on the wall, which may be set and which goes on while the machine sleeps. */
  readonly now: () => Date;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Resolves after so many milliseconds. Once the signal aborts it resolves or rejects, and soon. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * One run. `due` is the newest time that it stands for. `missed`: the times that went by without a run, oldest first,
   * with `due` itself when it is late; empty when on time. Resolves once ended, in good time after an abort.
   */
  readonly run: (
    spec: ScheduleSpec,
    due: Date,
    missed: readonly Date[],
    signal: AbortSignal,
  ) => Promise<void>;
  /** One line for the log. */
  readonly log: (text: string) => void;
  /** When the newest run of that schedule started, by the history; null: none is known, so none was missed. */
  readonly lastRun: (name: string) => Date | null;
}

/** Longest sleep in ms: so soon are a sleep of the machine and a clock that was set noticed. */
const STEP = 30_000;
/** How late in ms a due time may be seen and still be on time. */
const GRACE = 90_000;
/** A difference of the clocks in ms from which on it is no drift. */
const JUMP = 60_000;
/** A clock set back by more than this was wrong before; waiting until it is there again would be silence for years. */
const DAY = 24 * 60 * 60_000;
/** Most missed runs that are listed. */
const MOST_MISSED = 1000;

interface Entry {
  readonly spec: ScheduleSpec;
  readonly zone: string;
  /** The first due time that was not looked at. It stays when the clock is set back, so no minute runs twice. */
  next: Date | null;
  /** Due times that came while it was waiting or running. */
  skipped: number;
}

interface Job {
  readonly entry: Entry;
  readonly due: Date;
  readonly missed: readonly Date[];
}

const message = (error: unknown): string => escapeControls(messageOf(error));

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

class Clockwork {
  readonly #deps: ScheduleLoopDeps;
  readonly #signal: AbortSignal;
  readonly #entries: readonly Entry[];
  readonly #waiting: Job[] = [];
  #running: { readonly job: Job; readonly done: Promise<void> } | null = null;
  #wake: () => void = () => {};
  #seen: { readonly wall: number; readonly mono: number };

  constructor(specs: readonly ScheduleSpec[], deps: ScheduleLoopDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#seen = { wall: deps.now().getTime(), mono: deps.monotonic() };
    this.#entries = specs.map((spec) => ({ spec, zone: zoneOf(spec), next: this.#first(spec), skipped: 0 }));
  }

  /** Due times count from the last run on, so that those missed while nothing ran are seen. */
  #first(spec: ScheduleSpec): Date | null {
    const now = this.#deps.now();
    const last = this.#deps.lastRun(spec.name);
    // A last run far in the future was written by a clock that was wrong.
    const from = last && last.getTime() - now.getTime() <= DAY ? last : now;
    return nextRuns(spec, from, 1)[0] ?? null;
  }

  async turn(): Promise<void> {
    for (const { spec } of this.#entries) {
      this.#deps.log(`${spec.name}: ${inWords(spec, this.#deps.now())}`);
    }
    while (!this.#signal.aborted) {
      this.#lookAtClocks();
      const now = this.#deps.now();
      for (const entry of this.#entries) this.#collect(entry, now);
      this.#startNext();
      await this.#nap();
    }
    for (const { entry, due } of this.#waiting) {
      this.#deps.log(`${entry.spec.name}: stopped before the run of ${localTime(due, entry.zone)}`);
    }
    await this.#running?.done;
  }

  #lookAtClocks(): void {
    const wall = this.#deps.now().getTime();
    const mono = this.#deps.monotonic();
    const passed = wall - this.#seen.wall;
    const back = mono - this.#seen.mono - passed;
    this.#seen = { wall, mono };
    if (back >= JUMP) {
      const far = back > DAY;
      const then = far ? 'counting from now' : 'runs already made are not repeated';
      this.#deps.log(`the clock was set back by ${lengthInWords(back)}; ${then}`);
      if (far) {
        for (const entry of this.#entries) entry.next = nextRuns(entry.spec, new Date(wall), 1)[0] ?? null;
      }
    } else if (passed >= STEP + JUMP) {
      // A monotonic clock stands still in sleep on some platforms and goes on elsewhere, so it cannot tell the two apart.
      this.#deps.log(
        `${lengthInWords(passed)} passed unnoticed: the machine was asleep or suspended, or its clock was set forward`,
      );
    }
  }

  #collect(entry: Entry, now: Date): void {
    if (!entry.next || entry.next > now) return;
    const dues = runsBetween(entry.spec, entry.next, now, MOST_MISSED);
    entry.next = nextRuns(entry.spec, now, 1)[0] ?? null;
    const due = dues.at(-1);
    if (!due) return;
    if (this.#running?.job.entry === entry || this.#waiting.some((job) => job.entry === entry)) {
      this.#skip(entry, due, dues.length);
      return;
    }
    const late = now.getTime() - due.getTime() > GRACE;
    const missed = late ? dues : dues.slice(0, -1);
    if (missed.length > 0) this.#sayMissed(entry, missed, dues.length === MOST_MISSED);
    this.#waiting.push({ entry, due, missed });
    this.#waiting.sort((a, b) => a.due.getTime() - b.due.getTime());
  }

  /** Said at the first of them; the others are counted and said when the run has ended. */
  #skip(entry: Entry, due: Date, count: number): void {
    if (entry.skipped === 0) {
      const state =
        this.#running?.job.entry === entry ? 'still running' : 'still waiting for another schedule';
      this.#deps.log(
        `${entry.spec.name}: skipped at ${localTime(due, entry.zone)}, because the run before is ${state}`,
      );
    }
    entry.skipped += count;
  }

  #sayMissed({ spec, zone }: Entry, missed: readonly Date[], more: boolean): void {
    const [first] = missed;
    const since = first && !more ? ` since ${localTime(first, zone)}` : '';
    const count = `${more ? 'at least ' : ''}${times(missed.length)}`;
    this.#deps.log(`${spec.name}: missed ${count}${since}; running once now`);
  }

  #startNext(): void {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (job) this.#running = { job, done: this.#run(job) };
  }

  async #run({ entry, due, missed }: Job): Promise<void> {
    // Not before the caller has noted that this runs, even when the run throws at once.
    await Promise.resolve();
    try {
      await this.#deps.run(entry.spec, due, missed, this.#signal);
    } catch (error) {
      if (!(this.#signal.aborted && error instanceof Error && error.name === 'AbortError')) {
        this.#deps.log(
          `${entry.spec.name}: the run of ${localTime(due, entry.zone)} failed: ${message(error)}`,
        );
      }
    }
    if (entry.skipped > 0) {
      this.#deps.log(`${entry.spec.name}: skipped ${times(entry.skipped)} while it was waiting or running`);
    }
    entry.skipped = 0;
    this.#running = null;
    this.#wake();
  }

  /** Sleeps until something is due, a run ends or a request to stop, and never longer than a step. */
  async #nap(): Promise<void> {
    if (this.#signal.aborted) return;
    const nap = new AbortController();
    const wake = (): void => nap.abort();
    this.#wake = wake;
    this.#signal.addEventListener('abort', wake, { once: true });
    const now = this.#deps.now().getTime();
    const until = this.#entries.map(({ next }) => (next ? next.getTime() - now : STEP));
    try {
      await this.#deps.sleep(Math.max(1, Math.min(STEP, ...until)), nap.signal);
    } catch (error) {
      if (!nap.signal.aborted) throw error;
    } finally {
      this.#signal.removeEventListener('abort', wake);
    }
  }
}

/**
 * Runs schedules until the signal aborts: one audit at a time, in the order of their due times, since audits share the
 * rate. A due time that comes while its schedule waits or runs is skipped and said. Due times missed in sleep, by a clock
 * set forward or while nothing ran are one run at once. A clock set back by up to a day repeats nothing. A run that throws
 * is said, and the others go on. Resolves once the audit under way has ended.
 */
export const runSchedules = async (
  specs: readonly ScheduleSpec[],
  deps: ScheduleLoopDeps,
  signal: AbortSignal,
): Promise<void> => new Clockwork(specs, deps, signal).turn();
