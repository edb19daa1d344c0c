import type { Reply } from '../../src/model/reply.ts';
import type { Flow } from '../../src/model/wire.ts';
import { hashOf, type Random } from './random.ts';
import type { VirtualClock } from './virtual-time.ts';

/** How many ICMP errors a router sends to one machine: so many at once, then so many a second. */
export interface IcmpLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Linux: icmp_ratelimit 1000, XRLIM_BURST_FACTOR 6 (net/ipv4/icmp.c, net/ipv4/route.c). */
export const LINUX_LIMIT: IcmpLimit = { burst: 6, perSecond: 1 };

export interface Router {
  readonly address: string;
  /** Sends no ICMP. */
  readonly isMute: boolean;
  readonly limit: IcmpLimit;
  /** Drops the port: before it looks at the TTL, or only what it would forward. */
  readonly drops: 'early' | 'late' | null;
}

/** One network between this machine and one target. */
export interface Network {
  /** By TTL, the first hop at 0; several routers of one hop share its flows. */
  readonly hops: readonly (readonly Router[])[];
  /** The port that filters drop. */
  readonly filtered: number;
  readonly openPorts: ReadonlySet<number>;
  /** Answers nothing where nothing listens. */
  readonly isStealthy: boolean;
  /** Chance that a packet is lost, each way. */
  readonly loss: number;
  /** To the target and back, milliseconds. */
  readonly rttMs: number;
  /** How long silence is waited for, milliseconds. */
  readonly waitMs: number;
  /** Least time between two packets to the host, milliseconds. */
  readonly gapMs: number;
  /** ICMP errors a second that each router owes to others of our probes, as in an audit. */
  readonly elsewhere: number;
  /** Routers have all of their ICMP errors left at first; else some. */
  readonly isRested: boolean;
  readonly seed: number;
}

class Bucket {
  #tokens: number;
  #at = 0;
  readonly #limit: IcmpLimit;

  constructor(limit: IcmpLimit, tokens: number) {
    this.#limit = limit;
    this.#tokens = Math.min(tokens, limit.burst);
  }

  take(now: number, usedElsewhere: number): boolean {
    const earned = ((now - this.#at) / 1000) * this.#limit.perSecond;
    this.#tokens = Math.max(0, Math.min(this.#limit.burst, this.#tokens + earned - usedElsewhere));
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** A network at work: packets take their time by the clock, are lost, hashed to a path, dropped, and answered. */
export class SimulatedNetwork {
  readonly net: Network;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #buckets = new Map<Router, Bucket>();
  readonly #usedAt = new Map<Router, number>();
  #freeAt = 0;
  /** Packets sent. */
  sent = 0;

  constructor(net: Network, clock: VirtualClock, random: Random) {
    this.net = net;
    this.#clock = clock;
    this.#random = random;
    for (const router of net.hops.flat()) {
      this.#buckets.set(
        router,
        new Bucket(router.limit, random.whole(net.isRested ? router.limit.burst : 0, router.limit.burst)),
      );
    }
  }

  /** The routers that a flow to a port passes: a hash of the 5-tuple, of which only the ports differ. */
  pathOf(port: number, sourcePort: number): Router[] {
    return this.net.hops.flatMap((routers, hop) => {
      const [only] = routers;
      const chosen =
        routers.length < 2 ? only : routers[hashOf(this.net.seed, hop, port, sourcePort) % routers.length];
      return chosen ? [chosen] : [];
    });
  }

  /** One packet: what comes back for it, after the time that takes. */
  async send(
    port: number,
    ttl: number,
    flow: Flow = { sourcePort: null },
    waitMs = this.net.waitMs,
  ): Promise<Reply> {
    this.sent++;
    flow.sourcePort ??= this.#random.whole(32_768, 60_999);
    const { gapMs } = this.net;
    const leavesAt = Math.max(this.#clock.now, this.#freeAt);
    this.#freeAt = leavesAt + gapMs;
    if (leavesAt > this.#clock.now) await this.#clock.after(leavesAt - this.#clock.now);
    const reply = this.#answer(port, ttl, flow.sourcePort);
    const isLost = this.#random.happens(this.net.loss);
    if (!reply || isLost) {
      await this.#clock.after(waitMs);
      return { kind: 'silent', waitedMs: waitMs, attempts: 1 };
    }
    await this.#clock.after(reply.rttMs);
    return reply;
  }

  #answer(port: number, ttl: number, sourcePort: number): (Reply & { readonly rttMs: number }) | null {
    const { net } = this;
    if (this.#random.happens(net.loss)) return null;
    const share = net.rttMs / (net.hops.length + 1);
    for (const [at, router] of this.pathOf(port, sourcePort).entries()) {
      const isFiltered = port === net.filtered;
      if (isFiltered && router.drops === 'early') return null;
      if (at + 1 === ttl) return this.#exceeded(router, share * ttl);
      if (isFiltered && router.drops === 'late') return null;
    }
    if (net.openPorts.has(port)) return { kind: 'accepted', rttMs: net.rttMs };
    return net.isStealthy ? null : { kind: 'refused', by: 'unknown', rttMs: net.rttMs };
  }

  #exceeded(router: Router, rttMs: number): (Reply & { readonly rttMs: number }) | null {
    if (router.isMute) return null;
    const { now } = this.#clock;
    const since = now - (this.#usedAt.get(router) ?? 0);
    this.#usedAt.set(router, now);
    // Arrivals of a Poisson process.
    let used = 0;
    const rate = this.net.elsewhere / 1000;
    for (let at = this.#next(rate); at < since; at += this.#next(rate)) used++;
    if (!this.#buckets.get(router)?.take(now, used)) return null;
    return {
      kind: 'rejected',
      rttMs,
      cause: { icmp: { version: 4, type: 11, code: 0 }, from: router.address },
    };
  }

  #next(perMs: number): number {
    return perMs === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - this.#random.unit()) / perMs;
  }
}
