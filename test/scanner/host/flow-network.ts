import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { confirmFlows } from '../../../src/scanner/host/confirm-flows.ts';
import type { HostControl } from '../../../src/scanner/host/control.ts';
import type { HostProber, RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import type { PortScan } from '../../../src/scanner/host/port-scan.ts';
import { fakeClock } from '../clock.ts';
import { accepted, exceeded, plan, refused } from '../fakes.ts';

export const held = fakeClock();
export const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };

export const observed = (
  port: number,
  reply: Reply,
  changes: Partial<PortObservation> = {},
): PortObservation => ({
  port,
  requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts: 1,
  ...changes,
});

export interface Network {
  /** Whether a port answers on a flow, the first being 0, to a probe of that flow counted from 0. Always, if absent. */
  readonly passes?: (port: number, flow: number, turn: number) => boolean;
  /** Whether single packets over new flows are answered. */
  readonly single?: (port: number, turn: number) => boolean;
  readonly check?: 'held' | 'void' | 'stopped';
  readonly isPossible?: boolean;
  readonly isSlowed?: boolean;
  readonly isStopped?: boolean;
  readonly bulk?: boolean;
  readonly locate?: boolean;
  readonly loss?: { readonly own?: number; readonly others?: number; readonly path?: number };
  readonly routerOf?: (flow: number, ttl: number) => string;
}

/** Confirms the flows of a host with these observations. */
export const confirm = async (before: readonly PortObservation[], network: Network = {}) => {
  const { passes = () => true, single = () => true, loss = {} } = network;
  const did: unknown[][] = [];
  const observations = [...before];
  const replyOf = (port: number): Reply => before.find((one) => one.port === port)?.reply ?? refused;
  const flows = new Map<number, Flow[]>();
  const turns = new Map<Flow, number>();
  const place = (port: number, flow: Flow): number => {
    const known = flows.get(port) ?? [];
    flows.set(port, known);
    if (!known.includes(flow)) known.push(flow);
    return known.indexOf(flow);
  };
  /** One packet on a flow that is known. */
  const once = (port: number, flow: Flow): Reply => {
    const turn = turns.get(flow) ?? 0;
    turns.set(flow, turn + 1);
    const reply = replyOf(port).kind === 'silent' ? accepted : replyOf(port);
    return passes(port, place(port, flow), turn) ? reply : silence;
  };
  const scan = {
    observations,
    flowOf: (port: number) => {
      const flow = flows.get(port)?.[0] ?? { sourcePort: port };
      place(port, flow);
      return flow;
    },
    setFlow: (port: number, flow: Flow) => did.push(['setFlow', port, place(port, flow)]),
    probeAgain: async (port: number, waitMs: number) => {
      did.push(['again', port, waitMs]);
      const at = observations.findIndex((one) => one.port === port);
      const one = observations[at];
      if (one) observations[at] = { ...one, reply: accepted, attempts: one.attempts + 1 };
      return true;
    },
    amend: (one: PortObservation) => {
      did.push(['amend', one.port]);
      observations[observations.findIndex(({ port }) => port === one.port)] = one;
    },
  };
  const singles = new Map<number, number>();
  let packets = 0;
  const prober = {
    address: '192.0.2.1',
    signal: network.isStopped ? AbortSignal.abort() : new AbortController().signal,
    rtt: { waitMs: (attempt: number) => 70 + attempt },
    queue: { lane: { subnet: { isSlowed: network.isSlowed === true } } },
    run: { wire: { capabilities: { ttl: true } } },
    patiently: (retries: number) => ({ attempts: retries + 1, waitMs: () => 100 }),
    probeUntilAnswered: async (port: number, { attempts }: RetryPlan, _talk: unknown, flow: Flow) => {
      for (let used = 1; used <= attempts; used++) {
        const reply = once(port, flow);
        if (reply.kind !== 'silent') return { reply, attempts: used, lost: used - 1 };
      }
      return { reply: silence, attempts, lost: 0 };
    },
    probe: async (port: number, { flow, ttl }: { readonly flow?: Flow; readonly ttl?: number } = {}) => {
      packets++;
      if (flow && ttl !== undefined) {
        const at = place(port, flow);
        if (ttl >= 3) return passes(port, at, 99) ? replyOf(port) : silence;
        return exceeded(network.routerOf?.(at, ttl) ?? `10.0.${ttl}.1`);
      }
      if (flow && flows.get(port)?.includes(flow)) return once(port, flow);
      const turn = singles.get(port) ?? 0;
      singles.set(port, turn + 1);
      return single(port, turn) ? replyOf(port) : silence;
    },
  };
  const control = {
    isPossible: network.isPossible !== false,
    leaveOut: (port: number) => did.push(['leaveOut', port]),
    check: async () => {
      did.push(['check']);
      return network.check ?? 'held';
    },
  };
  const result = await held.clock.run(
    confirmFlows(
      scan as unknown as PortScan,
      prober as unknown as HostProber,
      control as unknown as HostControl,
      plan({ bulk: network.bulk === true, locate: network.locate === true }),
      { own: () => loss.own ?? 0, others: () => loss.others ?? 0, path: () => loss.path ?? 0 },
    ),
  );
  const of = (port: number) => observations.find((one) => one.port === port);
  return {
    did,
    of,
    flowsOf: (port: number) => of(port)?.flows,
    amended: did.flatMap(([what, port]) => (what === 'amend' ? [port] : [])),
    packets,
    hops: result?.hops,
    flowsTo: (port: number) => flows.get(port)?.length ?? 0,
  };
};

export const listener = observed(135, accepted);

/** Sampled ports from 2000 on, refused or silent. */
export const sample = (replies: string): PortObservation[] =>
  [...replies].map((one, at) => observed(2000 + at, one === 's' ? silence : refused));
