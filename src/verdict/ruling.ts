import type { Because, Confidence, RequirementState } from '../model/report.ts';
import type { HostFacts } from './host-facts.ts';
import type { RuleName } from './rules.ts';

/**
 * Who stands in the way, and so who can mend it: a device on the way, the host itself, nobody knows which of them, or, `near`,
 * this machine or the first router.
 */
export type Blame = 'network' | 'host' | 'either' | 'near';

/** What a rule says when it matches. */
export interface Ruling extends Because {
  readonly rule: RuleName;
  readonly state: RequirementState;
  readonly confidence: Confidence;
  /** Null where no firewall is the matter. */
  readonly side: Blame | null;
}

/** A rule looks at the facts, and at what was seen of the one thing it is about, and says something or nothing. */
export type Rule<Seen> = (facts: HostFacts, seen: Seen) => Ruling | null;

/** The first rule that matches. Tables end in a rule that always does. */
export const firstMatch = <Seen>(rules: readonly Rule<Seen>[], facts: HostFacts, seen: Seen): Ruling => {
  for (const rule of rules) {
    const ruling = rule(facts, seen);
    if (ruling) return ruling;
  }
  throw new Error('a table of rules must end in a rule that always matches');
};

/** A rule that says: Remote Assistance gets what it needs. */
export const pass = (
  confidence: Confidence,
  rule: RuleName,
  text: string,
  ports: readonly number[],
): Ruling => ({ state: 'pass', confidence, rule, text, ports, side: null });

/** A rule that says: it does not. `side`: whose doing that is, null where nobody filters. */
export const fail = (
  confidence: Confidence,
  rule: RuleName,
  text: string,
  ports: readonly number[],
  side: Blame | null,
): Ruling => ({ state: 'fail', confidence, rule, text, ports, side });

/** Doubt is never sure of anything. `side`: who may stand in the way, if somebody does. */
export const undetermined = (
  rule: RuleName,
  text: string,
  ports: readonly number[],
  side: Blame | null = null,
): Ruling => ({ state: 'undetermined', confidence: 'weak', rule, text, ports, side });
