import type { Endpoint } from '../../model/target.ts';
import { type Destination, isSameAddress } from './destination.ts';

const NONE = -1;
/** Lines of probes that take silence alike. */
export const MOST_LINES = 64;
/** Times that are remembered for each probe; a power of two. */
const TIMES = 8;

/**
 * The probes of a sweep that are under way, in slots that are used again and again: found by address and port when an answer
 * comes, and, in the line of those that take silence alike, in the order in which they were last sent. Flat arrays, since there may
 * be a quarter of a million.
 */
export class Window<P extends Endpoint = Endpoint> {
  readonly capacity: number;
  size = 0;
  readonly #endpoints: (P | undefined)[] = [];
  readonly #destinations: (Destination | undefined)[] = [];
  /** How often it was sent, and how many of those times do not count since an answer may have been lost here. */
  readonly #sent: Uint8Array;
  readonly #excused: Uint8Array;
  readonly #uses: Uint32Array;
  readonly #times: Float64Array;
  readonly #firstTimes: Float64Array;
  /** Buckets of slots, by address and port; free slots hang together by `#chain` too. */
  readonly #buckets: Int32Array;
  readonly #bucketOf: Int32Array;
  readonly #chain: Int32Array;
  #free = 0;
  /** The order of sending, in each line. */
  readonly #lineOf: Uint8Array;
  readonly #earlier: Int32Array;
  readonly #later: Int32Array;
  readonly #oldest = new Int32Array(MOST_LINES).fill(NONE);
  readonly #newest = new Int32Array(MOST_LINES).fill(NONE);

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.#sent = new Uint8Array(capacity);
    this.#excused = new Uint8Array(capacity);
    this.#uses = new Uint32Array(capacity);
    this.#times = new Float64Array(capacity * TIMES);
    this.#firstTimes = new Float64Array(capacity);
    this.#buckets = new Int32Array(capacity * 2).fill(NONE);
    this.#bucketOf = new Int32Array(capacity);
    this.#chain = new Int32Array(capacity);
    for (let slot = 0; slot < capacity; slot++) this.#chain[slot] = slot + 1 < capacity ? slot + 1 : NONE;
    this.#lineOf = new Uint8Array(capacity);
    this.#earlier = new Int32Array(capacity);
    this.#later = new Int32Array(capacity);
  }

  get isFull(): boolean {
    return this.#free === NONE;
  }

  /** The slot of a line, from 0, that was sent longest ago, or -1. */
  oldest(line: number): number {
    return this.#oldest[line] ?? NONE;
  }

  /** The line that a slot stands in. */
  lineOf(slot: number): number {
    return this.#lineOf[slot] ?? 0;
  }

  /** Takes a slot for a probe, at the end of a line; the window must not be full. */
  add(endpoint: P, to: Destination, line = 0): number {
    const slot = this.#free;
    if (slot === NONE) throw new RangeError('the window is full');
    this.#free = this.#chain[slot] ?? NONE;
    this.size++;
    this.#endpoints[slot] = endpoint;
    this.#destinations[slot] = to;
    this.#sent[slot] = 0;
    this.#excused[slot] = 0;
    const bucket = this.#hash(to.to, endpoint.port);
    this.#bucketOf[slot] = bucket;
    this.#chain[slot] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = slot;
    this.#lineOf[slot] = line;
    this.#append(slot);
    return slot;
  }

  /** Gives the slot back. */
  remove(slot: number): void {
    const bucket = this.#bucketOf[slot] ?? 0;
    let at = this.#buckets[bucket] ?? NONE;
    if (at === slot) this.#buckets[bucket] = this.#chain[slot] ?? NONE;
    else {
      while (this.#chain[at] !== slot) at = this.#chain[at] ?? NONE;
      this.#chain[at] = this.#chain[slot] ?? NONE;
    }
    this.#unlink(slot);
    this.#chain[slot] = this.#free;
    this.#free = slot;
    this.#uses[slot] = ((this.#uses[slot] ?? 0) + 1) | 0;
    this.#endpoints[slot] = undefined;
    this.#destinations[slot] = undefined;
    this.size--;
  }

  /** The slot of the probe that went to that port of that address, or -1. */
  find(address: Int32Array, port: number): number {
    let slot = this.#buckets[this.#hash(address, port)] ?? NONE;
    while (slot !== NONE) {
      const to = this.#destinations[slot];
      if (to && this.#endpoints[slot]?.port === port && isSameAddress(to.to, address)) return slot;
      slot = this.#chain[slot] ?? NONE;
    }
    return NONE;
  }

  /** What it is in: a number that no later use of the slot has. */
  markOf(slot: number): number {
    return (this.#uses[slot] ?? 0) * this.capacity + slot;
  }

  /** The slot of a mark, or -1 when it has been given back since. */
  slotOf(mark: number): number {
    const slot = mark % this.capacity;
    return this.markOf(slot) === mark && this.#endpoints[slot] ? slot : NONE;
  }

  endpointOf(slot: number): P {
    return this.#endpoints[slot] as P;
  }

  destinationOf(slot: number): Destination {
    return this.#destinations[slot] as Destination;
  }

  /** How many times the probe was sent. */
  sent(slot: number): number {
    return this.#sent[slot] ?? 0;
  }

  /** Times it was sent that count: those whose answer cannot have been lost here. */
  counted(slot: number): number {
    return this.sent(slot) - (this.#excused[slot] ?? 0);
  }

  excused(slot: number): number {
    return this.#excused[slot] ?? 0;
  }

  /** Notes that the last time it was sent does not count. */
  excuse(slot: number): void {
    this.#excused[slot] = this.excused(slot) + 1;
  }

  /** Notes that the probe is sent once more; it becomes the newest of a line. */
  resend(slot: number, now: number, line: number): void {
    this.queue(slot, line);
    this.#sent[slot] = this.sent(slot) + 1;
    this.stamp(slot, now);
  }

  /** Puts it at the end of another line. It was sent before the others there, so it waits a little longer than it need. */
  queue(slot: number, line: number): void {
    this.#unlink(slot);
    this.#lineOf[slot] = line;
    this.#append(slot);
  }

  /** Notes when it really left, the last time. */
  stamp(slot: number, now: number): void {
    this.#times[slot * TIMES + ((this.sent(slot) - 1) & (TIMES - 1))] = now;
    if (this.sent(slot) === 1) this.#firstTimes[slot] = now;
  }

  lastTime(slot: number): number {
    return this.timeOf(slot, this.sent(slot) - 1);
  }

  firstTime(slot: number): number {
    return this.#firstTimes[slot] ?? 0;
  }

  /** When it was sent for the time with that number, from 0. */
  timeOf(slot: number, attempt: number): number {
    return this.sent(slot) - attempt > TIMES
      ? this.firstTime(slot)
      : (this.#times[slot * TIMES + (attempt & (TIMES - 1))] ?? 0);
  }

  #hash(address: Int32Array, port: number): number {
    let h = Math.imul(port, 0x9e3779b1);
    for (let i = 0; i < 4; i++) {
      h = Math.imul(h ^ (address[i] ?? 0), 0x85ebca6b);
      h ^= h >>> 15;
    }
    return h & (this.#buckets.length - 1);
  }

  #append(slot: number): void {
    const line = this.lineOf(slot);
    const newest = this.#newest[line] ?? NONE;
    this.#earlier[slot] = newest;
    this.#later[slot] = NONE;
    if (newest === NONE) this.#oldest[line] = slot;
    else this.#later[newest] = slot;
    this.#newest[line] = slot;
  }

  #unlink(slot: number): void {
    const line = this.lineOf(slot);
    const earlier = this.#earlier[slot] ?? NONE;
    const later = this.#later[slot] ?? NONE;
    if (earlier === NONE) this.#oldest[line] = later;
    else this.#later[earlier] = later;
    if (later === NONE) this.#newest[line] = earlier;
    else this.#earlier[later] = earlier;
  }
}
