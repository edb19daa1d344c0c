import type { Reply } from '../../model/reply.ts';
import type { WireEnd, WireOptions, WireProbe, WireReply } from '../../model/wire.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { ABORTED } from '../replies.ts';
import { CHANNEL_SIZES, Channel, type ChannelSizes } from './channel.ts';
import { Flight, InFlight } from './in-flight.ts';
import { Lateness } from './lateness.ts';
import type { PortChoice } from './local-ports.ts';
import { Losses } from './losses.ts';
import { isAbsence, LOST, replyOf, SAME_FLOW, TOO_FAST } from './meaning.ts';
import { SEND_BATCH } from './outbox.ts';
import { Pace } from './pace.ts';
import { Routes } from './routes.ts';
import type { Sequences } from './sequence.ts';
import { Errno } from './sockets.ts';

/** How long one turn of the event loop may work, milliseconds: a screen and a keyboard wait behind it. */
const TURN_MS = 3;
/** Milliseconds until the next look: at answers, at probes that nobody wakes us for or at the end of a pause, at nothing. */
const LOOK_MS = { answers: 1, probes: 4, nothing: 1000 } as const;
const MOST_IN_FLIGHT = 1 << 18;
/** Other local ports that are tried for a probe whose own is taken. */
const MOST_TRIES = 16;
/** So many of its own waits before a repetition, milliseconds of timeout, was what it repeats sent at the earliest. */
const REPEATS_AFTER = 2;

/** What sweeps of one wire have in common. */
export interface SweepGround {
  readonly libc: Libc;
  readonly ports: PortChoice;
  readonly sequences: Sequences;
  readonly sizes?: ChannelSizes;
}

/** One run of probes: a SYN each, and what comes back of it. */
export class Sweep<P extends WireProbe> {
  readonly #ground: SweepGround;
  readonly #options: WireOptions<P>;
  readonly #probes: Iterator<P | null>;
  readonly #channel: Channel<Flight<P>>;
  readonly #routes: Routes;
  readonly #flights = new InFlight<P>();
  readonly #pace: Pace;
  readonly #losses = new Losses();
  readonly #lateness = new Lateness();
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

