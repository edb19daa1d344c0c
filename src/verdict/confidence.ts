import type { Confidence } from '../model/report.ts';

const ORDER: readonly Confidence[] = ['proven', 'likely', 'weak'];

/** The least sure of them; `weak` for none. */
export const weakest = (all: readonly Confidence[]): Confidence =>
  ORDER.findLast((one) => all.includes(one)) ?? 'weak';

/** The surest of them; `weak` for none. */
export const strongest = (all: readonly Confidence[]): Confidence =>
  ORDER.find((one) => all.includes(one)) ?? 'weak';
