import type { Patience } from '../../model/wire.ts';
import { MOST_LINES } from './window.ts';

/** More repetitions would not be counted right. */
const MOST_RETRIES = 200;

/** Who takes silence alike stands in one line of the window; its number is the place of the patience here. */
export class Lines {
  readonly patiences: Patience[] = [];

  /** The line of the probes that take silence so. Throws RangeError for what makes no sense. */
  of(patience: Patience): number {
    const known = this.patiences.indexOf(patience);
    if (known >= 0) return known;
    const { timeoutMs, retries } = patience;
    if (!(retries >= 0 && retries <= MOST_RETRIES && timeoutMs > 0)) {
      throw new RangeError(`no sweep with ${retries} retries after ${timeoutMs} ms`);
    }
    if (this.patiences.length === MOST_LINES) throw new RangeError(`more than ${MOST_LINES} patiences`);
    return this.patiences.push(patience) - 1;
  }
}
