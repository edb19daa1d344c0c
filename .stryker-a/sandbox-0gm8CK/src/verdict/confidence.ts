import { CONFIDENCES, type Confidence } from '../model/report.ts';

/** The least sure of them; `weak` for none. */
export const weakest = (all: readonly Confidence[]): Confidence =>
  CONFIDENCES.findLast((one) => all.includes(one)) ?? 'weak';

/** The surest of them; `weak` for none. */
export const strongest = (all: readonly Confidence[]): Confidence =>
  CONFIDENCES.find((one) => all.includes(one)) ?? 'weak';
