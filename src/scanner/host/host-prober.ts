import { isSameIp } from '../../ip/ip.ts';
import type { IsHost } from '../../model/liveness.ts';
import { isSoftError, type Reply } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import type { Conversation, Flow, Talk, Wire } from '../../model/wire.ts';
import { HostQueue } from '../host-queue.ts';
import type { Lanes } from '../limits/lanes.ts';
import type { LiveHosts } from '../limits/live-hosts.ts';
import { pause } from '../pause.ts';
import type { ProbeScheduler } from '../probe-scheduler.ts';
import {
  ATTEMPTS_WITHOUT_ANSWER,
  NEIGHBOUR_SEARCH_MS,
  SOFT_ERROR_PAUSES_MS,
  TALKS,
} from '../retry/policy.ts';
import { RttEstimator } from '../retry/rto.ts';

/** What the hosts of one run share. */
export interface RunContext {
  readonly wire: Wire;
  readonly scheduler: ProbeScheduler;
  readonly lanes: Lanes;
  readonly liveHosts: LiveHosts;
  readonly signal: AbortSignal;
}

/** One probe, as far as it differs from the usual one. */
export interface ProbeOptions {
  readonly timeoutMs?: number;
  readonly attempt?: number;
  readonly talk?: Talk | undefined;
  readonly ttl?: number;
  readonly minTtl?: number;
  readonly flow?: Flow | undefined;
}

/** What became of one port: the last reply, packets sent, and of them those that were lost. */
export interface PortResult {
  readonly reply: Reply;
  readonly attempts: number;
  readonly lost: number;
}

/** How a port is probed: how often at most, how long the given attempt waits, and how often it was probed before. */
export interface RetryPlan {
  readonly attempts: number;
  readonly waitMs: (attempt: number) => number;
  readonly earlier?: number;
}

/** Whether this machine itself gave up the search for a neighbour, for which it sent three requests: six are enough. */
const isOfOwnKernel = (reply: Reply): boolean =>
  reply.kind === 'rejected' && 'errno' in reply.cause && reply.rttMs >= NEIGHBOUR_SEARCH_MS;

/** Sends probes to one address at its rates, learns its round trips from the answers, and counts what was sent. */
export class HostProber {
  readonly address: string;
  readonly family: Family;
  readonly rtt: RttEstimator;
  readonly queue: HostQueue;
  readonly run: RunContext;
  /** Probes sent to this host. */
  sent = 0;
  /** Something but silence ever came back. */
  isAnswering = false;
  /**
   * When the last probe left that got an answer other than an error, by the clock of `performance`: its answer shows that one came then.
   * When that is read depends on how busy this machine is, and a limit may have set in before.
   */
  answeredAt = Number.NEGATIVE_INFINITY;
  /** Resolves with the first answer. */
  readonly firstAnswer: Promise<void>;
  #noteFirst: () => void = () => {};
  #onFirst: (port: number, kind: 'accepted' | 'refused') => void = () => {};
  readonly #noted = new Set<Reply['kind']>();

