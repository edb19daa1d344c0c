import { IndexSet } from './index-set.ts';
import type { BatchMessage } from './messages.ts';

/** Attempts at shards that are remembered; a batch comes again within the minute that a lock holds. */
const MOST_REMEMBERED = 2048;

/** The batches that have come: a queue that delivers at least once may bring one again, and its packets were sent once only. */
export class SeenBatches {
  readonly #seen = new Map<string, IndexSet>();

  has({ attempt, number }: Pick<BatchMessage, 'attempt' | 'number'>): boolean {
    return this.#seen.get(attempt)?.has(number) ?? false;
  }

  add({ attempt, number }: Pick<BatchMessage, 'attempt' | 'number'>): void {
    const numbers = this.#seen.get(attempt) ?? new IndexSet();
    numbers.add(number);
    // Back to the end of the map, whose first is the one that has rested longest.
    this.#seen.delete(attempt);
    this.#seen.set(attempt, numbers);
    if (this.#seen.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
