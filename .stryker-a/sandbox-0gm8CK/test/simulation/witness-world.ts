import type { Hop, HostEvidence, Multipath, PortObservation, Trace } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { HostReport } from '../../src/model/report.ts';
import { DYNAMIC_PORTS, inRange, MODERN_PORTS, type PortRange } from '../../src/model/target.ts';
import { samplePorts } from '../../src/scanner/sample.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { CAPABILITIES, plan } from '../verdict/arbitraries.ts';
import { hashOf, type Random } from './random.ts';

/** What a machine of the subnet is. Stealthy ones accept 135, list three RPC ports, and are silent everywhere else. */
export type Kind =
  | 'stealthy'
  /** Resets closed ports; accepts 135, or nothing at all as a printer does. */
  | 'server'
  | 'printer'
  /** The last router resets everything in its name. */
  | 'reset-for'
  /** Something accepts everything in its name. */
  | 'accepted-for'
  | 'dead';

export interface Machine {
  readonly address: string;
  readonly kind: Kind;
  /** Which of the last routers leads to it. */
  readonly half: 0 | 1;
  /** Its own firewall drops these ports. */
  readonly own: PortRange | null;
}

/** A filter of the network: at the first router or the last, for the subnet, for one half of it, or for one address. */
export interface Filter {
  readonly at: 'first' | 'last';
  readonly ports: PortRange;
  readonly for: 'subnet' | 'half' | string;
}

/** A subnet behind two routers; how the last of them shares the traffic, and which routers answer traces. */
export interface Picture {
  readonly machines: readonly Machine[];
  readonly filter: Filter | null;
  /** One last router; two for the two halves of the subnet; or two equal-cost ones, by flow or by address. */
  readonly lasts: 'one' | 'halves' | 'by-flow' | 'by-address';
  readonly firstIsMute: boolean;
  readonly lastIsMute: boolean;
  /** Routers answer hardly any trace: hops are missed by chance. */
  readonly isLimited: boolean;
  /** The wire could not attribute resets. */
  readonly isBlind: boolean;
  readonly seed: number;
}

/** Nothing is filtered, and every router answers. */
export const OPEN: Picture = {
  machines: [],
  filter: null,
  lasts: 'one',
  firstIsMute: false,
  lastIsMute: false,
  isLimited: false,
  isBlind: false,
  seed: 1,
};

const FIRST = '10.0.1.1';
const LASTS = ['10.0.2.1', '10.0.2.2'] as const;
const LISTED = [49_664, 49_665, 49_668];
const DISTANCE = 3;
/** A packet from behind two routers and from the last of them, as it began with 64. */
const TTL = { own: 62, last: 63 } as const;

const SILENT: Reply = { kind: 'silent', waitedMs: 1000, attempts: 7 };

/** The last router on the way of one flow. */
const lastFor = ({ lasts, seed }: Picture, { address, half }: Machine, flow: number): 0 | 1 => {
  if (lasts === 'one') return 0;
  if (lasts === 'halves') return half;
  const at = Number(address.split('.').at(-1));
  return (hashOf(seed, at, lasts === 'by-flow' ? flow : 0) & 1) as 0 | 1;
};

/** Whether the network stops a port of a machine on one flow, and where. */
export const stoppedAt = (
  picture: Picture,
  machine: Machine,
  port: number,
  flow: number,
): Filter['at'] | null => {
  const { filter } = picture;
  if (!filter || !inRange(port, filter.ports)) return null;
  const isMeant =
    filter.for === 'subnet' ||
    (filter.for === 'half' ? lastFor(picture, machine, flow) === 1 : filter.for === machine.address);
  return isMeant ? filter.at : null;
};

const replyOf = (picture: Picture, machine: Machine, port: number): Reply => {
  const { kind, own } = machine;
  if (kind === 'dead' || stoppedAt(picture, machine, port, port) !== null) return SILENT;
  const reset = (isOwn: boolean): Reply => ({
    kind: 'refused',
    rttMs: 1,
    by: 'unknown',
    // What accepts nothing has no accept to compare with, so only the TTL itself was found.
    ...(picture.isBlind ? {} : { ttl: isOwn ? TTL.own : TTL.last }),
    ...(picture.isBlind || kind !== 'server' ? {} : { ttlMatch: isOwn }),
  });
  if (kind === 'reset-for') return reset(false);
  if (own && inRange(port, own)) return SILENT;
  if (kind === 'accepted-for') return { kind: 'accepted', rttMs: 1 };
  if (kind === 'printer') return reset(true);
  if (port === 135) return { kind: 'accepted', rttMs: 1 };
  return kind === 'server' ? reset(true) : SILENT;
};

const SAMPLE = samplePorts(DYNAMIC_PORTS, 32, 7);
export const WORLD_PLAN: Plan = { ...plan, sample: SAMPLE };

const observation = (picture: Picture, machine: Machine, port: number): PortObservation => {
  const reply = replyOf(picture, machine, port);
  const isMapper = port === 135 && reply.kind === 'accepted' && machine.kind !== 'accepted-for';
  return {
    port,
    requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
    why: LISTED.includes(port) ? 'listed' : SAMPLE.includes(port) ? 'sampled' : 'required',
    reply,
    attempts: reply.kind === 'silent' ? 7 : 1,
    ...(isMapper
      ? {
          finding: {
            kind: 'endpoint-mapper',
            speech: 'spoke',
            listing: 'complete',
            endpoints:
              machine.kind === 'stealthy'
                ? LISTED.map((listed) => ({ port: listed, interface: 'x v1.0', annotation: '' }))
                : [],
            resolver: { kind: 'refused' },
          },
        }
      : {}),
  };
};

