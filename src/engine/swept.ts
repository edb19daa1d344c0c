import type { Plan } from '../model/plan.ts';
import type { Dial, Probe } from '../model/probe.ts';
import type { Reply } from '../model/reply.ts';
import type { Endpoint, Target, TargetSpace } from '../model/target.ts';
import type { Sweeper, SweepReply } from '../model/wire.ts';
import type { Guard } from './address.ts';
import { isFirstAsked, showsLife } from './life.ts';
import { subnetOf } from './subnets.ts';
import type { Throttle } from './throttle.ts';

/**
 * Hosts that are swept together: as many as some seconds of the rate are enough for, so that a pause and a change of speed
 * are soon felt, and that many share the waiting for silence.
 */
const TOGETHER = { least: 64, most: 4096, seconds: 4 } as const;
/** From so many questions a second on sweeps are worth it; slower, host by host is as fast and ends sooner. */
const SWEPT_FROM = 5000;
/** How long the first sweep waits, milliseconds: most networks answer in that time, and nobody is given up because of it. */
const FIRST_MS = 300;
/** RFC 6298: the wait before anything is known, milliseconds. What Remote Assistance needs is asked once with it everywhere. */
const PATIENT_MS = 1000;
/** On top of the longest round trip of the hosts of a sweep, milliseconds; see timing.ts. */
const MARGIN_MS = 100;
/** Silence of a living host is asked again so often: of a sampled port, and of one that decides by itself (confirm.ts). */
const REPEATS = { sampled: 2, required: 3 } as const;
/** What sweeps that run side by side may use of the rates together. */
const SHARES = { sampled: 0.6, required: 0.2, patient: 0.2 } as const;

/** What a sweep heard of one port. */
export interface Heard {
  readonly reply: Reply;
  readonly attempts: number;
}

/** A host whose turn it is, with what a sweep heard of its ports; none for one that was not swept. */
export interface NextHost {
  readonly index: number;
  readonly target: Target;
  readonly heard: ReadonlyMap<number, Heard>;
}

interface Candidate {
  readonly index: number;
  readonly target: Target;
  readonly heard: Map<number, Heard>;
}

export interface SweepDeps {
  readonly sweeper: Sweeper;
  readonly probes: readonly Probe[];
  readonly guard: Guard;
  readonly throttle: Throttle;
  readonly signal: AbortSignal;
}

const isAlive = ({ heard }: Candidate): boolean => showsLife([...heard.values()]);

const rttOf = (reply: Reply): number =>
  reply.kind === 'silent' || reply.kind === 'unknown' ? 0 : reply.rttMs;

const isOpenQuestion = (heard: Heard | undefined): boolean =>
  heard === undefined || heard.reply.kind === 'silent' || heard.reply.kind === 'unknown';

/** The longest round trip of what came back, milliseconds. */
const longest = (candidates: readonly Candidate[]): number =>
  candidates.reduce((most, { heard }) => {
    let rtt = most;
    for (const { reply } of heard.values()) rtt = Math.max(rtt, rttOf(reply));
    return rtt;
  }, 0);

/**
 * Hands out the hosts of a bulk run with their first answers, found by sweeps over thousands of hosts at once: the ports
 * that show life at all of them, the others where life showed. A host that shows none is asked once more with the patience
 * of RFC 6298 before it counts as silent, for the round trips of its neighbours say nothing about its own.
 */
export class SweptHosts {
  readonly #space: TargetSpace;
  readonly #order: Iterator<number>;
  readonly #plan: Plan;
  readonly #deps: SweepDeps;
  #ready: readonly NextHost[] = [];
  #given = 0;
  #coming: Promise<readonly NextHost[]> | null = null;

  constructor(space: TargetSpace, order: Iterable<number>, plan: Plan, deps: SweepDeps) {
    this.#space = space;
    this.#order = order[Symbol.iterator]();
    this.#plan = plan;
    this.#deps = deps;
  }

