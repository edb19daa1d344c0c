import type { MappedRange, PortObservation, RangeState } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { RangeReport } from '../model/report.ts';
import { inRange, type PortRange } from '../model/target.ts';
import { type HostFacts, isFiltered, isSpoken, passesByRefusal } from './host-facts.ts';
import { responderFinding } from './responder-facts.ts';
import { isHalfFiltered, silentFlowsTell, stoppedAfter } from './silence.ts';
import { ZONE_RANGES } from './zones.ts';

/** A port with what its observation says about it; `unknown` where that is nothing. */
export interface JudgedPort {
  readonly observation: PortObservation;
  readonly state: RangeState;
}

/** What a port that answered says: nothing where anybody may accept or refuse in the host's name. */
const answeredState = (facts: HostFacts, observation: PortObservation): RangeState => {
  const { reply } = observation;
  if (reply.kind === 'refused') return passesByRefusal(facts, reply) ? 'reachable' : 'unknown';
  return facts.acceptsAll && !isSpoken(observation) ? 'unknown' : 'reachable';
};

const stateOf = (facts: HostFacts, observation: PortObservation): RangeState => {
  if (stoppedAfter(facts.evidence) !== null) return 'unknown';
  const { reply, port } = observation;
  if (facts.responder && reply.kind === 'accepted' && !isSpoken(observation)) {
    // Somebody accepts in the name of a port that is known to be the responder's.
    if (facts.responder.listening?.has(port)) return 'filtered';
    if (responderFinding(observation) !== null) return 'unknown';
  }
  if (isHalfFiltered(observation))
    return silentFlowsTell(facts.evidence, observation) ? 'mixed' : answeredState(facts, observation);
  if (isReachable(observation.reply)) return answeredState(facts, observation);
  return isFiltered(facts, observation) ? 'filtered' : 'unknown';
};

/** Chance up to which the ports of a zone that all answered at once may still be dropped on some paths. */
const BY_CHANCE = 1e-3;

/**
 * The stretches in which dynamic ports were late or silent, where one of them is known to be dropped on some paths: what answers
 * there depends on the path. A lone port among others that all answered at once, more often than by chance, speaks for itself only.
 */
const mixedZones = ({ evidence }: HostFacts): readonly PortRange[] => {
  const dynamic = evidence.ports.filter(({ requirement }) => requirement === 'dynamic-rpc');
  const half = dynamic.filter((one) => isHalfFiltered(one) && silentFlowsTell(evidence, one));
  const passing = Math.max(...half.map(({ flows }) => (flows ? flows.answered / flows.asked : 1)));
  const isUneven = (one: PortObservation): boolean => (one.lost ?? 0) > 0 || isHalfFiltered(one);
  return ZONE_RANGES.filter((zone) => {
    const inside = dynamic.filter(({ port }) => inRange(port, zone));
    const uneven = inside.filter(isUneven).length;
    const isAlone = uneven === 1 && passing ** (inside.length - 1) <= BY_CHANCE;
    return half.length > 0 && uneven > 0 && !isAlone;
  });
};

/** Each port of the evidence, in its order. */
export const judgedPorts = (facts: HostFacts): JudgedPort[] => {
  const mixed = mixedZones(facts);
  return facts.evidence.ports.map((observation) => {
    const state = stateOf(facts, observation);
    const { requirement, port } = observation;
    const isMixed =
      state !== 'unknown' && requirement === 'dynamic-rpc' && mixed.some((zone) => inRange(port, zone));
    return { observation, state: isMixed ? 'mixed' : state };
  });
};

/** Neighbouring ports are taken to be alike in between; what lies between two states is unknown. */
const spread = (points: readonly JudgedPort[], range: PortRange): RangeReport[] => {
  const out: { from: number; to: number; state: RangeState; exact: false }[] = [];
  const add = (from: number, to: number, state: RangeState): void => {
    if (from > to) return;
    const last = out.at(-1);
    if (last?.state === state) last.to = to;
    else out.push({ from, to, state, exact: false });
  };
  points.forEach(({ observation: { port }, state }, i) => {
    const before = points[i - 1];
    const isAlike = !before || before.state === state;
    add(before ? before.observation.port + 1 : range.from, port - 1, isAlike ? state : 'unknown');
    add(port, i === points.length - 1 ? range.to : port, state);
  });
  return out;
};

/** A mapped stretch is what the map says unless all that lies in it says nothing. */
const mappedReport = (
  { from, to, state, exact }: MappedRange,
  stands: readonly JudgedPort[],
): RangeReport => {
  const inside = stands.filter(({ observation: { port } }) => port >= from && port <= to);
  const isVoid = inside.length > 0 && inside.every((one) => one.state === 'unknown');
  return isVoid ? { from, to, state: 'unknown', exact: false } : { from, to, state, exact };
};

/** The stretches with neighbours of which nothing is known made one. */
const withoutSeams = (ranges: readonly RangeReport[]): RangeReport[] => {
  const out: RangeReport[] = [];
  for (const one of ranges) {
    const last = out.at(-1);
    if (last?.state === 'unknown' && one.state === 'unknown') out.splice(-1, 1, { ...last, to: one.to });
    else out.push(one);
  }
  return out;
};

/**
 * The dynamic range as stretches in order, without gaps: exact where it was mapped, inferred from the sample otherwise.
 * Empty when nothing is known of it: nothing of the host answered, and no filter showed itself.
 */
export const rangesOf = (
  { evidence, plan, alive }: HostFacts,
  stands: readonly JudgedPort[],
): RangeReport[] => {
  if (stoppedAfter(evidence) !== null) return [{ ...plan.rpcRange, state: 'unknown', exact: false }];
  if (evidence.mapped.length > 0)
    return withoutSeams(evidence.mapped.map((one) => mappedReport(one, stands)));
  const points = stands.filter(
    ({ observation: { port, reply } }) => inRange(port, plan.rpcRange) && reply.kind !== 'unknown',
  );
  return alive || points.some(({ state }) => state === 'filtered') ? spread(points, plan.rpcRange) : [];
};
