import type { Plan } from '../model/plan.ts';
import type { PlannedPort } from '../model/probe.ts';
import type { Target, TargetSpace } from '../model/target.ts';
import type { Sweeper, SweepReply } from '../model/wire.ts';
import type { Guard } from './address.ts';
import { type Agenda, Area, type Asked, agendaOf, Candidate } from './candidate.ts';
import type { EchoAsker } from './echo.ts';
import type { Foreknown, Heard } from './heard.ts';
import { hostRate } from './pace.ts';
import { Patiences } from './patience.ts';
import { Queue } from './queue.ts';
import { type SubnetRates, subnetOf } from './subnets.ts';
import type { Throttle } from './throttle.ts';
import { Turns } from './turns.ts';

/** From so many questions a second on sweeps are worth it; slower, host by host is as fast and ends sooner. */
const SWEPT_FROM = 5000;
/** Hosts that are swept or wait to be judged, at most: as many as some seconds of the rate are enough for. */
const TOGETHER = { least: 64, most: 4096, seconds: 4 } as const;
/** Subnets that are remembered when none of their hosts is being swept. */
const MOST_AREAS = 4096;
/** Hosts that are handed out at once: some milliseconds of work. */
const TURN = 8;

/** A host whose turn it is, with what a sweep made known of it. */
export interface NextHost extends Foreknown {
  readonly index: number;
  readonly target: Target;
}

export interface SweepDeps {
  readonly sweeper: Sweeper;
  readonly guard: Guard;
  readonly throttle: Throttle;
  readonly subnets: SubnetRates;
  readonly echo: EchoAsker;
  readonly signal: AbortSignal;
}

const NOTHING: ReadonlyMap<number, Heard> = new Map();

/**
 * Hands out the hosts of a bulk run with their first answers, each as soon as it has them all. One sweep goes over thousands
 * of hosts at once, so that no host's silence holds up another. Which question is next goes round: every host that has
 * one gets its turn, as far as the rates of host and subnet allow.
 */
