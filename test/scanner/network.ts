import type { Reply } from '../../src/model/reply.ts';
import type { WireCapabilities } from '../../src/model/wire.ts';
import { type Answer, exceeded, FakeWire, type Sent, unreachable } from './fakes.ts';
import { Random } from './random.ts';

/** What a port does with a SYN that arrives; a number is the code of an ICMP error of type 3. */
export type Port = 'accept' | 'refuse' | 'drop' | number;

/** One router; several at one distance are equal-cost paths, chosen by ports. */
export interface Router {
  readonly address: string;
  /** Sends no ICMP errors. */
  readonly isMute?: boolean;
  /** ICMP errors a second, after a burst of six. */
  readonly errorsPerSecond?: number;
  readonly drops?: (port: number) => boolean;
  readonly resets?: (port: number) => boolean;
  readonly rejects?: (port: number) => boolean;
}

/** A packet filter that lets so many packets through: a token bucket. */
export interface Limit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface FakeHost {
  /** By port, and how often that port was reached before. */
  readonly port: (port: number, turn: number) => Port;
  /** Milliseconds; 10 when absent. */
  readonly rttMs?: number;
  /** Routers on the way, the nearest first. */
  readonly hops?: readonly (readonly Router[])[];
  /** TTL that its packets begin with; 128 when absent. */
  readonly initialTtl?: number;
  readonly limit?: Limit;
  /** It answers nothing from so many packets on, for so long; forever when `forMs` is absent. */
  readonly ban?: { readonly after: number; readonly forMs?: number };
  /** When it is switched off, by the fake clock. */
  readonly goesAtMs?: number;
  /** Where its SYN-ACK is lost it holds half of a connection, and accepts no other on that flow for so long. */
  readonly halfOpenMs?: number;
}

export interface NetworkSetting {
  readonly hosts: Readonly<Record<string, FakeHost>> | ((address: string) => FakeHost | undefined);
  /** Share of packets lost each way, 0..1, and its seed. */
  readonly loss?: number;
  readonly seed?: number;
  /** What passes to all hosts together. */
  readonly limit?: Limit;
  readonly capabilities?: Partial<WireCapabilities>;
}

