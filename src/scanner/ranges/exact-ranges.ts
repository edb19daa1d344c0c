import type { MappedRange, PortObservation } from '../../model/evidence.ts';
import { refusesUnused } from '../../model/evidence.ts';
import { isReachable, type Reply } from '../../model/reply.ts';
import { inRange, type PortRange } from '../../model/target.ts';
import { edgeSilence, MAP_LIMITS, MOST_EDGE_SILENCE } from '../retry/policy.ts';
import { bisectRange, type Marked, type PortClass } from './bisect.ts';

/** Probes that one host may cost for exact ranges; docs/ranges.md says what that is enough for. */
export const MAP_BUDGET = 512;

/** What a reply is to the map. Silence counts as a filter only on a host that answers where nothing listens. */
const classOf = (reply: Reply, refuses: boolean): Marked => {
  if (reply.kind === 'unknown') return { class: 'fault', sure: true };
  if (isReachable(reply)) return { class: 'reachable', sure: true };
  if (reply.kind !== 'silent') return { class: 'filtered', sure: true };
  const silent: PortClass = refuses ? 'filtered' : 'quiet';
  return { class: silent, sure: false };
};

/** What mapping needs of the network. */
export interface RangeProber {
  /** One probe to a port; `again` when it was probed before. */
  probe(port: number, again: boolean): Promise<Reply>;
  /** Beside each round: whether ports that answered still do. `void`: the round does not count. */
  check(): Promise<'held' | 'void' | 'stopped'>;
}

/**
 * The exact stretches of a host's dynamic range, from the sample and up to MAP_BUDGET further probes. How often an
 * edge is probed follows the measured loss (0..1); on a path too lossy for that no edge is exact. TCP 3389 counts as what it was
 * seen to be: the map never contradicts an answer. Empty when nothing there is filtered, or when answers stopped.
 */
export const exactRanges = async (
  range: PortRange,
  observations: readonly PortObservation[],
  prober: RangeProber,
  loss: number,
): Promise<readonly MappedRange[]> => {
  const refuses = refusesUnused(observations);
  const known = new Map(
    observations
      .filter(({ port }) => inRange(port, range))
      .map(({ port, reply }) => [
        port,
        { ...classOf(reply, refuses), silences: reply.kind === 'silent' ? reply.attempts : 0 },
      ]),
  );
  const probed = new Set(known.keys());
  const round = async (ports: readonly number[]): Promise<Marked[]> => {
    const again = ports.map((port) => probed.has(port));
    for (const port of ports) probed.add(port);
    return Promise.all(
      ports.map(async (port, i) => classOf(await prober.probe(port, again[i] === true), refuses)),
    );
  };
  const probePorts = async (ports: readonly number[]): Promise<Marked[] | null> => {
    for (let turn = 0; turn < MAP_LIMITS.voidRounds; turn++) {
      const [marks, controls] = await Promise.all([round(ports), prober.check()]);
      // An accept or a refusal is sure whatever the controls show.
      if (controls === 'held' || marks.every((mark) => mark.class === 'reachable')) return marks;
      if (controls === 'stopped') return null;
    }
    return null;
  };
  const answers = observations.filter(({ reply }) => isReachable(reply)).length;
  const needed = edgeSilence(loss, answers);
  const sureAfter = Math.min(needed, MOST_EDGE_SILENCE);
  const mapped = await bisectRange(range, known, probePorts, { budget: MAP_BUDGET, sureAfter });
  if (mapped === null) return [];
  return needed > MOST_EDGE_SILENCE ? mapped.map((one) => ({ ...one, exact: false })) : mapped;
};
