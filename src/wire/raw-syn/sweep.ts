import type { Reply } from '../../model/reply.ts';
import type { Patience, SweepEnd, SweepOptions, SweepProbe, SweepReply } from '../../model/wire.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { ABORTED } from '../replies.ts';
import { CHANNEL_SIZES, Channel, type ChannelSizes } from './channel.ts';
import { Lateness } from './lateness.ts';
import { Lines } from './lines.ts';
import { Losses } from './losses.ts';
import { isAbsence, LOST, replyOf } from './meaning.ts';
import { SEND_BATCH } from './outbox.ts';
import { Pace } from './pace.ts';
import { Routes } from './routes.ts';
import { Sequences } from './sequence.ts';
import { Errno } from './sockets.ts';
import { MOST_LINES, Window } from './window.ts';

/** How long one turn of the event loop may work, milliseconds: a screen and a keyboard wait behind it. */
const TURN_MS = 3;
/** When nothing is due, milliseconds until the next look. */
const REST_MS = 1;
const SMALLEST_WINDOW = 1 << 10;
const LARGEST_WINDOW = 1 << 18;
/** Times that a probe is asked again because answers were lost here, before we say that we do not know. */
const MOST_EXCUSES = 16;
const USUAL_TTL = 64;

/** As many as are under way when all is silence, and some more; for probes with patience of their own a second of them. */
const windowSize = ({ perSecond, retries, timeoutMs }: Patience & { readonly perSecond: number }): number => {
  const wanted = 1.2 * perSecond * Math.max(1, (retries + 1) * (timeoutMs / 1000));
  return Math.min(LARGEST_WINDOW, 2 ** Math.ceil(Math.log2(Math.max(SMALLEST_WINDOW, wanted))));
};

/** One sweep. Its answers carry the number of the attempt in the port they come to, so each is measured from its own SYN. */
export class Sweep<P extends SweepProbe> {
  readonly #options: SweepOptions<P>;
  readonly #probes: Iterator<P | null>;
  readonly #channel: Channel<number>;
  readonly #routes: Routes;
  readonly #sequences = new Sequences();
  readonly #window: Window<P>;
  readonly #lines = new Lines();
  readonly #pace: Pace;
  readonly #losses = new Losses();
  readonly #lateness = new Lateness();
  readonly #portCount: number;
  /** Neighbours that are not there, and when the kernel last said so. */
  readonly #absences = new Map<string, { readonly reply: Reply; readonly at: number }>();
  #replies: SweepReply<P>[] = [];
  #isExhausted = false;
  /** There may be more probes later. */
  #isIdle = false;
  #hasRoom = true;
  #lost = 0;
  #lostAt = Number.NEGATIVE_INFINITY;
  #now = performance.now();
  readonly #count = { probes: 0, ignored: 0 };

  /** Throws an `Errno` when there is no port or descriptor to work with, RangeError for numbers that make no sense. */
  constructor(
    libc: Libc,
    probes: Iterable<P | null>,
    options: SweepOptions<P>,
    sizes: ChannelSizes = CHANNEL_SIZES,
  ) {
    const { perSecond } = options;
    if (!(perSecond === 0 || perSecond >= 1)) throw new RangeError(`no sweep at ${perSecond}/s`);
    this.#options = options;
    this.#lines.of(options);
    this.#probes = probes[Symbol.iterator]();
    this.#window = new Window(windowSize(options));
    this.#pace = new Pace(options.perSecond, this.#now);
    this.#routes = new Routes(libc);
    this.#channel = new Channel(libc, { onSending: this.#onSending, onRefused: this.#onRefused }, sizes);
    this.#portCount = this.#channel.ports.last - this.#channel.ports.first + 1;
  }

