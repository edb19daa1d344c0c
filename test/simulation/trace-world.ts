import type { PortObservation, Trace } from '../../src/model/evidence.ts';
import { fisherExact, WRONG_PROOF } from '../../src/model/inference.ts';
import { locateFilters } from '../../src/scanner/path/locate-filters.ts';
import { measure } from '../../src/scanner/path/measure.ts';
import type { TtlProber } from '../../src/scanner/path/traceroute.ts';
import { CONTROL_PORT, drawNetwork, FILTERED_PORT, type Wanted } from './draw.ts';
import { type Network, SimulatedNetwork } from './network.ts';
import { hashOf, randomOf } from './random.ts';
import { runWorlds } from './virtual-time.ts';

/** What one simulated host's trace said, beside the truth. */
export interface TraceOutcome {
  readonly net: Network;
  readonly trace: Trace | undefined;
  /** Called a proven difference between the port and its control. */
  readonly isProven: boolean;
  /** Something before the target drops the port, on some path. */
  readonly isFiltered: boolean;
  /** The place named is the place of the filter, as far as hops answered. */
  readonly isPlaceRight: boolean;
  /** All paths drop the port, before a router that the control may be answered by. */
  readonly isDecidable: boolean;
  /** Packets beyond one trace of each port. */
  readonly extra: number;
  readonly tookMs: number;
}

const observations: readonly PortObservation[] = [
  {
    port: CONTROL_PORT,
    requirement: 'endpoint-mapper',
    why: 'required',
    reply: { kind: 'accepted', rttMs: 1 },
    attempts: 1,
  },
  {
    port: FILTERED_PORT,
    requirement: 'remote-desktop',
    why: 'required',
    reply: { kind: 'silent', waitedMs: 1, attempts: 6 },
    attempts: 6,
  },
];

/** The last TTL at which a router may answer to the port where all paths drop it; null where not all do. */
const lastTtl = ({ hops }: Network): number | null => {
  const at = hops.findIndex((routers) => routers.every(({ drops }) => drops !== null));
  if (at < 0) return null;
  return hops[at]?.[0]?.drops === 'early' ? at : at + 1;
};

/** Traces the silent port of `count` drawn hosts as the scanner does. */
export const traceWorlds = (count: number, seed: number, wanted: Wanted = {}): Promise<TraceOutcome[]> =>
  runWorlds(count, async (number, clock) => {
    const random = randomOf(hashOf(seed, number));
    const net = drawNetwork(random, wanted);
    const network = new SimulatedNetwork(net, clock, random);
    let extra = 0;
    const prober: TtlProber = {
      at: (port, ttl, flow) => {
        // A trace names its flow; what makes sure of it takes a new one each time.
        if (!flow) extra++;
        return network.send(port, ttl, flow);
      },
      pause: (ms) => clock.after(ms),
      isStopped: false,
    };
    const measured = await measure(observations, prober);
    const { traces } = await locateFilters(measured, prober, 1 - (1 - net.loss) ** 2);
    const trace = traces.find(({ port }) => port === FILTERED_PORT);
    const comparison = trace?.comparison;
    const passed = Math.max(0, ...(trace?.hops ?? []).flatMap(({ ttl, address }) => (address ? [ttl] : [])));
    const last = lastTtl(net);
    return {
      net,
      trace,
      isProven: comparison !== undefined && fisherExact(comparison) <= WRONG_PROOF,
      isFiltered: net.hops.flat().some(({ drops }) => drops !== null),
      isPlaceRight: comparison !== undefined && last !== null && passed <= last && last < comparison.ttl,
      isDecidable: last !== null && last < net.hops.length,
      extra,
      tookMs: clock.now,
    };
  });
