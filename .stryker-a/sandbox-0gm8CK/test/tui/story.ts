import type { JudgedEvent } from '../../src/model/event.ts';
import type { PortObservation, RequirementName } from '../../src/model/evidence.ts';
import { portState, type Reply } from '../../src/model/reply.ts';
import {
  CLEAR_SO_FAR,
  type HostReport,
  type PortReport,
  type Run,
  type RunStart,
  type Verdict,
} from '../../src/model/report.ts';

/** Made-up runs for the tests and the demo: what the screen gets when hosts of several kinds are asked. */
export const KINDS = ['blocked', 'ready', 'undetermined', 'unreachable', 'located'] as const;
export type Kind = (typeof KINDS)[number] | 'clear';

export const RUN: RunStart = {
  id: '01J9',
  startedAt: '2026-03-02T08:00:00.000Z',
  vantage: 'helpdesk-7',
  engine: 'node',
  engineWhy: 'works everywhere',
  novice: 'auto',
  seed: 1,
};

export const finishedRun = (interrupted = false): Run => ({
  ...RUN,
  finishedAt: '2026-03-02T08:00:03.420Z',
  probesSent: 104,
  durationMs: 3420,
  interrupted,
});

const sample = Array.from({ length: 32 }, (_, i) =>
  i < 6 ? 1100 + 640 * i : i < 16 ? 5400 + 4300 * (i - 6) : 49500 + 990 * (i - 16),
);

const open: Reply = { kind: 'accepted', rttMs: 1.2 };
const refused: Reply = { kind: 'refused', rttMs: 0.9, by: 'target' };
const silent: Reply = { kind: 'silent', waitedMs: 2000, attempts: 3 };
const rejected: Reply = {
  kind: 'rejected',
  rttMs: 1.4,
  cause: { icmp: { version: 4, type: 3, code: 13 }, from: '10.0.3.1' },
};

const replyOf = (kind: Kind, port: number): Reply => {
  if (kind === 'unreachable') return silent;
  if (port === 135) return open;
  if (port === 3389) return kind === 'blocked' || kind === 'located' ? rejected : open;
  if (kind === 'undetermined' || kind === 'clear') return silent;
  if (kind === 'located' && port >= 20000 && port < 42000) return silent;
  return port % 5 === 0 && port > 49000 ? open : refused;
};

const requirementOf = (port: number): RequirementName =>
  port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc';

export const observation = (kind: Kind, port: number): PortObservation => {
  const reply = replyOf(kind, port);
  return {
    port,
    requirement: requirementOf(port),
    why: port === 135 || port === 3389 ? 'required' : 'sampled',
    reply,
    attempts: reply.kind === 'silent' ? reply.attempts : 1,
    ...(port === 135 && reply.kind === 'accepted'
      ? { service: 'epmap', detail: 'lists 14 endpoints, DCOM 5.7' }
      : {}),
  };
};

const portReport = (kind: Kind, port: number): PortReport => {
  const seen = observation(kind, port);
  return {
    port,
    requirement: seen.requirement,
    ...portState(seen.reply),
    from: seen.reply.kind === 'rejected' ? '10.0.3.1' : null,
    ttl: null,
    rttMs: 'rttMs' in seen.reply ? seen.reply.rttMs : null,
    attempts: seen.attempts,
    flows: { asked: 1, answered: seen.reply.kind === 'silent' ? 0 : 1 },
    service: seen.service ?? null,
    detail: seen.detail ?? null,
  };
};

export const PORTS = [135, 3389, ...sample];

const VERDICTS: Readonly<Record<Kind, Verdict>> = {
  blocked: 'blocked',
  located: 'blocked',
  ready: 'ready',
  undetermined: 'undetermined',
  clear: 'undetermined',
  unreachable: 'unreachable',
};

const blocked3389: Pick<HostReport, 'because' | 'remedies'> = {
  because: [
    {
      rule: 'remote-desktop-rejected',
      text: 'TCP 3389 was rejected: "communication administratively prohibited", sent by 10.0.3.1, which is not the host.',
      ports: [3389],
    },
  ],
  remedies: [
    {
      id: 'network-open-3389',
      title: 'Open TCP 3389 on the way',
      where: 'network',
      text: 'Ask whoever runs 10.0.3.1 to let TCP 3389 from the experts to the novices through.',
      commands: [
        'access-list 101 permit tcp 10.9.0.0 0.0.0.255 10.1.2.0 0.0.0.255 eq 3389',
        'nft add rule inet filter forward ip saddr 10.9.0.0/24 ip daddr 10.1.2.0/24 tcp dport 3389 accept',
      ],
    },
    {
      id: 'unseen',
      title: 'What no probe can see',
      where: 'novice',
      text: 'Offer Remote Assistance must be enabled by policy with you among the helpers, both in one or in trusting domains, EnableDCOM must be Y, and somebody must sit there to accept.',
      commands: [],
    },
  ],
};