export class SweptHosts {
  readonly #space: TargetSpace;
  readonly #order: Iterator<number>;
  readonly #plan: Plan;
  readonly #deps: SweepDeps;
  readonly #agenda: Agenda;
  readonly #areas = new Map<string, Area>();
  /** Hosts with pending questions: those of which nothing is known yet, and the others. */
  readonly #known = new Turns();
  readonly #fresh = new Turns((host) => {
    if (!host.isFresh) this.#known.push(host);
    return host.isFresh;
  });
  #isKnownTurn = false;
  /** Questions under way that take silence otherwise from now on. */
  readonly #changed: Asked[] = [];
  #isExhausted = false;
  /** Hosts that are being swept. */
  #swept = 0;
  readonly #ready = new Queue<NextHost>();
  #ended: Promise<void> | null = null;
  #hasEnded = false;
  #failure: unknown;
  readonly #waiting: {
    resolve(host: NextHost | undefined): void;
    reject(failure: unknown): void;
  }[] = [];
  #serving: NodeJS.Immediate | null = null;

  constructor(
    space: TargetSpace,
    order: Iterable<number>,
    plan: Plan,
    planned: readonly PlannedPort[],
    deps: SweepDeps,
  ) {
    this.#space = space;
    this.#order = order[Symbol.iterator]();
    this.#plan = plan;
    this.#deps = deps;
    this.#agenda = agendaOf(planned, plan, new Patiences(plan));
  }

  /** The next host; undefined when there is none, or when the run was stopped. */
  next(): Promise<NextHost | undefined> {
    this.#ended ??= this.#sweep();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  /** Hands out some hosts, and the others when everybody else has had a turn: the sweep, a screen and a keyboard. */
  #serve(): void {
    this.#serving ??= setImmediate(() => {
      this.#serving = null;
      const isOver = this.#deps.signal.aborted || (this.#hasEnded && this.#ready.size === 0);
      if (isOver) {
        for (const { resolve, reject } of this.#waiting.splice(0)) {
          if (this.#failure === undefined) resolve(undefined);
          else reject(this.#failure);
        }
        return;
      }
      const count = Math.min(TURN, this.#ready.size);
      for (const { resolve } of this.#waiting.splice(0, count)) resolve(this.#ready.shift());
      if (this.#ready.size > 0 && this.#waiting.length > 0) this.#serve();
    });
  }

  async #sweep(): Promise<void> {
    const { sweeper, signal, throttle } = this.#deps;
    const plan = this.#plan;
    try {
      await sweeper.sweep(this.#questions(), {
        ...this.#agenda.patiences.first(null),
        signal,
        get perSecond() {
          return throttle.paused ? 0 : plan.rate * throttle.scale;
        },
        onReplies: (replies) => this.#take(replies),
      });
    } catch (error) {
      this.#failure = error;
    }
    this.#hasEnded = true;
    this.#serve();
  }

  *#questions(): Generator<Asked | null> {
    for (;;) {
      for (const asked of this.#changed.splice(0)) if (asked.of.isUnderWay(asked)) yield asked;
      const next = this.#next();
      if (next) {
        this.#book(next.of, 1);
        yield next;
      } else if (this.#isExhausted && this.#swept === 0) return;
      else yield null;
    }
  }

  /** Counts questions that leave, and books them on the rates. */
  #book({ rate, area }: Candidate, questions: number): void {
    rate.charge(questions);
    area.rate.charge(questions);
    this.#deps.throttle.countSent(questions);
  }

  /** Takes on the next host that is to be swept, as far as there is room. False when there is none. */
  #admit(): boolean {
    while (!this.#isExhausted && this.#swept + this.#ready.size < this.#together()) {
      const { value: index, done } = this.#order.next();
      if (done) {
        this.#isExhausted = true;
        return false;
      }
      const target = this.#space.at(index);
      if (target.kind !== 'address' || this.#deps.guard(target.address, target.family) !== null) {
        this.#handOut({ index, target, heard: NOTHING });
        continue;
      }
      const area = this.#enter(subnetOf(target.address, target.family));
      const rate = hostRate(this.#plan, this.#deps.throttle);
      this.#fresh.push(new Candidate(index, target, this.#agenda, area, rate));
      this.#swept++;
      return true;
    }
    return false;
  }

  #together(): number {
    const perHost = this.#plan.sample.length + 2;
    const hosts = Math.floor((this.#deps.throttle.rate * TOGETHER.seconds) / perHost);
    return Math.max(TOGETHER.least, Math.min(TOGETHER.most, hosts));
  }

  #enter(subnet: string): Area {
    const area = this.#areas.get(subnet) ?? new Area(subnet, this.#deps.subnets.of(subnet));
    area.hosts++;
    this.#areas.set(subnet, area);
    return area;
  }

  #leave(area: Area): void {
    area.hosts--;
    if (area.hosts === 0 && this.#areas.size > MOST_AREAS) this.#areas.delete(area.subnet);
  }

  /**
   * New hosts and known ones take turns: silence takes longest to know, so it begins early, and the first hosts are judged
   * while the last are asked.
   */
  #next(): Asked | undefined {
    this.#isKnownTurn = !this.#isKnownTurn;
    return this.#isKnownTurn
      ? (this.#known.next() ?? this.#nextFresh())
      : (this.#nextFresh() ?? this.#known.next());
  }

  #nextFresh(): Asked | undefined {
    return this.#fresh.next() ?? (this.#admit() ? this.#fresh.next() : undefined);
  }

  #take(replies: readonly SweepReply<Asked>[]): void {
    for (const reply of replies) {
      const host = reply.endpoint.of;
      if (!host.isUnderWay(reply.endpoint)) continue;
      const isWaiting = host.pending.length > 0;
      // The first time was booked when it was asked.
      if (reply.attempts > 1) this.#book(host, reply.attempts - 1);
      host.take(reply);
      this.#changed.push(...host.changed.splice(0));
      if (!isWaiting && host.pending.length > 0) this.#known.push(host);
      if (host.isQuiet && !host.echo) {
        const { address, family } = reply.endpoint;
        host.echo = this.#deps.echo(address, family, host.lastWaitMs);
      }
      if (!host.isDone) continue;
      this.#swept--;
      this.#leave(host.area);
      this.#handOut(host);
    }
  }

  #handOut(host: NextHost): void {
    this.#ready.push(host);
    if (this.#waiting.length > 0) this.#serve();
  }
}

/** Whether hosts of a run are swept, given that the wire can. */
export const isSwept = ({ bulk, rate }: Plan): boolean => bulk && rate >= SWEPT_FROM;
