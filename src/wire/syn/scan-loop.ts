import type { Reply } from '../../model/reply.ts';
import type { WireEnd, WireOptions, WireProbe, WireReply } from '../../model/wire.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { ABORTED } from '../own-faults.ts';
import { classifyReply, isAbsence, LOST, SAME_FLOW, TOO_FAST } from './classify-reply.ts';
import { CongestionControl } from './congestion.ts';
import { InFlightProbe, InFlightTable } from './in-flight-table.ts';
import { LossEstimator } from './loss-estimator.ts';
import { Errno } from './open-socket.ts';
import { RawSockets, SOCKET_BUFFERS, type SocketBuffers } from './raw-sockets.ts';
import { Routes } from './routes.ts';
import { RttTracker } from './rtt-tracker.ts';
import { SEND_BATCH } from './send.ts';
import type { SourcePorts } from './source-ports.ts';
import type { SequenceKey } from './validate.ts';

/** How long one turn of the event loop may work, milliseconds: a screen and a keyboard wait behind it. */
const STEP_MS = 3;
/** Milliseconds until the next look: at answers, at probes that nobody wakes us for or at the end of a pause, at nothing. */
const POLL_MS = { answers: 1, probes: 4, nothing: 1000 } as const;
const MOST_IN_FLIGHT = 1 << 18;
/** Other local ports that are tried for a probe whose own is taken. */
const MOST_TRIES = 16;
/** So many of its own waits before a repetition, milliseconds of timeout, was what it repeats sent at the earliest. */
const REPEATS_AFTER = 2;

/** What sweeps of one wire have in common. */
export interface SynRunSetup {
  readonly libc: Libc;
  readonly ports: SourcePorts;
  readonly sequences: SequenceKey;
  readonly sizes?: SocketBuffers;
}

/** One run of probes: a SYN each, and what comes back of it. */
export class SynRun<P extends WireProbe> {
  readonly #setup: SynRunSetup;
  readonly #options: WireOptions<P>;
  readonly #probes: Iterator<P | null>;
  readonly #sockets: RawSockets<InFlightProbe<P>>;
  readonly #routes: Routes;
  readonly #inFlight = new InFlightTable<P>();
  readonly #congestion: CongestionControl;
  readonly #loss = new LossEstimator();
  readonly #rtt = new RttTracker();
  /** Neighbours that are not there, and when the kernel last said so. */
  readonly #absences = new Map<string, { readonly reply: Reply; readonly at: number }>();
  #replies: WireReply<P>[] = [];
  #isExhausted = false;
  /** There may be more probes later. */
  #isIdle = false;
  #hasRoom = true;
  #lost = 0;
  /** When answers were last lost here, and when the pace was last halved because of losses on the way. */
  #lostAt = Number.NEGATIVE_INFINITY;
  #tooFastAt = Number.NEGATIVE_INFINITY;
  #now = performance.now();
  #wake: (() => void) | null = null;
  #isWoken = false;
  readonly #count = { probes: 0, ignored: 0 };

  constructor(setup: SynRunSetup, probes: Iterable<P | null>, options: WireOptions<P>) {
    const { libc, ports, sizes = SOCKET_BUFFERS } = setup;
    this.#setup = setup;
    this.#options = options;
    this.#probes = probes[Symbol.iterator]();
    this.#congestion = new CongestionControl(options.perSecond, this.#now);
    this.#routes = new Routes(libc);
    this.#sockets = new RawSockets(
      libc,
      ports.ports,
      { onSending: this.#onSending, onRefused: this.#onRefused },
      sizes,
    );
  }

