import type { RequirementName } from '../model/evidence.ts';
import type { Generation, Plan } from '../model/plan.ts';
import { LEGACY_PORTS, MODERN_PORTS, type PortRange } from '../model/target.ts';
import { within } from './dynamic-facts.ts';
import { DYNAMIC_RPC } from './dynamic-rpc.ts';
import { ENDPOINT_MAPPER } from './endpoint-mapper.ts';
import type { Facts } from './facts.ts';
import { REMOTE_DESKTOP } from './remote-desktop.ts';
import { firstMatch, type Ruling } from './ruling.ts';

/** The ruling on each requirement, in the order of REQUIREMENTS. */
export type Rulings = ReadonlyMap<RequirementName, Ruling>;

/** Where a generation allocates dynamic ports (KB929851), unless the administrator narrowed it (KB300083). */
export const relevantRange = (generation: Generation | 'unknown', plan: Plan): PortRange => {
  if (plan.narrowed || generation === 'unknown') return plan.rpcRange;
  return generation === 'xp-2003' ? LEGACY_PORTS : MODERN_PORTS;
};

const DESKTOP_NOT_NEEDED: Ruling = {
  state: 'not-needed',
  confidence: 'proven',
  rule: 'desktop-not-needed',
  text: 'Windows since Vista does not use TCP 3389 for Remote Assistance.',
  ports: [3389],
  side: null,
};

/**
 * The rulings for one generation after the other: what does not depend on it is ruled once. `unknown` is the strict rule
 * of KB301527: all three, all ports.
 */
export const ruleRequirements = (facts: Facts): ((generation: Generation | 'unknown') => Rulings) => {
  const mapper = firstMatch(ENDPOINT_MAPPER, facts, facts.one('endpoint-mapper'));
  const desktop = firstMatch(REMOTE_DESKTOP, facts, facts.one('remote-desktop'));
  const dynamic = new Map<PortRange, Ruling>();
  const dynamicIn = (range: PortRange): Ruling => {
    const ruling = dynamic.get(range) ?? firstMatch(DYNAMIC_RPC, facts, within(facts, range));
    dynamic.set(range, ruling);
    return ruling;
  };
  return (generation) =>
    new Map([
      ['endpoint-mapper', mapper],
      ['remote-desktop', generation === 'vista-or-later' ? DESKTOP_NOT_NEEDED : desktop],
      ['dynamic-rpc', dynamicIn(relevantRange(generation, facts.plan))],
    ]);
};
