import type { PortObservation, RangeState } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { RangeReport } from '../model/report.ts';
import { inRange, type PortRange } from '../model/target.ts';
import { type Facts, isFiltered } from './facts.ts';

/** A port with what its observation says about it; `unknown` where that is nothing. */
export interface Stand {
  readonly observation: PortObservation;
  readonly state: RangeState;
}

const stateOf = (facts: Facts, observation: PortObservation): RangeState => {
  if (isReachable(observation.reply)) return 'reachable';
  return isFiltered(facts, observation) ? 'filtered' : 'unknown';
};

/** Each port of the evidence, in its order. */
export const standsOf = (facts: Facts): Stand[] =>
  facts.evidence.ports.map((observation) => ({ observation, state: stateOf(facts, observation) }));

/** Neighbouring ports are taken to be alike in between; what lies between two states is unknown. */
const spread = (points: readonly Stand[], range: PortRange): RangeReport[] => {
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

/**
 * The dynamic range as stretches in order, without gaps: exact where it was mapped, inferred from the sample otherwise.
 * Empty when nothing is known of it: nothing of the host answered, and no filter showed itself.
 */
export const rangesOf = ({ evidence, plan, alive }: Facts, stands: readonly Stand[]): RangeReport[] => {
  if (evidence.mapped.length > 0)
    return evidence.mapped.map(({ from, to, state, exact }) => ({ from, to, state, exact }));
  const points = stands.filter(
    ({ observation: { port, reply } }) => inRange(port, plan.rpcRange) && reply.kind !== 'unknown',
  );
  return alive || points.some(({ state }) => state === 'filtered') ? spread(points, plan.rpcRange) : [];
};
