import type { WireProbe } from '../../model/wire.ts';
import { Deadlines, Due } from '../deadlines.ts';
import { type Destination, isSameAddress } from './destination.ts';
import type { Syn } from './packet-build.ts';

const USUAL_TTL = 64;
const FEWEST_BUCKETS = 1 << 10;

/** One SYN from its sending to its reply. */
export class InFlightProbe<P extends WireProbe = WireProbe> extends Due implements Syn {
  readonly port: number;
  readonly ttl: number;
  /** When it left (`performance.now()`). */
  sentAt: number;
  /** Next in the same bucket. */
  next: InFlightProbe<P> | null = null;

  constructor(
    readonly probe: P,
    readonly to: Destination,
    readonly localPort: number,
    readonly sequence: number,
    now: number,
  ) {
    super();
    this.port = probe.port;
    this.ttl = probe.ttl ?? USUAL_TTL;
    this.sentAt = now;
  }

  get isInFlight(): boolean {
    return this.slot >= 0;
  }
}

const hash = (address: Int32Array, port: number, localPort: number): number => {
  let h = Math.imul((port << 16) | localPort, 0x9e3779b1);
  for (let i = 0; i < 4; i++) {
    h = Math.imul(h ^ (address[i] ?? 0), 0x85ebca6b);
    h ^= h >>> 15;
  }
  return h;
};

/** Probes in flight, found by address, port and local port when a reply arrives, and by their timeout. */
export class InFlightTable<P extends WireProbe> {
  readonly #deadlines = new Deadlines<InFlightProbe<P>>();
  #buckets: (InFlightProbe<P> | null)[] = new Array(FEWEST_BUCKETS).fill(null);
  size = 0;

  /** Adds a probe, which is due after `flight.probe.timeoutMs`. No other may have its address and ports. */
  add(flight: InFlightProbe<P>): void {
    if (this.size++ === this.#buckets.length) this.#grow();
    this.#link(flight);
    this.postpone(flight, flight.sentAt + flight.probe.timeoutMs, flight.sentAt);
  }

  remove(flight: InFlightProbe<P>): void {
    const bucket = this.#bucketOf(flight);
    let at = this.#buckets[bucket] ?? null;
    if (at === flight) this.#buckets[bucket] = flight.next;
    else {
      while (at && at.next !== flight) at = at.next;
      if (at) at.next = flight.next;
    }
    flight.next = null;
    this.size--;
    this.#deadlines.remove(flight);
  }

  find(address: Int32Array, port: number, localPort: number): InFlightProbe<P> | null {
    let flight = this.#buckets[hash(address, port, localPort) & (this.#buckets.length - 1)] ?? null;
    for (; flight; flight = flight.next) {
      if (flight.port === port && flight.localPort === localPort && isSameAddress(flight.to.to, address))
        break;
    }
    return flight;
  }

  /** A probe past its timeout, or null. It stays in flight: `remove` or `postpone` it. */
  due(now: number): InFlightProbe<P> | null {
    return this.#deadlines.next(now);
  }

  postpone(flight: InFlightProbe<P>, until: number, now: number): void {
    this.#deadlines.add(flight, until, now);
  }

  all(): InFlightProbe<P>[] {
    const flights: InFlightProbe<P>[] = [];
    for (const first of this.#buckets) {
      for (let flight = first; flight; flight = flight.next) flights.push(flight);
    }
    return flights;
  }

  #bucketOf({ to, port, localPort }: InFlightProbe<P>): number {
    return hash(to.to, port, localPort) & (this.#buckets.length - 1);
  }

  #link(flight: InFlightProbe<P>): void {
    const bucket = this.#bucketOf(flight);
    flight.next = this.#buckets[bucket] ?? null;
    this.#buckets[bucket] = flight;
  }

  #grow(): void {
    const flights = this.all();
    this.#buckets = new Array(2 * this.#buckets.length).fill(null);
    for (const flight of flights) this.#link(flight);
  }
}