  /** The next host; undefined when there is none, or when the run was stopped. */
  async next(): Promise<NextHost | undefined> {
    for (;;) {
      const host = this.#ready[this.#given];
      if (host) {
        this.#given++;
        return host;
      }
      if (this.#deps.signal.aborted) return undefined;
      this.#coming ??= this.#fill();
      const coming = this.#coming;
      const ready = await coming;
      if (this.#coming !== coming) continue;
      if (ready.length === 0) return undefined;
      this.#ready = ready;
      this.#given = 0;
      // The next are swept while these are judged.
      this.#coming = this.#fill();
      this.#coming.catch(() => {});
    }
  }

  async #fill(): Promise<readonly NextHost[]> {
    const candidates: Candidate[] = [];
    const together = this.#together();
    while (candidates.length < together) {
      const { value: index, done } = this.#order.next();
      if (done) break;
      candidates.push({ index, target: this.#space.at(index), heard: new Map() });
    }
    await this.#deps.throttle.running(this.#deps.signal);
    const swept = candidates.filter(
      ({ target }) => target.kind === 'address' && this.#deps.guard(target.address, target.family) === null,
    );
    await this.#sweepAll(swept);
    return candidates;
  }

  #together(): number {
    const perHost = this.#plan.sample.length + 2;
    const hosts = Math.floor((this.#deps.throttle.rate * TOGETHER.seconds) / perHost);
    return Math.max(TOGETHER.least, Math.min(TOGETHER.most, hosts));
  }

  async #sweepAll(candidates: readonly Candidate[]): Promise<void> {
    const planned = this.#deps.probes.flatMap((probe) => probe.ports(this.#plan, { observations: [] }));
    const first = planned.filter((one) => isFirstAsked(one, this.#plan)).map(({ port }) => port);
    const rest = planned.filter((one) => !isFirstAsked(one, this.#plan)).map(({ port }) => port);
    const required = planned.filter(({ why }) => why === 'required').map(({ port }) => port);
    const { retries } = this.#plan;
    await this.#sweep(candidates, first, { timeoutMs: FIRST_MS, retries: 0, share: 1 });
    const alive = candidates.filter(isAlive);
    const still = candidates.filter((candidate) => !isAlive(candidate));
    const timeoutMs = Math.min(longest(alive) + MARGIN_MS, PATIENT_MS);
    const sampled = { timeoutMs, retries: Math.min(REPEATS.sampled, retries), share: SHARES.sampled };
    const more = retries === 0 ? [] : required;
    await Promise.all([
      this.#sweep(alive, [...first.filter((port) => !required.includes(port)), ...rest], sampled),
      this.#sweep(alive, more, { timeoutMs, retries: REPEATS.required, share: SHARES.required }),
      this.#sweep(candidates, more, { timeoutMs: PATIENT_MS, retries: 0, share: SHARES.patient }),
    ]);
    const late = still.filter(isAlive);
    const patient = { timeoutMs: PATIENT_MS, retries: sampled.retries, share: 1 };
    await this.#sweep(late, [...first, ...rest], patient);
  }

  /** Asks these ports, as far as they are open questions, port by port so that no host gets a burst. */
  async #sweep(
    candidates: readonly Candidate[],
    ports: readonly number[],
    { timeoutMs, retries, share }: { timeoutMs: number; retries: number; share: number },
  ): Promise<void> {
    const { sweeper, signal, throttle } = this.#deps;
    if (signal.aborted || candidates.length === 0 || ports.length === 0) return;
    const byAddress = new Map(
      candidates.flatMap((one) =>
        one.target.kind === 'address' ? [[one.target.address, one] as const] : [],
      ),
    );
    const endpoints = function* (): Generator<Endpoint> {
      for (const port of ports) {
        for (const { target, heard } of candidates) {
          if (target.kind !== 'address' || !isOpenQuestion(heard.get(port))) continue;
          throttle.countSent();
          yield { address: target.address, family: target.family, port };
        }
      }
    };
    const onReplies = (replies: readonly SweepReply[]): void => {
      for (const { endpoint, reply, attempts } of replies) this.#take(byAddress, endpoint, reply, attempts);
    };
    const perSecond = Math.max(1, share * this.#paceFor(candidates));
    const { packets, probes } = await sweeper.sweep(endpoints(), {
      signal,
      perSecond,
      retries,
      timeoutMs,
      onReplies,
    });
    for (let repeated = probes; repeated < packets; repeated++) throttle.countSent();
  }

  #take(
    hosts: ReadonlyMap<string, Candidate>,
    { address, port }: Endpoint,
    reply: Reply,
    attempts: number,
  ): void {
    const host = hosts.get(address);
    // Our own trouble is asked again in the usual way, which waits for it to pass.
    if (!host || reply.kind === 'unknown') return;
    const before = host.heard.get(port);
    const all = (before?.attempts ?? 0) + attempts;
    // Two sweeps may ask the same port side by side; an answer stands against the other's silence.
    if (before && !isOpenQuestion(before)) return;
    if (reply.kind !== 'silent') {
      host.heard.set(port, { reply, attempts: all });
      return;
    }
    const waitedMs = (before?.reply.kind === 'silent' ? before.reply.waitedMs : 0) + reply.waitedMs;
    host.heard.set(port, { reply: { kind: 'silent', waitedMs, attempts: all }, attempts: all });
  }

  /** What the rates over all, per subnet and per host allow for these hosts together. */
  #paceFor(candidates: readonly Candidate[]): number {
    const { rate, perSubnetRate, perHostRate } = this.#plan;
    const subnets = new Set(
      candidates.flatMap(({ target }) =>
        target.kind === 'address' ? [subnetOf(target.address, target.family)] : [],
      ),
    );
    const { scale } = this.#deps.throttle;
    const allowed = Math.min(rate, perSubnetRate * subnets.size, perHostRate * candidates.length);
    return allowed * scale;
  }
}

/** Whether hosts of a run are swept, given that the wire can. */
export const isSwept = ({ bulk, rate }: Plan): boolean => bulk && rate >= SWEPT_FROM;

/** The time to live of an answer, where it was seen. */
const ttlOf = (reply: Reply): { readonly ttl?: number } =>
  'ttl' in reply && reply.ttl !== undefined ? { ttl: reply.ttl } : {};

/**
 * A dial that gives what a sweep heard, once for each port; what it did not hear, an accept that a conversation is to be
 * held on, and every further question is asked.
 */
export const withHeard = (left: Map<number, Heard>, dial: Dial): Dial => {
  return async (endpoint, talk) => {
    const known = left.get(endpoint.port);
    left.delete(endpoint.port);
    if (!known) return dial(endpoint, talk);
    if (!talk || known.reply.kind !== 'accepted') return known;
    const { reply, attempts } = await dial(endpoint, talk);
    return {
      reply: reply.kind === 'accepted' ? { ...reply, ...ttlOf(known.reply) } : reply,
      attempts: known.attempts + attempts - 1,
    };
  };
};