  constructor(ground: SweepGround, probes: Iterable<P | null>, options: WireOptions<P>) {
    const { libc, ports, sizes = CHANNEL_SIZES } = ground;
    this.#ground = ground;
    this.#options = options;
    this.#probes = probes[Symbol.iterator]();
    this.#pace = new Pace(options.perSecond, this.#now);
    this.#routes = new Routes(libc);
    this.#channel = new Channel(
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
        const isBusy = this.#turn();
        this.#tell();
        if (this.#isExhausted && this.#flights.size === 0) break;
        await (isBusy || this.#isWoken ? new Promise((resolve) => setImmediate(resolve)) : this.#rest());
      }
      const isStopped = !this.#isExhausted || this.#flights.size > 0;
      for (const flight of this.#flights.all()) this.#settle(flight, ABORTED);
      this.#tell();
      return { isStopped, ...this.#count, packets: this.#channel.sent, overruns: this.#channel.lost() };
    } finally {
      signal.removeEventListener('abort', wake);
      this.#channel.close();
      this.#routes.close();
      if (!this.#isExhausted) this.#probes.return?.();
    }
  }

  /** Waits until there is something to look at. */
  #rest(): Promise<void> {
    const { subscribe, perSecond } = this.#options;
    const isLeft = this.#isIdle && subscribe !== undefined && perSecond > 0;
    const ms = this.#flights.size > 0 ? LOOK_MS.answers : isLeft ? LOOK_MS.nothing : LOOK_MS.probes;
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
  #turn(): boolean {
    const started = performance.now();
    this.#now = started;
    const isDrained = this.#drain(started + TURN_MS);
    this.#notice();
    this.#pace.tick(started, this.#options.perSecond, this.#lateness.spreadMs);
    this.#hasRoom = this.#channel.flush();
    // Silence is what is left when all answers up to now are read.
    const isExpired = isDrained && this.#expire(started, started + 2 * TURN_MS);
    this.#tell();
    this.#admit(started + 2 * TURN_MS);
    if (this.#hasRoom) this.#hasRoom = this.#channel.flush();
    const wantsMore = !this.#isExhausted && !this.#isIdle && this.#flights.size < MOST_IN_FLIGHT;
    return !isExpired || (this.#hasRoom && this.#pace.has && wantsMore);
  }

  #drain(until: number): boolean {
    for (;;) {
      this.#now = performance.now();
      if (this.#channel.drain(this.#onSeen)) return true;
      if (this.#now > until) return false;
    }
  }

  /** Whether answers were lost: everything under way may have been answered, and we were too fast. */
  #notice(): void {
    const lost = this.#channel.lost();
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.#lostAt = performance.now();
    this.#pace.slowDown('here', this.#lostAt);
  }

  /** Calls silent what had its time, as time lets us. False when that was short. */
  #expire(now: number, until: number): boolean {
    // What waits for room in the kernel has not left yet.
    if (!this.#hasRoom) return true;
    const least = this.#lateness.leastWaitMs(now);
    for (let done = 1; ; done++) {
      const flight = this.#flights.due(now);
      if (!flight) return true;
      const end = flight.sentAt + Math.max(flight.probe.timeoutMs, least);
      if (end > now) this.#flights.postpone(flight, end, now);
      else this.#settle(flight, this.#silence(flight, now));
      if (done % SEND_BATCH === 0 && performance.now() > until) return false;
    }
  }

  #silence({ sentAt, probe }: Flight<P>, now: number): Reply {
    if (sentAt <= this.#lostAt) return LOST;
    // Of all packets that wait for a neighbour who never answers the kernel gives up only the latest with a word.
    const absence = this.#absences.get(probe.address);
    if (absence && absence.at >= sentAt) return absence.reply;
    if (sentAt <= this.#tooFastAt) return TOO_FAST;
    return { kind: 'silent', waitedMs: Math.round(now - sentAt), attempts: 1 };
  }

  /** Takes new probes, for as long as the pace, the memory and the time let us. */
  #admit(until: number): void {
    this.#isIdle = false;
    for (let taken = 1; this.#hasRoom && this.#pace.has && !this.#isExhausted; taken++) {
      if (this.#flights.size >= MOST_IN_FLIGHT) return;
      const next = this.#probes.next();
      if (next.done) {
        this.#isExhausted = true;
        return;
      }
      if (next.value === null) {
        this.#isIdle = true;
        return;
      }
      const reply = this.#take(next.value);
      if (reply) this.#replies.push({ probe: next.value, reply });
      if (taken % SEND_BATCH !== 0) continue;
      // Answers may be there before the next batch leaves; the kernel keeps only so many.
      this.#drain(until);
      // What is next may depend on what was answered.
      this.#tell();
      if (this.#now > until) return;
    }
  }

  /** Sends a probe, or gives the reply when that cannot be. */
  #take(probe: P): Reply | null {
    this.#count.probes++;
    const to = this.#routes.find(probe, this.#now);
    if ('kind' in to) return { kind: 'unknown', fault: to };
    try {
      this.#channel.open(probe.family);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return { kind: 'unknown', fault: localFault(error.errno, probe) };
    }
    const localPort = this.#localPort(probe, to.to);
    if (localPort === null) return SAME_FLOW;
    const sequence = this.#ground.sequences.of(to.to, probe.port, localPort);
    const flight = new Flight(probe, to, localPort, sequence, this.#now);
    this.#flights.add(flight);
    this.#pace.take();
    this.#hasRoom = this.#channel.send(flight);
    return null;
  }

  /** A local port from which nothing is under way to that port, or null. */
  #localPort({ port, flow }: P, address: Int32Array): number | null {
    const { ports } = this.#ground;
    for (let tries = 0; tries < (flow ? 1 : MOST_TRIES); tries++) {
      const localPort = flow ? ports.ofFlow(flow) : ports.ofProbe(address, port, tries);
      if (!this.#flights.find(address, port, localPort)) return localPort;
    }
    return null;
  }

  readonly #onSending = (flight: Flight<P>, now: number): void => {
    flight.sentAt = now;
  };

  readonly #onRefused = (flight: Flight<P>, errno: number): void => {
    if (!flight.isUnderWay) return;
    this.#settle(flight, { kind: 'unknown', fault: localFault(errno, flight.probe) });
  };

  readonly #onSeen = (): void => {
    const seen = this.#channel.seen;
    const expected = this.#ground.sequences.of(seen.address, seen.port, seen.localPort);
    const flight =
      expected === seen.sequence ? this.#flights.find(seen.address, seen.port, seen.localPort) : null;
    if (!flight) {
      this.#count.ignored++;
      return;
    }
    const rttMs = Math.max(0, this.#now - flight.sentAt);
    const reply = replyOf(seen, flight.to, rttMs);
    const isFirst = !flight.probe.attempt;
    // Of a repetition nobody knows which of the packets was answered.
    if (isFirst) this.#lateness.note(rttMs);
    this.#weigh(flight, isFirst);
    if (isAbsence(reply)) this.#absences.set(flight.probe.address, { reply, at: this.#now });
    this.#settle(flight, reply);
  };

  /**
   * An answer to a repetition tells that the way lost what was asked before. Where it loses much we are too fast for it: then
   * everything under way may have been lost because of us, and silence of it does not count. What was asked before the
   * pace was halved says nothing about the pace since.
   */
  #weigh({ sentAt, probe }: Flight<P>, isFirst: boolean): void {
    const since = isFirst ? sentAt : sentAt - REPEATS_AFTER * probe.timeoutMs;
    if (since <= Math.max(this.#lostAt, this.#tooFastAt) || !this.#losses.note(isFirst, this.#now)) return;
    if (this.#pace.slowDown('way', this.#now)) this.#tooFastAt = this.#now;
  }

  #settle(flight: Flight<P>, reply: Reply): void {
    this.#flights.remove(flight);
    this.#replies.push({ probe: flight.probe, reply });
  }

  #tell(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    this.#replies = [];
    this.#options.onReplies(replies);
  }
}
