/** Milliseconds that one slot stands for: a wait ends at most so much late. */
const SLOT_MS = 2;
/** A power of two. Who waits longer than all slots together goes round again. */
const SLOTS = 2048;

/** Something with a deadline. The fields are those of `Deadlines`; an object that waits costs no allocation of its own. */
export abstract class Due {
  /** When its time is up (`performance.now()`). */
  due = 0;
  /** The slot it stands in, -1 for none. */
  slot = -1;
  earlier: Due | null = null;
  later: Due | null = null;
}

/** Deadlines of any number of things in a timer wheel: adding and removing take the same short time however many there are. */
export class Deadlines<T extends Due> {
  readonly #heads: (T | null)[] = new Array(SLOTS).fill(null);
  #size = 0;
  /** Everything in the slots before this one is over. Slots are counted from the time's origin, without end. */
  #current = 0;

  /** Puts it in, to be due at `at`. It must not be in. */
  add(item: T, at: number, now: number): void {
    const current = Math.floor(now / SLOT_MS);
    if (this.#size === 0) this.#current = current;
    const wanted = Math.max(Math.ceil(at / SLOT_MS), this.#current);
    const slot = Math.min(wanted, this.#current + SLOTS - 1) & (SLOTS - 1);
    const head = this.#heads[slot] ?? null;
    item.due = at;
    item.slot = slot;
    item.earlier = null;
    item.later = head;
    if (head) head.earlier = item;
    this.#heads[slot] = item;
    this.#size++;
  }

  /** Takes it out; does nothing when it is not in. */
  remove(item: T): void {
    if (item.slot < 0) return;
    const { earlier, later, slot } = item;
    if (earlier) earlier.later = later;
    else this.#heads[slot] = later as T | null;
    if (later) later.earlier = earlier;
    item.slot = -1;
    item.earlier = null;
    item.later = null;
    this.#size--;
  }

  /** Takes out something whose time is up, or gives null when there is none. */
  next(now: number): T | null {
    const last = Math.floor(now / SLOT_MS);
    for (; this.#size > 0 && this.#current <= last; this.#current++) {
      for (;;) {
        const item = this.#heads[this.#current & (SLOTS - 1)];
        if (!item) break;
        this.remove(item);
        if (item.due <= now) return item;
        // It waits for longer than one round of the wheel.
        this.add(item, item.due, now);
      }
    }
    return null;
  }

  /** When to look next (`performance.now()`), or null when there is nothing to wait for. */
  get nextAt(): number | null {
    if (this.#size === 0) return null;
    for (let slot = this.#current; slot < this.#current + SLOTS; slot++) {
      if (this.#heads[slot & (SLOTS - 1)]) return slot * SLOT_MS;
    }
    return null;
  }
}
