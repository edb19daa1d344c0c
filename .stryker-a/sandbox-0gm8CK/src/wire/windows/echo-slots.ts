import type { IcmpApi } from './icmp-api.ts';
import { MAXIMUM_WAIT_OBJECTS } from './layout.ts';

/** A reply, what of the request comes back in it, eight bytes of an ICMP error and an IO_STATUS_BLOCK (icmpapi.h): 40 + 32 + 8 + 16. */
const REPLY_BYTES = 256;
const HANDLE_BYTES = 8;
/** How often events are looked at while a request is under way, milliseconds. */
const LOOK_MS = 4;

/** Room for one request: the event that signals its end, and the memory that the system writes its reply to until then. */
export interface EchoSlot {
  readonly event: number;
  readonly reply: Buffer;
  /** Called once when the request is over; null while the slot is free. */
  done: (() => void) | null;
}

/** As many slots as one call can look at. */
interface Bench {
  readonly slots: EchoSlot[];
  readonly handles: Buffer;
  busy: number;
}

/**
 * Slots for requests under way. No thread waits: a timer asks for all events of a bench in one call, while there are any. Events
 * reset themselves when they are read, and are used again.
 */
export class EchoSlots {
  readonly #api: IcmpApi;
  readonly #benches: Bench[] = [];
  readonly #free: { readonly slot: EchoSlot; readonly bench: Bench }[] = [];
  #busy = 0;
  #timer: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | null = null;

  constructor(api: IcmpApi) {
    this.#api = api;
  }

  /** Sends with a slot: `send` gives false when nothing is under way. Null when the system has no event left. */
  use(send: (slot: EchoSlot) => boolean, done: (slot: EchoSlot) => void): boolean | null {
    const place = this.#free.pop() ?? this.#open();
    if (place === null) return null;
    const { slot, bench } = place;
    if (!send(slot)) {
      this.#free.push(place);
      return false;
    }
    slot.done = () => {
      slot.done = null;
      bench.busy--;
      this.#busy--;
      this.#free.push(place);
      done(slot);
    };
    bench.busy++;
    this.#busy++;
    this.#timer ??= setInterval(() => this.look(), LOOK_MS);
    return true;
  }

  /** Ends what is over. */
  look(): void {
    for (const { slots, handles, busy } of this.#benches) {
      for (let left = busy; left > 0; left--) {
        const slot = slots[this.#api.waitForAny(slots.length, handles, 0, 0)];
        if (!slot) break;
        slot.done?.();
      }
    }
    if (this.#busy > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#onIdle?.();
  }

  /** Calls `onIdle` once nothing is under way any more. The process stays until then: the system writes to its memory. */
  whenIdle(onIdle: () => void): void {
    if (this.#busy === 0) onIdle();
    else this.#onIdle = onIdle;
  }

  #open(): { readonly slot: EchoSlot; readonly bench: Bench } | null {
    const event = this.#api.createEvent(null, 0, 0, null);
    if (event === 0) return null;
    let bench = this.#benches.at(-1);
    if (!bench || bench.slots.length === MAXIMUM_WAIT_OBJECTS) {
      bench = { slots: [], handles: Buffer.alloc(MAXIMUM_WAIT_OBJECTS * HANDLE_BYTES), busy: 0 };
      this.#benches.push(bench);
    }
    const slot: EchoSlot = { event, reply: Buffer.alloc(REPLY_BYTES), done: null };
    bench.handles.writeBigInt64LE(BigInt(event), HANDLE_BYTES * bench.slots.length);
    bench.slots.push(slot);
    return { slot, bench };
  }
}