  constructor(
    at: { readonly address: string; readonly family: Family },
    run: RunContext,
    { timeoutMs, perHost }: { readonly timeoutMs: number; readonly perHost: number },
  ) {
    this.address = at.address;
    this.family = at.family;
    this.run = run;
    this.rtt = new RttEstimator(timeoutMs, run.wire.capabilities.minTimeoutMs);
    this.queue = new HostQueue(run.lanes.of(at.address, at.family), perHost);
    this.firstAnswer = new Promise((resolve) => {
      this.#noteFirst = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.run.signal;
  }

  /** Whether an ICMP error came from this host itself. */
  readonly isHost: IsHost = (from) => isSameIp(from, this.address);

  /** Calls the function with the first port that accepts and with the first that refuses, as soon as each does. */
  onFirst(noted: (port: number, kind: 'accepted' | 'refused') => void): void {
    this.#onFirst = noted;
  }

  #noteFirstOf(port: number, kind: 'accepted' | 'refused'): void {
    if (this.#noted.has(kind)) return;
    this.#noted.add(kind);
    this.#onFirst(port, kind);
  }

  /** Something came back of what left at `sentAt`; a router's ICMP error does not show that the host is still there. */
  noteAnswer(sentAt: number, isRejection = false): void {
    this.isAnswering = true;
    if (!isRejection) this.answeredAt = Math.max(this.answeredAt, sentAt);
    this.#noteFirst();
  }

  /** Sends one packet and gives what came back. */
  probe(port: number, options: ProbeOptions = {}): Promise<Reply> {
    return new Promise((resolve) => this.send(port, options, resolve));
  }

  /** Sends one packet and calls `done` with what came back. */
  send(port: number, options: ProbeOptions, done: (reply: Reply) => void): void {
    const { timeoutMs = this.rtt.waitMs(0), attempt = 0, ttl, minTtl, flow } = options;
    const { address, family } = this;
    const talk = options.talk && this.#noticing(port, options.talk);
    this.sent++;
    const probe = { address, family, port, timeoutMs, attempt, talk, ttl, minTtl, flow };
    this.run.scheduler.send(this.queue, probe, (reply) => {
      if (reply.kind === 'silent') this.queue.reach('confirming');
      // A reply to a packet with a short TTL is a router's and does not show how far the host is.
      else if (ttl === undefined) this.#learn(reply, probe);
      done(reply);
    });
  }

  /** Takes the round trip of an answer, and that there was one. */
  #learn(
    reply: Reply,
    {
      port,
      timeoutMs,
      attempt,
      talk,
    }: { port: number; timeoutMs: number; attempt: number; talk: Talk | undefined },
  ): void {
    if (reply.kind === 'silent' || reply.kind === 'unknown') return;
    // Where repetitions are one flow, an answer may be to an earlier one (Karn's algorithm).
    if (attempt === 0 || !this.run.wire.capabilities.seesTtl) this.rtt.observe(reply.rttMs);
    else this.rtt.observeBound(reply.rttMs + timeoutMs);
    if (reply.kind === 'accepted' || reply.kind === 'refused') this.#noteFirstOf(port, reply.kind);
    // Of a conversation that was reported already, when the port accepted.
    if (!talk || reply.kind !== 'accepted')
      this.noteAnswer(performance.now() - reply.rttMs, reply.kind === 'rejected');
  }

  /** Reports the accept at once, not after the conversation: others wait for the first answer. */
  #noticing(port: number, talk: Talk): Talk {
    const sentAt = performance.now();
    const { rtt } = this;
    return {
      // Read when the port has accepted: on a slow path an answer takes a round trip more than its limits allow for.
      get limits() {
        const { totalMs, idleMs, maxBytes } = talk.limits;
        const slowMs = Math.max(rtt.longestMs, performance.now() - sentAt);
        return { totalMs: totalMs + TALKS.roundTrips * slowMs, idleMs: idleMs + slowMs, maxBytes };
      },
      exchange: (io: Conversation) => {
        // The probe's turn may have come late, so this is an upper bound; the exact time comes with the reply.
        this.rtt.observeBound(performance.now() - sentAt);
        this.noteAnswer(sentAt);
        this.#noteFirstOf(port, 'accepted');
        return talk.exchange(io);
      },
    };
  }

  /**
   * Probes a port until it answers, up to `attempts` times, each time longer and on the same flow. A port with a soft ICMP
   * error is probed again, too. A host that never answered anything is left after two attempts, the last of which waits longest.
   * `silences`: how long the attempts waited that were not answered, those before included; more are added.
   */
  async probeUntilAnswered(
    port: number,
    { attempts: most, waitMs, earlier = 0 }: RetryPlan,
    talk?: Talk,
    flow: Flow = { sourcePort: null },
    silences: number[] = [],
  ): Promise<PortResult> {
    let waitedMs = 0;
    let softErrors = 0;
    for (let attempts = 1; ; attempts++) {
      const timeoutMs = waitMs(attempts - 1);
      const reply = await this.probe(port, { timeoutMs, attempt: earlier + attempts - 1, talk, flow });
      if (isSoftError(reply) && most > 1) {
        const pauseMs = isOfOwnKernel(reply) && softErrors > 0 ? undefined : SOFT_ERROR_PAUSES_MS[softErrors];
        softErrors++;
        if (pauseMs === undefined || this.signal.aborted) return { reply, attempts, lost: 0 };
        await pause(pauseMs, this.signal);
        continue;
      }
      if (reply.kind !== 'silent') {
        return { reply, attempts, lost: this.lostOf(reply, silences) };
      }
      silences.push(reply.waitedMs);
      waitedMs += reply.waitedMs;
      const isHopeless = !this.isAnswering && attempts >= ATTEMPTS_WITHOUT_ANSWER;
      if (attempts >= most || isHopeless || this.signal.aborted) {
        return { reply: { kind: 'silent', waitedMs, attempts }, attempts, lost: 0 };
      }
      await pause(Math.random() * this.rtt.waitMs(0) * 0.5, this.signal);
    }
  }

  /** How many of the attempts before an answer were lost: one that did not even wait for one round trip of this host was not. */
  lostOf(reply: Reply, silences: readonly number[]): number {
    return 'rttMs' in reply ? silences.filter((waited) => waited > this.rtt.longestMs).length : 0;
  }

  /** How a port of this host is probed where there is time: `retries` times again, by RFC 6298. */
  patiently(retries: number): RetryPlan {
    return {
      attempts: retries + 1,
      waitMs: (attempt) =>
        !this.isAnswering && attempt + 1 >= ATTEMPTS_WITHOUT_ANSWER
          ? this.rtt.ceilingMs
          : this.rtt.waitMs(attempt),
    };
  }
}