  /** Runs to the end, and closes everything. */
  async run(): Promise<WireEnd> {
    const { signal, subscribe } = this.#options;
    const wake = (): void => {
      this.#isWoken = true;
      this.#wake?.();
    };
    signal.addEventListener('abort', wake);
    try {
      subscribe?.(wake);
      while (!signal.aborted) {
        this.#isWoken = false;
        const isBusy = this.#step();
        this.#report();
        if (this.#isExhausted && this.#inFlight.size === 0) break;
        await (isBusy || this.#isWoken ? new Promise((resolve) => setImmediate(resolve)) : this.#sleep());
      }
      const isStopped = !this.#isExhausted || this.#inFlight.size > 0;
      for (const flight of this.#inFlight.all()) this.#finish(flight, ABORTED);
      this.#report();
      return { isStopped, ...this.#count, packets: this.#sockets.sent, overruns: this.#sockets.lost() };
    } finally {
      signal.removeEventListener('abort', wake);
      this.#sockets.close();
      this.#routes.close();
      if (!this.#isExhausted) this.#probes.return?.();
    }
  }

  /** Waits until there is something to look at. */
  #sleep(): Promise<void> {
    const { subscribe, perSecond } = this.#options;
    const isLeft = this.#isIdle && subscribe !== undefined && perSecond > 0;
    const ms = this.#inFlight.size > 0 ? POLL_MS.answers : isLeft ? POLL_MS.nothing : POLL_MS.probes;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }

  /** What one turn does: answers, silences, then new probes. Whether there is more to do at once. */
  #step(): boolean {
    const started = performance.now();
    this.#now = started;
    const isDrained = this.#receive(started + STEP_MS);
    this.#noticeOverruns();
    this.#congestion.tick(started, this.#options.perSecond, this.#rtt.spreadMs);
    this.#hasRoom = this.#sockets.flush();
    // Silence is what is left when all answers up to now are read.
    const isExpired = isDrained && this.#expire(started, started + 2 * STEP_MS);
    this.#report();
    this.#sendNext(started + 2 * STEP_MS);
    if (this.#hasRoom) this.#hasRoom = this.#sockets.flush();
    const wantsMore = !this.#isExhausted && !this.#isIdle && this.#inFlight.size < MOST_IN_FLIGHT;
    return !isExpired || (this.#hasRoom && this.#congestion.hasToken && wantsMore);
  }

  #receive(until: number): boolean {
    for (;;) {
      this.#now = performance.now();
      if (this.#sockets.drain(this.#onReply)) return true;
      if (this.#now > until) return false;
    }
  }

  /** Whether answers were lost: everything under way may have been answered, and we were too fast. */
  #noticeOverruns(): void {
    const lost = this.#sockets.lost();
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.#lostAt = performance.now();
    this.#congestion.slowDown('here', this.#lostAt);
  }

  /** Calls silent what had its time, as time lets us. False when that was short. */
  #expire(now: number, until: number): boolean {
    // What waits for room in the kernel has not left yet.
    if (!this.#hasRoom) return true;
    const least = this.#rtt.leastWaitMs(now);
    for (let done = 1; ; done++) {
      const flight = this.#inFlight.due(now);
      if (!flight) return true;
      const end = flight.sentAt + Math.max(flight.probe.timeoutMs, least);
      if (end > now) this.#inFlight.postpone(flight, end, now);
      else this.#finish(flight, this.#silence(flight, now));
      if (done % SEND_BATCH === 0 && performance.now() > until) return false;
    }
  }

  #silence({ sentAt, probe }: InFlightProbe<P>, now: number): Reply {
    if (sentAt <= this.#lostAt) return LOST;
    // Of all packets that wait for a neighbour who never answers the kernel gives up only the latest with a word.
    const absence = this.#absences.get(probe.address);
    if (absence && absence.at >= sentAt) return absence.reply;
    if (sentAt <= this.#tooFastAt) return TOO_FAST;
    return { kind: 'silent', waitedMs: Math.round(now - sentAt), attempts: 1 };
  }

  /** Takes new probes, for as long as the pace, the memory and the time let us. */
  #sendNext(until: number): void {
    this.#isIdle = false;
    for (let taken = 1; this.#hasRoom && this.#congestion.hasToken && !this.#isExhausted; taken++) {
      if (this.#inFlight.size >= MOST_IN_FLIGHT) return;
      const next = this.#probes.next();
      if (next.done) {
        this.#isExhausted = true;
        return;
      }
      if (next.value === null) {
        this.#isIdle = true;
        return;
      }
      const reply = this.#sendProbe(next.value);
      if (reply) this.#replies.push({ probe: next.value, reply });
      if (taken % SEND_BATCH !== 0) continue;
      // Answers may be there before the next batch leaves; the kernel keeps only so many.
      this.#receive(until);
      // What is next may depend on what was answered.
      this.#report();
      if (this.#now > until) return;
    }
  }

  /** Sends a probe, or gives the reply when that cannot be. */
  #sendProbe(probe: P): Reply | null {
    this.#count.probes++;
    const to = this.#routes.find(probe, this.#now);
    if ('kind' in to) return { kind: 'unknown', fault: to };
    try {
      this.#sockets.open(probe.family);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return { kind: 'unknown', fault: localFault(error.errno, probe) };
    }
    const localPort = this.#localPort(probe, to.to);
    if (localPort === null) return SAME_FLOW;
    const sequence = this.#setup.sequences.of(to.to, probe.port, localPort);
    const flight = new InFlightProbe(probe, to, localPort, sequence, this.#now);
    this.#inFlight.add(flight);
    this.#congestion.takeToken();
    this.#hasRoom = this.#sockets.send(flight);
    return null;
  }

  /** A local port from which nothing is under way to that port, or null. */
  #localPort({ port, flow }: P, address: Int32Array): number | null {
    const { ports } = this.#setup;
    for (let tries = 0; tries < (flow ? 1 : MOST_TRIES); tries++) {
      const localPort = flow ? ports.ofFlow(flow) : ports.ofProbe(address, port, tries);
      if (!this.#inFlight.find(address, port, localPort)) return localPort;
    }
    return null;
  }

  readonly #onSending = (flight: InFlightProbe<P>, now: number): void => {
    flight.sentAt = now;
  };

  readonly #onRefused = (flight: InFlightProbe<P>, errno: number): void => {
    if (!flight.isInFlight) return;
    this.#finish(flight, { kind: 'unknown', fault: localFault(errno, flight.probe) });
  };

  readonly #onReply = (): void => {
    const parsed = this.#sockets.parsed;
    const expected = this.#setup.sequences.of(parsed.address, parsed.port, parsed.localPort);
    const flight =
      expected === parsed.sequence
        ? this.#inFlight.find(parsed.address, parsed.port, parsed.localPort)
        : null;
    if (!flight) {
      this.#count.ignored++;
      return;
    }
    const rttMs = Math.max(0, this.#now - flight.sentAt);
    const reply = classifyReply(parsed, flight.to, rttMs);
    const isFirst = !flight.probe.attempt;
    // Of a repetition nobody knows which of the packets was answered.
    if (isFirst) this.#rtt.note(rttMs);
    this.#countLoss(flight, isFirst);
    if (isAbsence(reply)) this.#absences.set(flight.probe.address, { reply, at: this.#now });
    this.#finish(flight, reply);
  };

  /**
   * An answer to a repetition tells that the way lost what was asked before. Where it loses much we are too fast for it: then
   * everything under way may have been lost because of us, and silence of it does not count. What was asked before the
   * pace was halved says nothing about the pace since.
   */
  #countLoss({ sentAt, probe }: InFlightProbe<P>, isFirst: boolean): void {
    const since = isFirst ? sentAt : sentAt - REPEATS_AFTER * probe.timeoutMs;
    if (since <= Math.max(this.#lostAt, this.#tooFastAt) || !this.#loss.note(isFirst, this.#now)) return;
    if (this.#congestion.slowDown('way', this.#now)) this.#tooFastAt = this.#now;
  }

  #finish(flight: InFlightProbe<P>, reply: Reply): void {
    this.#inFlight.remove(flight);
    this.#replies.push({ probe: flight.probe, reply });
  }

  #report(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    this.#replies = [];
    this.#options.onReplies(replies);
  }
}
