import type { MappedRange, PortObservation } from '../model/evidence.ts';
import { refusesUnused } from '../model/evidence.ts';
import { isReachable, type Reply } from '../model/reply.ts';
import { inRange, type PortRange } from '../model/target.ts';
import { type Marked, mapRange, type PortClass } from './map.ts';

/** Questions one host may cost for exact ranges; docs/ranges.md says what that is enough for. */
export const MAP_BUDGET = 512;

/** What a reply is to the map. Silence counts as a filter only on a host that answers where nothing listens. */
const classOf = (reply: Reply, refuses: boolean): Marked => {
  if (reply.kind === 'unknown') return { class: 'fault', sure: true };
  if (isReachable(reply)) return { class: 'reachable', sure: true };
  if (reply.kind !== 'silent') return { class: 'filtered', sure: true };
  const silent: PortClass = refuses ? 'filtered' : 'quiet';
  return { class: silent, sure: false };
};

/**
 * The exact stretches of a host's dynamic range, from what the sample said and up to MAP_BUDGET further questions, asked
 * through `askOnce`. TCP 3389 counts as what it was seen to be: the map never contradicts an answer. Empty when nothing
 * there is filtered.
 */
export const exactRanges = (
  range: PortRange,
  observations: readonly PortObservation[],
  askOnce: (port: number, again: boolean) => Promise<Reply>,
): Promise<MappedRange[]> => {
  const refuses = refusesUnused(observations);
  const known = new Map(
    observations
      .filter(({ port }) => inRange(port, range))
      .map(({ port, reply }) => [
        port,
        { ...classOf(reply, refuses), silences: reply.kind === 'silent' ? reply.attempts : 0 },
      ]),
  );
  const asked = new Set(known.keys());
  const askPorts = (ports: readonly number[]): Promise<Marked[]> => {
    const again = ports.map((port) => asked.has(port));
    for (const port of ports) asked.add(port);
    return Promise.all(
      ports.map(async (port, i) => classOf(await askOnce(port, again[i] === true), refuses)),
    );
  };
  return mapRange(range, known, askPorts, MAP_BUDGET);
};