  /** Runs to the end, and closes everything. */
  async run(): Promise<SweepEnd> {
    const { signal } = this.#options;
    try {
      while (!signal.aborted) {
        const isBusy = this.#turn();
        this.#tell();
        if (this.#isExhausted && this.#window.size === 0) break;
        await (isBusy
          ? new Promise((resolve) => setImmediate(resolve))
          : new Promise((resolve) => setTimeout(resolve, REST_MS)));
      }
      const isStopped = !this.#isExhausted || this.#window.size > 0;
      for (let line = 0; line < MOST_LINES; line++) {
        const oldest = (): number => this.#window.oldest(line);
        for (let slot = oldest(); slot >= 0; slot = oldest()) this.#settle(slot, ABORTED);
      }
      this.#tell();
      return { isStopped, ...this.#count, packets: this.#channel.sent, overruns: this.#channel.lost() };
    } finally {
      this.#channel.close();
      this.#routes.close();
      if (!this.#isExhausted) this.#probes.return?.();
    }
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
    const wantsMore = !this.#isExhausted && !this.#isIdle && !this.#window.isFull;
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

  /** Asks again what stayed silent, or calls it silent, for as long as pace and time let us. False when time was short. */
  #expire(now: number, until: number): boolean {
    const least = this.#lateness.leastWaitsMs(now);
    return this.#lines.patiences.every(
      ({ timeoutMs, lastMs = timeoutMs }, number) =>
        this.#expireLine(Lines.againOf(number), Math.max(timeoutMs, least.again), now, until) &&
        this.#expireLine(Lines.lastOf(number), Math.max(lastMs, least.silence), now, until),
    );
  }

  #expireLine(line: number, timeoutMs: number, now: number, until: number): boolean {
    let done = 0;
    for (let slot = this.#window.oldest(line); slot >= 0; slot = this.#window.oldest(line)) {
      const sentAt = this.#window.lastTime(slot);
      if (sentAt + timeoutMs > now || !this.#hasRoom) return true;
      if (++done % SEND_BATCH === 0 && performance.now() > until) return false;
      const mayBeLost = sentAt <= this.#lostAt;
      if (mayBeLost && this.#window.excused(slot) >= MOST_EXCUSES) this.#settle(slot, LOST);
      else if (!mayBeLost && Lines.isLast(line)) this.#settle(slot, this.#silence(slot, now));
      else {
        if (!this.#pace.has) return true;
        if (mayBeLost) this.#window.excuse(slot);
        this.#send(slot);
      }
    }
    return true;
  }

  /** Of all packets that wait for a neighbour who never answers the kernel gives up only the latest with a word. */
  #silence(slot: number, now: number): Reply {
    const firstTime = this.#window.firstTime(slot);
    const absence = this.#absences.get(this.#window.endpointOf(slot).address);
    const waitedMs = Math.round(now - firstTime);
    return absence && absence.at >= firstTime
      ? absence.reply
      : { kind: 'silent', waitedMs, attempts: this.#window.sent(slot) };
  }

  /** Takes new probes, for as long as the pace, the window and the time let us. */
  #admit(until: number): void {
    this.#isIdle = false;
    for (let taken = 1; this.#hasRoom && this.#pace.has && !this.#isExhausted; taken++) {
      if (this.#window.isFull) return;
      const next = this.#probes.next();
      if (next.done) {
        this.#isExhausted = true;
        return;
      }
      if (next.value === null) {
        this.#isIdle = true;
        return;
      }
      this.#take(next.value);
      if (taken % SEND_BATCH !== 0) continue;
      // Answers may be there before the next batch leaves; the kernel keeps only so many.
      this.#drain(until);
      // What is next may depend on what was answered.
      this.#tell();
      if (this.#now > until) return;
    }
  }

  #take(endpoint: P): void {
    const to = this.#routes.find(endpoint, this.#now);
    const slot = 'kind' in to ? -1 : this.#window.find(to.to, endpoint.port);
    const isUnderWay = slot >= 0 && this.#window.endpointOf(slot) === endpoint;
    if (!isUnderWay) this.#count.probes++;
    if ('kind' in to) {
      this.#replies.push({ endpoint, reply: { kind: 'unknown', fault: to }, attempts: 0 });
      return;
    }
    const number = this.#lines.of(endpoint.patience ?? this.#options);
    if (isUnderWay) {
      this.#window.queue(slot, this.#lines.lineOf(number, this.#window.counted(slot)));
      return;
    }
    try {
      this.#channel.open(endpoint.family);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const fault = localFault(error.errno, endpoint);
      this.#replies.push({ endpoint, reply: { kind: 'unknown', fault }, attempts: 0 });
      return;
    }
    this.#send(this.#window.add(endpoint, to, this.#lines.lineOf(number, 0)));
  }

  #send(slot: number): void {
    const window = this.#window;
    const to = window.destinationOf(slot);
    const { port } = window.endpointOf(slot);
    const localPort = this.#localPort(to.to, port, window.sent(slot));
    const number = Lines.numberOf(window.lineOf(slot));
    window.resend(slot, this.#now, this.#lines.lineOf(number, window.counted(slot) + 1));
    const sequence = this.#sequences.of(to.to, port, localPort);
    this.#pace.take();
    const syn = { to, port, localPort, sequence, ttl: USUAL_TTL };
    this.#hasRoom = this.#channel.send(syn, window.markOf(slot));
  }

  /** Each attempt has a port of its own; the first depends on the probe alone. */
  #localPort(address: Int32Array, port: number, attempt: number): number {
    const first =
      (Math.imul((address[0] ?? 0) ^ (address[3] ?? 0) ^ port, 0x9e3779b1) >>> 8) % this.#portCount;
    return this.#channel.ports.first + ((first + attempt) % this.#portCount);
  }

  readonly #onSending = (mark: number, now: number): void => {
    const slot = this.#window.slotOf(mark);
    if (slot >= 0) this.#window.stamp(slot, now);
  };

  readonly #onRefused = (mark: number, errno: number): void => {
    const slot = this.#window.slotOf(mark);
    if (slot < 0) return;
    const fault = localFault(errno, this.#window.endpointOf(slot));
    this.#settle(slot, { kind: 'unknown', fault });
  };

  readonly #onSeen = (): void => {
    const seen = this.#channel.seen;
    const expected = this.#sequences.of(seen.address, seen.port, seen.localPort);
    const slot = expected === seen.sequence ? this.#window.find(seen.address, seen.port) : -1;
    if (slot < 0) {
      this.#count.ignored++;
      return;
    }
    const first = this.#localPort(seen.address, seen.port, 0);
    const attempt = (seen.localPort - first + this.#portCount) % this.#portCount;
    const rttMs = Math.max(0, this.#now - this.#window.timeOf(slot, attempt));
    const reply = replyOf(seen, this.#window.destinationOf(slot), rttMs);
    this.#lateness.note(rttMs);
    this.#weigh(slot, attempt);
    if (isAbsence(reply)) this.#absences.set(this.#window.endpointOf(slot).address, { reply, at: this.#now });
    this.#settle(slot, reply);
  };

  /**
   * An answer to a repetition tells that the way lost what was asked before. Where it loses much we are too fast for it: then
   * everything under way may have been lost because of us, and silence of it does not count. What was asked before the
   * pace was halved says nothing about the pace since.
   */
  #weigh(slot: number, attempt: number): void {
    if (this.#window.timeOf(slot, Math.max(0, attempt - 1)) <= this.#lostAt) return;
    if (!this.#losses.note(attempt === 0)) return;
    if (this.#pace.slowDown('way', this.#now)) this.#lostAt = this.#now;
  }

  #settle(slot: number, reply: Reply): void {
    const endpoint = this.#window.endpointOf(slot);
    this.#replies.push({ endpoint, reply, attempts: this.#window.sent(slot) });
    this.#window.remove(slot);
  }

  #tell(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    this.#replies = [];
    this.#options.onReplies(replies);
  }
}