const located = (address: string | null): Pick<HostReport, 'path' | 'ranges'> => ({
  path: {
    hops: [
      { ttl: 1, address: '10.9.0.1', rttMs: 0.3 },
      { ttl: 2, address: null, rttMs: null },
      { ttl: 3, address: null, rttMs: null },
      { ttl: 4, address: '10.0.3.1', rttMs: 1.1 },
      { ttl: 5, address, rttMs: 1.2 },
    ],
    filters: [
      { ports: [3389], afterHop: '10.0.3.1', by: '10.0.3.1', how: 'icmp' },
      { ports: [22500, 26800], afterHop: '10.0.3.1', by: null, how: 'drop' },
    ],
    multipath: [],
  },
  ranges: [
    { from: 1025, to: 19999, state: 'reachable', exact: true },
    { from: 20000, to: 41999, state: 'filtered', exact: true },
    { from: 42000, to: 65535, state: 'reachable', exact: true },
  ],
});

/** The report of a host of this kind. */
export const report = (kind: Kind, target: string, address: string | null): HostReport => {
  const verdict = VERDICTS[kind];
  const state = (ok: boolean) => (ok ? 'pass' : verdict === 'undetermined' ? 'undetermined' : 'fail');
  const isBlocked = verdict === 'blocked';
  const isSilent = kind === 'undetermined' || kind === 'clear';
  return {
    target,
    address,
    names: [target],
    verdict,
    confidence: kind === 'undetermined' ? 'likely' : kind === 'unreachable' ? 'weak' : 'proven',
    novice:
      kind === 'ready'
        ? { generation: 'vista-or-later', evidence: ['endpoints listed at 49664-49702', 'DCOM 5.7'] }
        : { generation: 'unknown', evidence: [] },
    byGeneration: { 'xp-2003': verdict, 'vista-or-later': kind === 'blocked' ? 'ready' : verdict },
    because:
      kind === 'clear' ? [{ rule: CLEAR_SO_FAR, text: 'Nothing speaks against an offer.', ports: [] }] : [],
    remedies: [],
    ...(isBlocked ? blocked3389 : {}),
    requirements: [
      {
        name: 'endpoint-mapper',
        state: state(kind !== 'unreachable'),
        confidence: 'proven',
        rule: 'mapper-speaks',
        text: 'TCP 135 speaks RPC and lists what listens.',
      },
      {
        name: 'remote-desktop',
        state: kind === 'ready' ? 'not-needed' : state(!isBlocked && kind !== 'unreachable'),
        confidence: 'proven',
        rule: isBlocked ? 'remote-desktop-rejected' : 'remote-desktop-speaks',
        text: isBlocked ? 'a router on the way rejects TCP 3389.' : 'TCP 3389 speaks RDP.',
      },
      {
        name: 'dynamic-rpc',
        state: state(kind === 'ready' || kind === 'blocked'),
        confidence: 'likely',
        rule: 'dynamic',
        text: isSilent
          ? 'every port of the sample kept silent, which is what a healthy Windows host with its firewall on does, and also what a filtered range looks like.'
          : 'every port of the sample answered.',
      },
    ],
    ports: PORTS.map((port) => portReport(kind, port)),
    ranges: [],
    coverage: {
      sampled: 32,
      population: 64511,
      filtered: isSilent || kind === 'unreachable' ? 32 : 0,
      blockGuaranteed: 4033,
      upperBound95: isSilent || kind === 'unreachable' ? 1 : 0.089,
    },
    endpoints: [],
    path: { hops: [], filters: [], multipath: [] },
    ...(kind === 'located' ? located(address) : {}),
  };
};

export interface StoryHost {
  readonly name: string;
  readonly address: string | null;
  readonly kind: Kind;
}

/** `count` hosts of all kinds in turn. */
export const someHosts = (count: number): StoryHost[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `pc-${String(412 + i).padStart(4, '0')}.corp.example`,
    address: `10.1.${2 + Math.floor(i / 250)}.${12 + (i % 240)}`,
    kind: KINDS[i % KINDS.length] ?? 'ready',
  }));

/** The events of one host, in order. */
export const hostEvents = ({ name, address, kind }: StoryHost, host: number): JudgedEvent[] => [
  {
    type: 'host-started',
    host,
    target: { kind: 'name', text: name, name },
    address,
    names: [name],
  },
  { type: 'asking', host, ports: PORTS.map((port) => ({ port, requirement: requirementOf(port) })) },
  ...PORTS.map((port) => ({ type: 'answered' as const, host, observation: observation(kind, port) })),
  {
    type: 'echoed',
    host,
    echo: kind === 'unreachable' ? { kind: 'no-reply', waitedMs: 1000 } : { kind: 'reply', rttMs: 0.8 },
  },
  { type: 'host-judged', host, report: report(kind, name, address) },
];

/** A whole run, the hosts' events interleaved as they would come. */
export const story = (hosts: readonly StoryHost[], interrupted = false): JudgedEvent[] => {
  const each = hosts.map(hostEvents);
  const longest = Math.max(0, ...each.map((events) => events.length));
  const mixed: JudgedEvent[] = [];
  for (let at = 0; at < longest + 3 * hosts.length; at++)
    for (const [host, events] of each.entries()) {
      const event = events[at - 3 * host];
      if (event) mixed.push(event);
    }
  return [
    { type: 'run-started', run: RUN, hosts: hosts.length },
    ...mixed,
    { type: 'run-finished', run: finishedRun(interrupted) },
  ];
};
