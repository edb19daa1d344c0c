import pLimit from 'p-limit';
import type { PortObservation, Trace } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import { Claims } from './claims.ts';
import { type KnownWay, type Measured, wayWith } from './locate.ts';

/** As many as docs/verdicts.md asks for before it names one cause, and some more for those that loss keeps from it. */
const FILTERED_PER_SUBNET = 10;
/** Of hosts where nothing answers, the way is traced at so many of a subnet. */
const DEAD_PER_SUBNET = 2;
/** Subnets whose way is remembered; past this the oldest are forgotten and measured again. */
const MOST_WAYS = 65_536;
/** Close looks at the same time, and when routers were seen to hold ICMP errors back. */
const LOOKS = { atOnce: 32, rationed: 2 } as const;
/** Close looks that may wait for their turn; past this a later host of the subnet is looked at instead. */
const MOST_WAITING = 16;

/** What is filtered, coarsely: hosts with the same word here are alike as far as places and ranges go. */
const likeness = (observations: readonly PortObservation[]): string => {
  const kinds = observations
    .filter(({ reply }) => !isReachable(reply))
    .map(({ requirement, reply }) => `${requirement} ${reply.kind}`);
  return [...new Set(kinds)].sort().join(', ');
};

/**
 * What the hosts of one bulk run need not find out each for itself. The first of a subnet that share what is filtered are
 * looked at closely; the others use what those learnt of the way. Routers send only so many ICMP errors a second (Linux:
 * one to each peer), so close looks wait for each other as soon as a hop falls silent that was heard before.
 */
export class Sites {
  readonly #filtered = new Claims(FILTERED_PER_SUBNET);
  readonly #dead = new Claims(DEAD_PER_SUBNET);
  readonly #ways = new Map<string, Promise<KnownWay | undefined>>();
  readonly #turn = pLimit(LOOKS.atOnce);
  readonly #heard = new Set<string>();

  /** Whether this host is among the first of its kind in its subnet, as far as there is time to look. */
  take(subnet: string, observations: readonly PortObservation[], alive: boolean): boolean {
    if (!alive) return this.#dead.take(subnet);
    const isBusy = this.#turn.pendingCount >= MOST_WAITING && this.#ways.has(subnet);
    return !isBusy && this.#filtered.take(`${subnet} ${likeness(observations)}`);
  }

  /** Does a close look when it is its turn. */
  inTurn<T>(look: () => Promise<T>): Promise<T> {
    return this.#turn(look);
  }

  /** What is known of the way to a subnet, once the look that is on it has ended; undefined when nobody looked. */
  async wayTo(subnet: string): Promise<KnownWay | undefined> {
    return this.#ways.get(subnet);
  }

  /** Measures one host of a subnet and lets the others know. */
  async learning(subnet: string, measuring: () => Promise<Measured>): Promise<Measured> {
    const before = this.#ways.get(subnet);
    const measured = measuring();
    const learnt = measured.then(
      async (one) => wayWith(await before, one),
      () => undefined,
    );
    if (before === undefined) this.#remember(subnet, learnt);
    else void learnt.then((way) => this.#remember(subnet, Promise.resolve(way)));
    this.#noteRationing(subnet, (await measured).traces);
    return measured;
  }

  #remember(subnet: string, way: Promise<KnownWay | undefined>): void {
    this.#ways.set(subnet, way);
    if (this.#ways.size <= MOST_WAYS) return;
    for (const oldest of this.#ways.keys()) {
      this.#ways.delete(oldest);
      return;
    }
  }

  /** A hop that was heard on the way to a subnet and now is not holds its ICMP errors back. */
  #noteRationing(subnet: string, traces: readonly Trace[]): void {
    for (const { hops } of traces) {
      for (const { ttl, address } of hops) {
        const key = `${subnet} ${ttl}`;
        if (address !== null) this.#heard.add(key);
        else if (this.#heard.has(key)) this.#turn.concurrency = LOOKS.rationed;
      }
    }
    if (this.#heard.size > MOST_WAYS) this.#heard.clear();
  }
}
