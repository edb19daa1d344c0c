import type { MappedRange, PortObservation, RangeState } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { RangeReport } from '../model/report.ts';
import { inRange, type PortRange } from '../model/target.ts';
import { type Facts, isFilterProven, isSilencedByInference } from './facts.ts';

const stateOf = (facts: Facts, observation: PortObservation): RangeState => {
  if (isReachable(observation.reply)) return 'reachable';
  const filtered = isFilterProven(facts, observation) || isSilencedByInference(facts, observation);
  return filtered ? 'filtered' : 'unknown';
};

/** From the sample alone: neighbours of one state are one stretch, and what lies between two states is unknown. */
const inferred = (facts: Facts, range: PortRange): RangeReport[] => {
  const asked = facts.evidence.ports.filter(
    ({ port, reply }) => inRange(port, range) && reply.kind !== 'unknown',
  );
  const out: { from: number; to: number; state: RangeState; exact: boolean }[] = [];
  for (const observation of asked) {
    const state = stateOf(facts, observation);
    const last = out.at(-1);
    if (last?.state === state) last.to = observation.port;
    else {
      const from = last ? last.to + 1 : range.from;
      if (last && state !== 'unknown' && last.state !== 'unknown' && observation.port > from) {
        out.push({ from, to: observation.port - 1, state: 'unknown', exact: false });
        out.push({ from: observation.port, to: observation.port, state, exact: false });
      } else if (state === 'unknown' || !last) {
        out.push({ from, to: observation.port, state, exact: false });
      } else {
        last.to = observation.port - 1;
        out.push({ from: observation.port, to: observation.port, state, exact: false });
      }
    }
  }
  const end = out.at(-1);
  if (end) end.to = range.to;
  return out;
};

const report = ({ from, to, state, exact }: MappedRange): RangeReport => ({ from, to, state, exact });

/** The dynamic range as stretches in order, without gaps: exact where it was mapped, inferred from the sample otherwise. */
export const rangesOf = (facts: Facts): RangeReport[] => {
  if (!facts.alive) return [];
  return facts.evidence.mapped.length > 0
    ? facts.evidence.mapped.map(report)
    : inferred(facts, facts.plan.rpcRange);
};
