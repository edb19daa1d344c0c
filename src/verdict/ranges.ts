import type { PortObservation, RangeState } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { RangeReport } from '../model/report.ts';
import { inRange, type PortRange } from '../model/target.ts';
import { type Facts, isFiltered } from './facts.ts';

const stateOf = (facts: Facts, observation: PortObservation): RangeState => {
  if (isReachable(observation.reply)) return 'reachable';
  return isFiltered(facts, observation) ? 'filtered' : 'unknown';
};

/** Neighbouring ports are taken to be alike in between; what lies between two states is unknown. */
const spread = (
  points: readonly { readonly port: number; readonly state: RangeState }[],
  range: PortRange,
): RangeReport[] => {
  const pieces = points.flatMap(({ port, state }, i): RangeReport[] => {
    const before = points[i - 1];
    const gapFrom = before ? before.port + 1 : range.from;
    const gapState = !before || before.state === state ? state : 'unknown';
    const to = i === points.length - 1 ? range.to : port;
    return [
      { from: gapFrom, to: port - 1, state: gapState, exact: false },
      { from: port, to, state, exact: false },
    ];
  });
  return pieces
    .filter(({ from, to }) => from <= to)
    .reduce<RangeReport[]>((out, piece) => {
      const last = out.at(-1);
      if (last?.state !== piece.state) out.push(piece);
      else out[out.length - 1] = { ...last, to: piece.to };
      return out;
    }, []);
};

/**
 * The dynamic range as stretches in order, without gaps: exact where it was mapped, inferred from the sample otherwise.
 * Empty when nothing is known of it: nothing of the host answered, and no filter showed itself.
 */
export const rangesOf = (facts: Facts): RangeReport[] => {
  const { evidence, plan } = facts;
  if (evidence.mapped.length > 0)
    return evidence.mapped.map(({ from, to, state, exact }) => ({ from, to, state, exact }));
  const points = evidence.ports
    .filter(({ port, reply }) => inRange(port, plan.rpcRange) && reply.kind !== 'unknown')
    .map((one) => ({ port: one.port, state: stateOf(facts, one) }));
  return facts.alive || points.some(({ state }) => state === 'filtered') ? spread(points, plan.rpcRange) : [];
};
