import type { Reply } from '../../model/reply.ts';
import type { WireEnd, WireOptions, WireProbe, WireReply } from '../../model/wire.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { ABORTED } from '../unknown-replies.ts';
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

/** Longest work in one turn of the event loop, milliseconds: a screen and a keyboard wait behind it. */
const STEP_MS = 3;
/** Milliseconds until the next poll: while probes are in flight, while probes may come without a wake-up, and otherwise. */
const POLL_MS = { answers: 1, probes: 4, nothing: 1000 } as const;
const MOST_IN_FLIGHT = 1 << 18;
/** Other local ports that are tried for a probe whose own is taken. */
const MOST_TRIES = 16;
/** A retransmission was preceded by its original at most this many of its own timeouts earlier. */
const REPEATS_AFTER = 2;

/** What all runs of the engine share. */
export interface SynRunSetup {
  readonly libc: Libc;
  readonly ports: SourcePorts;
  readonly sequences: SequenceKey;
  readonly sizes?: SocketBuffers;
}

/** One run: sends a SYN for each probe, matches replies to probes in flight, and reports each probe's reply once. */
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
  /** Neighbours that do not exist, and when the kernel last reported it. */
  readonly #absences = new Map<string, { readonly reply: Reply; readonly at: number }>();
  #replies: WireReply<P>[] = [];
  #isExhausted = false;
  /** The source of probes had none, and may have some later. */
  #isIdle = false;
  #hasRoom = true;
  #lost = 0;
  /** When replies were last dropped here, and when the rate was last halved because of losses on the path. */
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

  /** Sleeps until the next poll or wake-up. */
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

  /** One step: replies, timeouts, then new probes. True when there is more to do at once. */
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

  /** Notices replies that the kernel dropped for want of room: any probe in flight may have been answered. */
  #noticeOverruns(): void {
    const lost = this.#sockets.lost();
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.#lostAt = performance.now();
    this.#congestion.slowDown('here', this.#lostAt);
  }

  /** Reports probes past their timeout as silent, until `until`. False when it had to stop before all were reported. */
  #expire(now: number, until: number): boolean {
    // Packets that wait for room in the kernel have not been sent yet.
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
    // Of all packets that wait for ARP, the kernel reports an error for the last one only.
    const absence = this.#absences.get(probe.address);
    if (absence && absence.at >= sentAt) return absence.reply;
    if (sentAt <= this.#tooFastAt) return TOO_FAST;
    return { kind: 'silent', waitedMs: Math.round(now - sentAt), attempts: 1 };
  }

  /** Sends new probes, as long as rate, memory and `until` permit. */
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
      // Replies may arrive before the next batch leaves, and the receive buffer is bounded.
      this.#receive(until);
      // Which probe comes next may depend on these replies.
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

  /** A local port without a probe in flight to that address and port, or null. */
  #localPort(probe: P, address: Int32Array): number | null {
    const { port, flow } = probe;
    const { ports } = this.#setup;
    for (let tries = 0; tries < (flow ? 1 : MOST_TRIES); tries++) {
      const localPort = flow ? ports.ofFlow(flow, probe) : ports.ofProbe(address, port, tries);
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
    // For a retransmission nobody knows which of the packets was answered (Karn's algorithm).
    if (isFirst) this.#rtt.note(rttMs);
    this.#countLoss(flight, isFirst);
    if (isAbsence(reply)) this.#absences.set(flight.probe.address, { reply, at: this.#now });
    this.#finish(flight, reply);
  };

  /**
   * An answer to a repetition shows that the path lost the probe before it. Where much is lost we are too fast for the path: then
   * everything in flight may have been lost because of us, and its silence does not count. What was sent before the
   * rate was halved says nothing about the rate since.
   */
  #countLoss({ sentAt, probe }: InFlightProbe<P>, isFirst: boolean): void {
    const since = isFirst ? sentAt : sentAt - REPEATS_AFTER * probe.timeoutMs;
    if (since <= Math.max(this.#lostAt, this.#tooFastAt)) return;
    if (!this.#loss.note(!isFirst, isFirst ? sentAt : sentAt - probe.timeoutMs)) return;
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
