import type { Patience } from '../../model/wire.ts';
import { MOST_LINES } from './window.ts';

/** More repetitions would not be counted right. */
const MOST_RETRIES = 200;

const MOST_PATIENCES = MOST_LINES / 2;

/**
 * Who takes silence alike stands in two lines of the window: in one who will be asked again, in the other who was asked the
 * last time, since that wait may be another.
 */
export class Lines {
  readonly patiences: Patience[] = [];

  /** The number of a patience. Throws RangeError for what makes no sense. */
  of(patience: Patience): number {
    const known = this.patiences.indexOf(patience);
    if (known >= 0) return known;
    const { timeoutMs, retries, lastMs = timeoutMs } = patience;
    if (!(retries >= 0 && retries <= MOST_RETRIES && timeoutMs > 0 && lastMs > 0)) {
      throw new RangeError(`no sweep with ${retries} retries after ${timeoutMs} ms`);
    }
    if (this.patiences.length === MOST_PATIENCES)
      throw new RangeError(`more than ${MOST_PATIENCES} patiences`);
    return this.patiences.push(patience) - 1;
  }

  /** The line of who has that patience and was asked so often. */
  lineOf(number: number, asked: number): number {
    return asked > (this.patiences[number]?.retries ?? 0) ? Lines.lastOf(number) : Lines.againOf(number);
  }

  /** The line of who has the patience with that number and will be asked again. */
  static againOf(number: number): number {
    return 2 * number;
  }

  /** The line of who was asked the last time. */
  static lastOf(number: number): number {
    return 2 * number + 1;
  }

  /** The number of the patience of who stands in a line. */
  static numberOf(line: number): number {
    return line >> 1;
  }

  static isLast(line: number): boolean {
    return (line & 1) === 1;
  }
}
