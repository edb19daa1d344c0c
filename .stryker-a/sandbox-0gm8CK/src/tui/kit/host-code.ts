import { CLEAR_SO_FAR } from '../../model/report.ts';
import type { ShownVerdict } from '../../model/shown-verdict.ts';

/**
 * What is known of a host, in one byte. The order is how much a cell of the map that stands for several hosts would hide
 * if it did not show it, and how a list is sorted by verdict: the highest code wins.
 */
export const CODE = {
  waiting: 0,
  asking: 1,
  unreachable: 2,
  ready: 3,
  [CLEAR_SO_FAR]: 4,
  undetermined: 5,
  blocked: 6,
} as const satisfies Record<ShownVerdict | 'waiting' | 'asking', number>;

/** The code of a host, one byte. */
export type Code = (typeof CODE)[keyof typeof CODE];

/** All codes, the least urgent first. */
export const CODES: readonly Code[] = [0, 1, 2, 3, 4, 5, 6];

/** Whether a code is a verdict. */
export const isJudged = (code: number): boolean => code >= CODE.unreachable;
