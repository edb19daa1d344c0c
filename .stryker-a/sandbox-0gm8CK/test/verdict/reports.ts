import type { Hop, PortObservation, RequirementName, Trace } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import type {
  Confidence,
  FilterReport,
  HostReport,
  RangeReport,
  RequirementReport,
  Verdict,
} from '../../src/model/report.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { plan } from './arbitraries.ts';

const PORT_OF: Readonly<Record<RequirementName, number>> = {
  'endpoint-mapper': 135,
  'remote-desktop': 3389,
  'dynamic-rpc': 50_000,
};

/** A filter in a few words: which requirements it stops, how and where. */
export interface Stop {
  readonly what: readonly RequirementName[];
  readonly how: FilterReport['how'];
  readonly by?: string;
  readonly after?: string;
}

/** A requirement in a few words. */
type State = readonly [RequirementReport['state'], string, Confidence?];

export interface Sketch {
  readonly address?: string | null;
  readonly target?: string;
  readonly verdict?: Verdict;
  readonly confidence?: Confidence;
  readonly rule?: string;
  readonly mapper?: State;
  readonly desktop?: State;
  readonly dynamic?: State;
  readonly stops?: readonly Stop[];
  readonly hops?: readonly string[];
  readonly ranges?: readonly RangeReport[];
}

const hopsOf = (addresses: readonly string[]): Hop[] =>
  addresses.map((address, i) => ({ ttl: i + 1, address, rttMs: 1 }));

const requirement = (
  name: RequirementName,
  [state, rule, confidence = 'likely']: State,
): RequirementReport => ({
  name,
  state,
  confidence,
  rule,
  text: `${rule}.`,
});

const PASS: Readonly<Record<RequirementName, State>> = {
  'endpoint-mapper': ['pass', 'mapper-answers', 'proven'],
  'remote-desktop': ['pass', 'desktop-refused'],
  'dynamic-rpc': ['pass', 'dynamic-all-answered'],
};

const DROPPED: Readonly<Record<FilterReport['how'], string>> = {
  drop: 'dropped-on-way',
  icmp: 'rejected',
  reset: 'reset-on-way',
};
const PREFIX: Readonly<Record<RequirementName, string>> = {
  'endpoint-mapper': 'mapper',
  'remote-desktop': 'desktop',
  'dynamic-rpc': 'dynamic',
};

/** A report as the rules write it, from what matters to those who read many. Requirements that a filter stops fail, proven where it is located. */
export const sketch = (given: Sketch): HostReport => {
  const { stops = [] } = given;
  const stateOf = (name: RequirementName, said: State | undefined): RequirementReport => {
    const stop = stops.find(({ what }) => what.includes(name));
    if (said || !stop) return requirement(name, said ?? PASS[name]);
    const located = stop.by !== undefined || stop.after !== undefined;
    return requirement(name, [
      'fail',
      located ? `${PREFIX[name]}-${DROPPED[stop.how]}` : `${PREFIX[name]}-silent`,
      located ? 'proven' : 'likely',
    ]);
  };
  const requirements = [
    stateOf('endpoint-mapper', given.mapper),
    stateOf('remote-desktop', given.desktop),
    stateOf('dynamic-rpc', given.dynamic),
  ];
  const states = requirements.map(({ state }) => state);
  const judged = states.includes('fail')
    ? 'blocked'
    : states.includes('undetermined')
      ? 'undetermined'
      : 'ready';
  const verdict = given.verdict ?? judged;
  return {
    target: given.target ?? given.address ?? 'pc1',
    address: given.address ?? null,
    names: [],
    verdict,
    confidence: given.confidence ?? (verdict === 'undetermined' ? 'weak' : 'proven'),
    novice: { generation: 'unknown', evidence: [] },
    byGeneration: { 'xp-2003': verdict, 'vista-or-later': verdict },
    because: [
      ...(given.rule === undefined ? [] : [{ rule: given.rule, text: 'Because.', ports: [] }]),
      ...requirements.map(({ name, rule, text }) => ({ rule, text, ports: [PORT_OF[name]] })),
    ],
    requirements,
    ports: requirements.map(({ name }) => ({
      port: PORT_OF[name],
      requirement: name,
      state: 'filtered',
      reason: 'no-response',
      from: null,
      ttl: null,
      rttMs: null,
      attempts: 2,
      flows: { asked: 1, answered: 0 },
      service: null,
      detail: null,
    })),
    ranges: given.ranges ?? [],
    coverage: { sampled: 0, population: 64_511, filtered: 0, blockGuaranteed: 64_511, upperBound95: 1 },
    endpoints: [],
    path: {
      hops: hopsOf(given.hops ?? []),
      filters: stops.map(({ what, how, by, after }) => ({
        ports: what.map((name) => PORT_OF[name]),
        how,
        by: by ?? null,
        afterHop: after ?? null,
      })),
      multipath: [],
    },
    remedies: [],
  };
};

const HEARD: Reply = { kind: 'accepted', rttMs: 1 };
export const SILENT: Reply = { kind: 'silent', waitedMs: 100, attempts: 3 };
const REFUSED: Reply = { kind: 'refused', by: 'target', rttMs: 1 };

const seen = (port: number, requirement: RequirementName, reply: Reply): PortObservation => ({
  port,
  requirement,
  why: requirement === 'dynamic-rpc' ? 'sampled' : 'required',
  reply,
  attempts: reply.kind === 'silent' ? 3 : 1,
});

/** What a scan really finds of one host, through the rules: TCP 135 open, 3389 and dynamic ports as said, routes by hop. */
export const scanned = (of: {
  readonly address: string;
  readonly desktop?: Reply;
  readonly dynamic?: Reply;
  readonly route?: readonly string[];
  /** Ports that are traced, with the number of hops that they pass. */
  readonly traced?: Readonly<Record<number, number>>;
}): HostReport => {
  const route = of.route ?? [];
  const arrived: Trace = { port: 135, hops: hopsOf(route), end: HEARD, endTtl: route.length + 1 };
  const stopped = Object.entries(of.traced ?? {}).map(
    ([port, passed]): Trace => ({
      port: Number(port),
      hops: hopsOf(route.slice(0, passed)),
      end: SILENT,
      endTtl: null,
      comparison: { ttl: passed + 1, flows: 8, passed: 0, control: 8 },
    }),
  );
  return judgeHost(
    {
      target: { kind: 'address', text: of.address, address: of.address, family: 4 },
      address: of.address,
      family: 4,
      names: [],
      resolution: null,
      otherAddresses: [],
      echo: { kind: 'not-observed', why: 'test' },
      ports: [
        seen(135, 'endpoint-mapper', HEARD),
        ...plan.sample
          .filter((port) => port < 3389)
          .map((port) => seen(port, 'dynamic-rpc', of.dynamic ?? REFUSED)),
        seen(3389, 'remote-desktop', of.desktop ?? REFUSED),
        ...plan.sample
          .filter((port) => port > 3389)
          .map((port) => seen(port, 'dynamic-rpc', of.dynamic ?? REFUSED)),
      ],
      mapped: [],
      traces: stopped.length > 0 ? [arrived, ...stopped] : [],
      lossEstimate: 0,
      control: { of: 'own', asked: 9, answered: 9, stoppedAfter: null },
      multipath: [],
      interrupted: false,
    },
    plan,
    { icmp: true, ttl: true, minTtl: true, seesTtl: false, talksApart: false, minTimeoutMs: 0 },
  );
};
