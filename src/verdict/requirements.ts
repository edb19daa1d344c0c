import { type PortObservation, REQUIREMENTS, type RequirementName } from '../model/evidence.ts';
import type { Generation, Plan } from '../model/plan.ts';
import { isReachable } from '../model/reply.ts';
import type { FilterReport } from '../model/report.ts';
import { LEGACY_PORTS, MODERN_PORTS, type PortRange } from '../model/target.ts';
import { within } from './dynamic-facts.ts';
import { DYNAMIC_RPC } from './dynamic-rpc.ts';
import { ENDPOINT_MAPPER } from './endpoint-mapper.ts';
import type { HostFacts } from './host-facts.ts';
import { REMOTE_DESKTOP } from './remote-desktop.ts';
import { firstMatch, type Ruling, undetermined } from './ruling.ts';
import { stoppedAfter } from './silence.ts';
import { ruleSole, type SoleTable } from './sole-port.ts';

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
  text: 'Windows Vista and later do not use TCP 3389 for Remote Assistance.',
  ports: [3389],
  side: null,
};

/** A ruling on a host that stopped answering: what had answered by then stands, and the rest is open. */
const cutShort = (facts: HostFacts, ruling: Ruling, seen: readonly PortObservation[]): Ruling => {
  if (stoppedAfter(facts.evidence) === null) return ruling;
  if (ruling.state === 'pass' && seen.every(({ reply }) => isReachable(reply))) return ruling;
  return undetermined('stopped-answering', 'Replies stopped before this was decided.', []);
};

/**
 * The rulings for one generation after the other: what does not depend on it is ruled once. `unknown` is the strict rule
 * of KB301527: all three, all ports.
 */
export const ruleRequirements = (
  facts: HostFacts,
  filters: readonly FilterReport[],
): ((generation: Generation | 'unknown') => Rulings) => {
  // A single port that passes has answered.
  const soleOf = (table: SoleTable, name: RequirementName): Ruling =>
    cutShort(facts, ruleSole(facts, table, facts.observationOf(name)), []);
  const mapper = soleOf(ENDPOINT_MAPPER, 'endpoint-mapper');
  const desktop = soleOf(REMOTE_DESKTOP, 'remote-desktop');
  const dynamic = new Map<PortRange, Ruling>();
  const dynamicIn = (range: PortRange): Ruling => {
    const known = dynamic.get(range);
    if (known) return known;
    const seen = within(facts, range, filters);
    const ruling = cutShort(facts, firstMatch(DYNAMIC_RPC, facts, seen), seen.probed);
    dynamic.set(range, ruling);
    return ruling;
  };
  return (generation) => {
    const rulings: Readonly<Record<RequirementName, Ruling>> = {
      'endpoint-mapper': mapper,
      'remote-desktop': generation === 'vista-or-later' ? DESKTOP_NOT_NEEDED : desktop,
      'dynamic-rpc': dynamicIn(relevantRange(generation, facts.plan)),
    };
    return new Map(REQUIREMENTS.map((name) => [name, rulings[name]]));
  };
};