class Bucket {
  #tokens: number;
  #at = performance.now();
  readonly #limit: Limit;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
  }

  take(): boolean {
    const now = performance.now();
    const gained = ((now - this.#at) / 1000) * this.#limit.perSecond;
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + gained);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** Which of several equal ways a packet takes. */
const flowHash = ({ sourcePort, port }: Sent, hop: number, ways: number): number => {
  let hash = Math.imul(sourcePort * 65_537 + port, 0x9e3779b1) ^ Math.imul(hop + 1, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return (hash >>> 0) % ways;
};

/** A network of routers and hosts behind a fake wire. */
export class FakeNetwork {
  readonly wire: FakeWire;
  readonly #setting: NetworkSetting;
  readonly #random: Random;
  readonly #buckets = new Map<string, Bucket>();
  readonly #arrived = new Map<string, number>();
  readonly #bannedUntil = new Map<string, number>();
  readonly #turns = new Map<string, number>();
  readonly #halfOpenUntil = new Map<string, number>();

  constructor(setting: NetworkSetting) {
    this.#setting = setting;
    this.#random = new Random(setting.seed ?? 1);
    this.wire = new FakeWire(this.#answer, setting.capabilities);
  }

  get #isLost(): boolean {
    const { loss = 0 } = this.#setting;
    return loss > 0 && this.#random.next() < loss;
  }

  #passes(key: string, limit: Limit): boolean {
    const bucket = this.#buckets.get(key) ?? new Bucket(limit);
    this.#buckets.set(key, bucket);
    return bucket.take();
  }

  readonly #answer: Answer = (sent) => {
    const { hosts } = this.#setting;
    const host = typeof hosts === 'function' ? hosts(sent.address) : hosts[sent.address];
    const { limit } = this.#setting;
    if (!host || this.#isLost || (limit && !this.#passes('all', limit))) return 'silence';
    const reply = this.#onTheWay(host, sent) ?? this.#atHost(host, sent);
    if (reply === 'silence') return reply;
    const flow = `${sent.address} ${sent.port} ${sent.sourcePort}`;
    const isOpening = host.halfOpenMs !== undefined && reply.kind === 'accepted';
    if (isOpening && performance.now() < (this.#halfOpenUntil.get(flow) ?? 0)) return 'silence';
    if (!this.#isLost) return reply;
    if (isOpening) this.#halfOpenUntil.set(flow, performance.now() + (host.halfOpenMs ?? 0));
    return 'silence';
  };

  #onTheWay({ hops = [], rttMs = 10 }: FakeHost, sent: Sent): Reply | 'silence' | null {
    for (const [at, routers] of hops.entries()) {
      const router = routers[flowHash(sent, at, routers.length)];
      if (!router) return 'silence';
      const ms = (rttMs * (at + 1)) / (hops.length + 1);
      const isSpeaking = (): boolean =>
        router.isMute !== true &&
        (router.errorsPerSecond === undefined ||
          this.#passes(router.address, { perSecond: router.errorsPerSecond, burst: 6 }));
      if (sent.ttl === at + 1) return isSpeaking() ? exceeded(router.address, ms) : 'silence';
      if (router.drops?.(sent.port)) return 'silence';
      if (router.rejects?.(sent.port)) return isSpeaking() ? unreachable(13, router.address, ms) : 'silence';
      if (router.resets?.(sent.port))
        return this.#withTtl(sent, 64 - at, { kind: 'refused', rttMs: ms, by: 'unknown' });
    }
    return null;
  }

  #atHost(host: FakeHost, sent: Sent): Reply | 'silence' {
    const { address } = sent;
    const { hops = [], rttMs = 10, initialTtl = 128, limit, ban, goesAtMs = Number.POSITIVE_INFINITY } = host;
    const now = performance.now();
    if (now >= goesAtMs) return 'silence';
    const arrived = (this.#arrived.get(address) ?? 0) + 1;
    this.#arrived.set(address, arrived);
    if (ban && arrived === ban.after + 1) {
      this.#bannedUntil.set(address, now + (ban.forMs ?? Number.POSITIVE_INFINITY));
    }
    if (now < (this.#bannedUntil.get(address) ?? 0)) return 'silence';
    if (limit && !this.#passes(address, limit)) return 'silence';
    const key = `${address} ${sent.port}`;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    const does = host.port(sent.port, turn);
    if (does === 'drop') return 'silence';
    if (typeof does === 'number') return unreachable(does, address, rttMs);
    const reply: Reply =
      does === 'accept' ? { kind: 'accepted', rttMs } : { kind: 'refused', rttMs, by: 'unknown' };
    return this.#withTtl(sent, initialTtl - hops.length, reply);
  }

  /** An answer that arrives with a TTL, as far as the wire sees it. */
  #withTtl({ minTtl = 0 }: Sent, ttl: number, reply: Reply): Reply | 'silence' {
    if (ttl < minTtl) return 'silence';
    return this.wire.capabilities.seesTtl ? ({ ...reply, ttl } as Reply) : reply;
  }
}

/** A path of so many routers, 10.0.1.1 the nearest. */
export const path = (length: number, changes: Readonly<Record<number, Partial<Router>>> = {}): Router[][] =>
  Array.from({ length }, (_, at) => [{ address: `10.0.${at + 1}.1`, ...changes[at + 1] }]);

/** A Windows machine that offers Remote Assistance: 135 and 3389 accept, all other ports are refused. */
export const windows = (changes: Partial<FakeHost> = {}): FakeHost => ({
  port: (port) => (port === 135 || port === 3389 ? 'accept' : 'refuse'),
  ...changes,
});
