import { REQUIREMENTS, type RequirementName } from '../model/evidence.ts';
import type { Generation, Plan } from '../model/plan.ts';
import { LEGACY_PORTS, MODERN_PORTS, type PortRange } from '../model/target.ts';
import { dynamicRules } from './dynamic-rpc.ts';
import { ENDPOINT_MAPPER } from './endpoint-mapper.ts';
import type { Facts } from './facts.ts';
import { REMOTE_DESKTOP } from './remote-desktop.ts';
import { firstMatch, type Ruling } from './ruling.ts';

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

/** The ruling on each requirement for one generation; `unknown` is the strict rule of KB301527: all three, all ports. */
export const ruleRequirements = (
  facts: Facts,
  generation: Generation | 'unknown',
): ReadonlyMap<RequirementName, Ruling> => {
  const tables: Readonly<Record<RequirementName, () => Ruling>> = {
    'endpoint-mapper': () => firstMatch(ENDPOINT_MAPPER, facts),
    'remote-desktop': () =>
      generation === 'vista-or-later' ? DESKTOP_NOT_NEEDED : firstMatch(REMOTE_DESKTOP, facts),
    'dynamic-rpc': () => firstMatch(dynamicRules(relevantRange(generation, facts.plan)), facts),
  };
  return new Map(REQUIREMENTS.map((name) => [name, tables[name]()]));
};
