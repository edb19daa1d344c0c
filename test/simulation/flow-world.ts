import type { PortObservation } from '../../src/model/evidence.ts';
import type { Flow } from '../../src/model/wire.ts';
import type { RetryPlan } from '../../src/scanner/host/host-prober.ts';
import { divergence, type FlowResult, probeFlows } from '../../src/scanner/path/flows.ts';
import { enoughSilence } from '../../src/scanner/retry/policy.ts';
import { drawNetwork, FILTERED_PORT, type Wanted } from './draw.ts';
import { type Network, SimulatedNetwork } from './network.ts';
import { hashOf, randomOf } from './random.ts';
import { runWorlds } from './virtual-time.ts';

const FAR = 64;

/** What asking one open port over several flows said, beside the truth. */
export interface FlowOutcome {
  readonly net: Network;
  readonly result: FlowResult;
  /** Some flows are answered and some are not. */
  readonly isMixed: boolean;
  /** Of the flows asked, those whose path drops the port. */
  readonly dropped: number;
  /** The router named; null when none was, undefined when none was looked for. */
  readonly over: string | null | undefined;
  readonly isPlaceRight: boolean;
  /** Packets beyond those to the first flow: of further flows, and of the two traces that place the filter. */
  readonly asked: number;
  readonly traced: number;
}

/** Asks one port of `count` drawn hosts over several flows, as the scanner does; `known` probes have measured the loss before. */
export const flowWorlds = (
  count: number,
  seed: number,
  wanted: Wanted & { readonly known?: number } = {},
): Promise<FlowOutcome[]> =>
  runWorlds(count, async (number, clock) => {
    const random = randomOf(hashOf(seed, number));
    const drawn = drawNetwork(random, wanted);
    const net = { ...drawn, openPorts: new Set([...drawn.openPorts, FILTERED_PORT]) };
    const network = new SimulatedNetwork(net, clock, random);
    const flows = new Set<Flow>();
    const prober = {
      signal: new AbortController().signal,
      patiently: (retries: number): RetryPlan => ({ attempts: retries + 1, waitMs: () => net.waitMs }),
      probeUntilAnswered: async (
        port: number,
        { attempts: most }: RetryPlan,
        _talk?: unknown,
        flow: Flow = { sourcePort: null },
      ) => {
        flows.add(flow);
        let attempts = 1;
        let reply = await network.send(port, FAR, flow);
        for (; reply.kind === 'silent' && attempts < most; attempts++) {
          reply = await network.send(port, FAR, flow);
        }
        return { reply, attempts, lost: attempts - 1 };
      },
    };
    const known = wanted.known ?? random.pick([3, 8, 40]);
    const lost = Array.from({ length: known }).filter(
      () => random.happens(net.loss) || random.happens(net.loss),
    ).length;
    const loss = lost / known;
    const first: Flow = { sourcePort: null };
    const { reply, attempts } = await prober.probeUntilAnswered(
      FILTERED_PORT,
      prober.patiently(enoughSilence(loss) - 1),
      undefined,
      first,
    );
    const observation: PortObservation = {
      port: FILTERED_PORT,
      requirement: 'remote-desktop',
      why: 'required',
      reply,
      attempts,
    };
    const before = network.sent;
    const result = await probeFlows(prober, observation, { first, loss });
    if (!result) throw new Error('nothing aborts here');
    const asked = network.sent - before;
    const { answering, silent } = result;
    const isMixed = result.flows.answered > 0 && result.flows.answered < result.flows.asked;
    const isDropped = ({ sourcePort }: Flow): boolean =>
      network.pathOf(FILTERED_PORT, sourcePort ?? 0).some(({ drops }) => drops !== null);
    const traces = {
      at: (port: number, ttl: number, flow?: Flow) => network.send(port, ttl, flow),
      pause: (ms: number) => clock.after(ms),
      isStopped: false,
    };
    const place = isMixed ? await divergence(traces, FILTERED_PORT, { answering, silent }) : undefined;
    const filters = net.hops.flat().filter(({ drops }) => drops !== null);
    return {
      net,
      result,
      isMixed,
      dropped: [...flows].filter(isDropped).length,
      over: place?.over,
      isPlaceRight: filters.some(({ address }) => address === place?.over),
      asked,
      traced: network.sent - before - asked,
    };
  });
