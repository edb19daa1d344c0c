import pLimit from 'p-limit';
import type { Target, TargetSpace } from '../model/target.ts';
import type { Resolution } from '../model/wire.ts';

/** Look-ups in parallel. A stale name may take seconds, and nothing else waits for it. */
const LOOKUPS = 64;
/** Names that are looked up or wait for a free host slot, at most. */
const MOST_AHEAD = 256;

/** A target that is ready to be probed. */
export interface ReadyTarget {
  readonly index: number;
  readonly target: Target;
  readonly resolution: Resolution;
}

/**
 * Gives the targets of an order one after the other, names when they are looked up: those that resolve first come first, and
 * no look-up holds up the targets behind it. The order is walked no faster than targets are taken, but for names ahead.
 */
export class TargetFeed {
  readonly #space: TargetSpace;
  readonly #order: Iterator<number>;
  readonly #resolve: (target: Target) => Promise<Resolution>;
  readonly #limit = pLimit(LOOKUPS);
  readonly #ready: ReadyTarget[] = [];
  readonly #waiting: (() => void)[] = [];
  #ahead = 0;
  #isExhausted = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(space: TargetSpace, order: Iterable<number>, resolve: (target: Target) => Promise<Resolution>) {
    this.#space = space;
    this.#order = order[Symbol.iterator]();
    this.#resolve = resolve;
  }

  /** The next target; undefined when there is none. Rejects with a bug of a look-up. */
  async next(): Promise<ReadyTarget | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const ready = this.#ready.shift();
      if (ready) return ready;
      if (!this.#isExhausted && this.#ahead < MOST_AHEAD) {
        const { value: index, done } = this.#order.next();
        if (done) {
          this.#isExhausted = true;
          continue;
        }
        const target = this.#space.at(index);
        if (target.kind === 'address') return { index, target, resolution: await this.#resolve(target) };
        this.#ahead++;
        void this.#limit(() => this.#resolve(target))
          .then(
            (resolution) => this.#ready.push({ index, target, resolution }),
            (error) => {
              this.#failure ??= { error };
            },
          )
          .finally(() => {
            this.#ahead--;
            for (const go of this.#waiting.splice(0)) go();
          });
        continue;
      }
      if (this.#ahead === 0) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