/** Hops of one flow to a port, as far as it gets and as routers answer. */
const trace = (picture: Picture, machine: Machine, one: PortObservation, random: Random): Trace => {
  const { port, reply } = one;
  const stop = stoppedAt(picture, machine, port, port);
  const isMissed = (): boolean => picture.isLimited && random.happens(0.5);
  const addresses = [
    picture.firstIsMute ? null : FIRST,
    picture.lastIsMute ? null : LASTS[lastFor(picture, machine, port)],
  ];
  // A filter forwards nothing, but tells first that a TTL has run out.
  const passed = reply.kind === 'silent' && stop === 'first' ? 1 : 2;
  const hops: Hop[] = addresses.slice(0, passed).map((address, i) => ({
    ttl: i + 1,
    address: address === null || isMissed() ? null : address,
    rttMs: 1,
  }));
  if (reply.kind !== 'silent') return { port, hops, end: reply, endTtl: DISTANCE };
  const answers = (ttl: number): number =>
    addresses[ttl - 1] === null ? 0 : picture.isLimited ? random.whole(0, 3) : 8;
  return {
    port,
    hops,
    end: SILENT,
    endTtl: null,
    ...(passed < 2 ? { comparison: { ttl: 2, flows: 8, passed: 0, control: answers(2) } } : {}),
  };
};

const multipathOf = (picture: Picture, machine: Machine): Multipath[] => {
  if (picture.lastIsMute) return [];
  const lasts = [...new Set(SAMPLE.map((port) => LASTS[lastFor(picture, machine, port)]))];
  return lasts.length > 1 ? [{ ttl: 2, addresses: lasts.toSorted() }] : [];
};

/** What a scan learns of a machine, and what its own evidence says. */
export const reportOn = (picture: Picture, machine: Machine, random: Random, isTraced = true): HostReport => {
  const listed = machine.kind === 'stealthy' ? LISTED : [];
  const ports = [...new Set([135, 3389, ...SAMPLE, ...listed])].sort((a, b) => a - b);
  const seen = ports.map((port) => observation(picture, machine, port));
  const answering = seen.find(({ reply }) => reply.kind !== 'silent');
  const silent = seen.filter(({ reply }) => reply.kind === 'silent');
  const middle = (range: PortRange) => {
    const inside = silent.filter(({ port, why }) => why === 'sampled' && inRange(port, range));
    return inside[Math.floor(inside.length / 2)] ?? [];
  };
  const followed = [
    answering ?? [],
    silent.find(({ port }) => port === 3389) ?? [],
    middle({ from: 1025, to: 5000 }),
    middle({ from: 5001, to: 49_151 }),
    middle(MODERN_PORTS),
  ].flat();
  const evidence: HostEvidence = {
    target: { kind: 'address', text: machine.address, address: machine.address, family: 4 },
    address: machine.address,
    family: 4,
    names: [],
    resolution: null,
    otherAddresses: [],
    echo: { kind: 'not-observed', why: 'test' },
    ports: seen,
    mapped: [],
    traces: isTraced && answering ? followed.map((one) => trace(picture, machine, one, random)) : [],
    lossEstimate: 0,
    control: answering ? { of: 'own', asked: 20, answered: 20, stoppedAfter: null } : null,
    multipath: isTraced && answering ? multipathOf(picture, machine) : [],
    interrupted: false,
  };
  return judgeHost(evidence, WORLD_PLAN, CAPABILITIES);
};

/** Whether the network lets the range of a novice since Vista through, on every flow; and what no probe from outside can tell. */
export const truthOf = (picture: Picture, novice: Machine): 'clear' | 'filtered' | 'for-it-alone' => {
  const flows = Array.from({ length: 64 }, (_, i) => i);
  const stops = flows.some((flow) =>
    SAMPLE.some((port) => inRange(port, MODERN_PORTS) && stoppedAt(picture, novice, port, flow) !== null),
  );
  if (!stops) return 'clear';
  const { filter } = picture;
  return filter?.at === 'last' && filter.for === novice.address ? 'for-it-alone' : 'filtered';
};

const RANGES: readonly [PortRange, ...PortRange[]] = [
  MODERN_PORTS,
  { from: 50_000, to: 59_999 },
  DYNAMIC_PORTS,
  { from: 1025, to: 5000 },
];

const KINDS: readonly [Kind, ...Kind[]] = [
  'server',
  'server',
  'printer',
  'printer',
  'stealthy',
  'reset-for',
  'accepted-for',
  'dead',
];

/** A picture out of the blue: a stealthy novice, `others` machines beside it, and a filter in half of the cases. */
export const drawPicture = (random: Random, others: number): Picture => {
  const machine = (low: number, kind: Kind): Machine => ({
    address: `10.1.2.${low}`,
    kind,
    half: random.happens(0.5) ? 1 : 0,
    own: kind === 'server' && random.happens(0.1) ? random.pick(RANGES) : null,
  });
  const machines = [
    machine(10, 'stealthy'),
    ...Array.from({ length: others }, (_, i) => machine(20 + i, random.pick(KINDS))),
  ];
  const lasts = random.pick(['one', 'one', 'one', 'halves', 'by-flow', 'by-address'] as const);
  const at = random.pick(['first', 'last', 'last'] as const);
  const whose = random.pick(['subnet', 'subnet', 'half', 'one'] as const);
  const filter: Filter = {
    at: whose === 'half' ? 'last' : at,
    ports: random.pick(RANGES),
    for: whose === 'one' ? (machines[random.whole(0, machines.length - 1)]?.address ?? '') : whose,
  };
  return {
    machines,
    filter: random.happens(0.5) ? filter : null,
    lasts,
    firstIsMute: random.happens(0.1),
    lastIsMute: random.happens(0.1),
    isLimited: random.happens(0.1),
    isBlind: random.happens(0.05),
    seed: random.whole(0, 1e9),
  };
};
