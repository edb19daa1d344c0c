import pLimit from 'p-limit';
import type { PortObservation, Trace } from '../../model/evidence.ts';
import { isReachable } from '../../model/reply.ts';
import { Quota } from '../limits/quota.ts';
import { pause } from '../pause.ts';
import { FLOW_HOSTS_PER_SUBNET, NEIGHBOUR_WAIT } from '../retry/policy.ts';
import { type Measured, pathWith, type SubnetPath } from './measure.ts';

/** As many as docs/verdicts.md asks for before it names one cause, and some more for those that loss hides. */
const FILTERED_PER_SUBNET = 10;
/** Of hosts where nothing answers, the path is traced at so many of a subnet. */
const DEAD_PER_SUBNET = 2;
/** Subnets whose path is remembered; past this the oldest are forgotten and measured again. */
const MOST_PATHS = 65_536;
/** Close looks at the same time, and when routers were seen to hold ICMP errors back. */
const LOOKS = { atOnce: 32, rationed: 2 } as const;
/** Close looks that may wait for their turn; past this a later host of the subnet is looked at instead. */
const MOST_WAITING = 16;

/** What is filtered, coarsely: hosts with the same key are alike as far as places and ranges go. */
const filterKind = (observations: readonly PortObservation[]): string => {
  const kinds = observations
    .filter(({ reply }) => !isReachable(reply))
    .map(({ requirement, reply }) => `${requirement} ${reply.kind}`);
  return [...new Set(kinds)].sort().join();
};

/**
 * What the hosts of one bulk run need not find out each for itself. The first of a subnet that share what is filtered are
 * looked at closely; the others use what those learnt of the path. Routers send only so many ICMP errors a second (Linux:
 * one to each peer), so close looks wait for each other as soon as a hop falls silent that answered before.
 */
export class SubnetPaths {
  readonly #filtered = new Quota(FILTERED_PER_SUBNET);
  readonly #dead = new Quota(DEAD_PER_SUBNET);
  readonly #flows = new Quota(FLOW_HOSTS_PER_SUBNET);
  readonly #paths = new Map<string, Promise<SubnetPath | undefined>>();
  /** The TTL with which accepts of a subnet's hosts arrived, the latest. */
  readonly #ttls = new Map<string, number>();
  readonly #waiting = new Map<string, Set<AbortController>>();
  /** Hosts of a subnet that accepted something and are still being looked at, so that a TTL may come of them. */
  readonly #expected = new Map<string, number>();
  readonly #turn = pLimit(LOOKS.atOnce);
  readonly #answered = new Set<string>();

  /** Whether this host is among the first of its kind in its subnet, as far as there is time to look. */
  take(subnet: string, observations: readonly PortObservation[], isAlive: boolean): boolean {
    // Nobody waits for traces of hosts that are not there.
    if (!isAlive) return this.#turn.pendingCount === 0 && this.#dead.take(subnet);
    const isBusy = this.#turn.pendingCount >= MOST_WAITING && this.#paths.has(subnet);
    return !isBusy && this.#filtered.take(`${subnet} ${filterKind(observations)}`);
  }

  /** Whether this host is among those of its subnet whose required ports are probed over several flows. */
  takeFlows(subnet: string): boolean {
    return this.#flows.take(subnet);
  }

  /** Does a close look when it is its turn. */
  inTurn<T>(look: () => Promise<T>): Promise<T> {
    return this.#turn(look);
  }

  ttlOf(subnet: string): number | null {
    return this.#ttls.get(subnet) ?? null;
  }

  /** Announces that a host of a subnet accepts: others wait for the TTL of its answers until the function that this returns is called. */
  expectTtl(subnet: string): () => void {
    this.#expected.set(subnet, (this.#expected.get(subnet) ?? 0) + 1);
    return () => {
      const left = (this.#expected.get(subnet) ?? 1) - 1;
      if (left > 0) this.#expected.set(subnet, left);
      else this.#expected.delete(subnet);
    };
  }

  /** The same as `ttlOf`, waiting for neighbours that are looked at at the same time: longer for one that is known to accept. */
  async ttlSoon(subnet: string, signal: AbortSignal): Promise<number | null> {
    const { firstMs, rounds } = NEIGHBOUR_WAIT;
    for (let round = 0; round < rounds && !signal.aborted && !this.#ttls.has(subnet); round++) {
      if (round > 0 && !this.#expected.has(subnet)) break;
      const known = new AbortController();
      const stop = (): void => known.abort();
      signal.addEventListener('abort', stop);
      const waiting = this.#waiting.get(subnet) ?? new Set();
      this.#waiting.set(subnet, waiting.add(known));
      await pause(firstMs, known.signal);
      signal.removeEventListener('abort', stop);
      waiting.delete(known);
      if (waiting.size === 0) this.#waiting.delete(subnet);
    }
    return this.ttlOf(subnet);
  }

  noteTtl(subnet: string, ttl: number): void {
    this.#ttls.set(subnet, ttl);
    for (const known of this.#waiting.get(subnet) ?? []) known.abort();
    this.#waiting.delete(subnet);
    if (this.#ttls.size > MOST_PATHS) this.#ttls.clear();
  }

  /** What is known of the path to a subnet, once the look that is on it has ended; undefined when it was not measured. */
  async pathTo(subnet: string): Promise<SubnetPath | undefined> {
    return this.#paths.get(subnet);
  }

  /** Measures one host of a subnet and lets the others know. */
  async learning(subnet: string, measuring: () => Promise<Measured>): Promise<Measured> {
    const before = this.#paths.get(subnet);
    const measured = measuring();
    const learnt = measured.then(
      async (one) => pathWith(await before, one),
      () => undefined,
    );
    if (before === undefined) this.#remember(subnet, learnt);
    else void learnt.then((path) => this.#remember(subnet, Promise.resolve(path)));
    this.#noteRationing(subnet, (await measured).traces);
    return measured;
  }

  #remember(subnet: string, path: Promise<SubnetPath | undefined>): void {
    this.#paths.set(subnet, path);
    if (this.#paths.size <= MOST_PATHS) return;
    for (const oldest of this.#paths.keys()) {
      this.#paths.delete(oldest);
      return;
    }
  }

  /** A hop that answered on the path to a subnet and now does not holds its ICMP errors back. */
  #noteRationing(subnet: string, traces: readonly Trace[]): void {
    for (const { hops } of traces) {
      for (const { ttl, address } of hops) {
        const key = `${subnet} ${ttl}`;
        if (address !== null) this.#answered.add(key);
        else if (this.#answered.has(key)) this.#turn.concurrency = LOOKS.rationed;
      }
    }
    if (this.#answered.size > MOST_PATHS) this.#answered.clear();
  }
}
