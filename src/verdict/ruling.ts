import type { Because, Confidence, RequirementState } from '../model/report.ts';
import type { Facts } from './facts.ts';

/** What a rule says when it matches. */
export interface Ruling extends Because {
  readonly state: RequirementState;
  readonly confidence: Confidence;
}

/** A rule looks at the facts and says something or nothing. */
export type Rule = (facts: Facts) => Ruling | null;

/** The first rule that matches. Tables end in a rule that always does. */
export const firstMatch = (rules: readonly Rule[], facts: Facts): Ruling => {
  for (const rule of rules) {
    const ruling = rule(facts);
    if (ruling) return ruling;
  }
  throw new Error('a table of rules must end in a rule that always matches');
};

/** Builds a ruling in one line. */
export const ruling = (
  state: RequirementState,
  confidence: Confidence,
  rule: string,
  text: string,
  ports: readonly number[],
): Ruling => ({ state, confidence, rule, text, ports });

const ORDER: readonly Confidence[] = ['proven', 'likely', 'weak'];

export const weakest = (all: readonly Confidence[]): Confidence =>
  ORDER.findLast((one) => all.includes(one)) ?? 'weak';
export const strongest = (all: readonly Confidence[]): Confidence =>
  ORDER.find((one) => all.includes(one)) ?? 'weak';
