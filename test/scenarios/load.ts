import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import type {
  EndpointMapperFinding,
  Finding,
  Hop,
  HostEvidence,
  MappedRange,
  PortObservation,
  Speech,
  Trace,
} from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { RequirementState, Verdict } from '../../src/model/report.ts';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import type { Echo, Resolution, WireCapabilities } from '../../src/model/wire.ts';

/**
 * A named network, what was seen of it, and what must be said about it. Notation of an answer:
 * `accepted [speech]`, `refused [target|middlebox [address]]`, `rejected CODE from ADDRESS`, `rejected ERRNO`,
 * `silent [attempts]`, `fault KIND`. CODE is that of ICMP type 3.
 */
export interface Scenario {
  readonly name: string;
  readonly wire?: 'node' | 'linux';
  readonly novice?: Plan['novice'];
  readonly rpcPorts?: [number, number];
  readonly address?: string;
  readonly mapper?: string;
  readonly listing?: EndpointMapperFinding['listing'];
  readonly resolver?: string;
  readonly ownAddresses?: string[];
  readonly desktop?: string;
  readonly negotiated?: boolean;
  /** The answer of every sampled port, and those that differ. */
  readonly dynamic?: string;
  readonly except?: Readonly<Record<string, string>>;
  /** What the mapper lists, and how it answers. */
  readonly listed?: Readonly<Record<string, string>>;
  readonly echo?: string;
  /** `PORT: hop hop * > end` with end `target`, `reset` or nothing. */
  readonly traces?: string[];
  readonly mapped?: string[];
  readonly unresolved?: string;
  readonly others?: Readonly<Record<string, string>>;
  readonly interrupted?: boolean;
  readonly expect: {
    readonly verdict: Verdict;
    readonly confidence?: string;
    readonly generation?: string;
    readonly mapper?: RequirementState;
    readonly desktop?: RequirementState;
    readonly dynamic?: RequirementState;
    readonly xp?: Verdict;
    readonly vista?: Verdict;
    /** Rules that must be named, the first of them first. */
    readonly rules: string[];
    readonly filters?: string[];
    readonly remedies?: string[];
    readonly ranges?: string[];
  };
}

const SAMPLE = [1100, 2000, 3000, 4500, 20_000, 50_000, 55_000, 60_000];
const SPEECHES = ['spoke', 'refused', 'foreign', 'mute', 'hung-up'] as const;

const replyOf = (text: string): Reply => {
  const [kind, a, b, c] = text.split(' ');
  switch (kind) {
    case 'accepted':
      return { kind: 'accepted', rttMs: 1 };
    case 'refused':
      return {
        kind: 'refused',
        rttMs: 1,
        by: a === 'target' || a === 'middlebox' ? a : 'unknown',
        ...(b ? { from: b } : {}),
      };
    case 'rejected':
      return b === 'from' && c
        ? { kind: 'rejected', rttMs: 1, cause: { icmp: { version: 4, type: 3, code: Number(a) }, from: c } }
        : { kind: 'rejected', rttMs: 1, cause: { errno: a ?? '' } };
    case 'silent':
      return { kind: 'silent', waitedMs: 1000, attempts: Number(a ?? 3) };
    case 'fault':
      return {
        kind: 'unknown',
        fault: { kind: a === 'no-route' ? 'no-route' : 'descriptors', code: 'EXX', text: `made-up ${a}` },
      };
    default:
      throw new Error(`no such answer: ${text}`);
  }
};

const speechOf = (text: string): Speech | undefined =>
  SPEECHES.find((speech) => text === `accepted ${speech}`);

const observe = (
  port: number,
  text: string,
  requirement: PortObservation['requirement'],
  why: PortObservation['why'],
  finding?: Finding,
): PortObservation => {
  const reply = replyOf(text);
  const attempts = reply.kind === 'silent' ? reply.attempts : 1;
  return { port, requirement, why, reply, attempts, ...(finding ? { finding } : {}) };
};

const mapperFinding = (scenario: Scenario, speech: Speech): EndpointMapperFinding => ({
  kind: 'endpoint-mapper',
  speech,
  listing: scenario.listing ?? (speech === 'spoke' ? 'complete' : 'none'),
  endpoints: Object.keys(scenario.listed ?? {}).map((port) => ({
    port: Number(port),
    interface: '12345678-1234-abcd-ef00-01234567cffb v1.0',
    annotation: 'made up',
  })),
  resolver:
    scenario.resolver === 'answered'
      ? { kind: 'answered', version: { major: 5, minor: 7 }, addresses: scenario.ownAddresses ?? [] }
      : { kind: scenario.resolver === 'refused' ? 'refused' : 'not-asked' },
});

const portsOf = (scenario: Scenario): PortObservation[] => {
  const out: PortObservation[] = [];
  const { mapper, desktop, dynamic } = scenario;
  if (mapper) {
    const speech = speechOf(mapper);
    out.push(observe(135, mapper, 'endpoint-mapper', 'required', speech && mapperFinding(scenario, speech)));
  }
  if (desktop) {
    const speech = speechOf(desktop);
    const finding =
      speech && ({ kind: 'remote-desktop', speech, negotiated: scenario.negotiated ?? true } as const);
    out.push(observe(3389, desktop, 'remote-desktop', 'required', finding));
  }
  const talkative = (port: number, text: string, why: 'listed' | 'sampled'): PortObservation => {
    const speech = speechOf(text);
    return observe(port, text, 'dynamic-rpc', why, speech && { kind: 'rpc-server', speech });
  };
  if (dynamic) {
    const [from, to] = scenario.rpcPorts ?? [1, 65_535];
    const sample = scenario.rpcPorts ? [from, from + 10, to] : SAMPLE;
    for (const port of sample) out.push(talkative(port, scenario.except?.[port] ?? dynamic, 'sampled'));
  }
  for (const [port, text] of Object.entries(scenario.listed ?? {}))
    out.push(talkative(Number(port), text, 'listed'));
  return out.toSorted((a, b) => a.port - b.port);
};

const traceOf = (text: string): Trace => {
  const [port = '', way = ''] = text.split(': ');
  const [middle = '', end] = way.split('>').map((part) => part.trim());
  const hops = middle
    .split(' ')
    .filter(Boolean)
    .map(
      (address, i): Hop => ({
        ttl: i + 1,
        address: address === '*' ? null : address,
        rttMs: address === '*' ? null : 1,
      }),
    );
  const reply: Reply =
    end === 'target'
      ? { kind: 'accepted', rttMs: 1 }
      : end === 'reset'
        ? { kind: 'refused', rttMs: 1, by: 'unknown' }
        : { kind: 'silent', waitedMs: 100, attempts: 2 };
  return { port: Number(port), hops, end: reply, endTtl: end ? hops.length + 1 : null };
};

const echoOf = (text: string | undefined): Echo => {
  const [kind, from = ''] = (text ?? 'not-observed').split(' ');
  if (kind === 'reply') return { kind: 'reply', rttMs: 1 };
  if (kind === 'no-reply') return { kind: 'no-reply', waitedMs: 1000 };
  return kind === 'unreachable' ? { kind: 'unreachable', from } : { kind: 'not-observed', why: 'scenario' };
};

const mappedOf = (text: string): MappedRange => {
  const [ports = '', state] = text.split(' ');
  const [from = '', to = from] = ports.split('-');
  return { from: Number(from), to: Number(to), state: state as MappedRange['state'], exact: true };
};

const resolutionOf = ({ unresolved }: Scenario): Resolution | null => {
  if (unresolved === undefined) return null;
  if (unresolved === 'ENOTFOUND' || unresolved === 'ENODATA') return { kind: 'not-found', code: unresolved };
  return { kind: 'failed', fault: { kind: 'other', code: unresolved, text: `made-up ${unresolved}` } };
};

/** The scenario as the verdict gets it. */
export const evidenceOf = (scenario: Scenario): HostEvidence => {
  const address = scenario.unresolved === undefined ? (scenario.address ?? '10.9.0.7') : null;
  return {
    target:
      address === null
        ? { kind: 'name', text: 'pc1', name: 'pc1' }
        : { kind: 'address', text: address, address, family: 4 },
    address,
    family: address === null ? null : 4,
    names: [],
    resolution: resolutionOf(scenario),
    otherAddresses: Object.entries(scenario.others ?? {}).map(([other, text]) => ({
      address: other,
      family: 4,
      reply: replyOf(text),
    })),
    echo: echoOf(scenario.echo),
    ports: portsOf(scenario),
    mapped: (scenario.mapped ?? []).map(mappedOf),
    traces: (scenario.traces ?? []).map(traceOf),
    lossEstimate: 0,
    interrupted: scenario.interrupted ?? false,
  };
};

export const planOf = ({ novice, rpcPorts }: Scenario): Plan => ({
  novice: novice ?? 'auto',
  rpcRange: rpcPorts ? { from: rpcPorts[0], to: rpcPorts[1] } : DYNAMIC_PORTS,
  narrowed: rpcPorts !== undefined,
  sample: SAMPLE,
  seed: 1,
  families: { v4: true, v6: true },
  timeoutMs: 1000,
  retries: 2,
  perHost: 1,
  concurrency: 1,
  rate: 1,
  perHostRate: 1,
  ping: true,
  map: true,
  locate: true,
});

export const capabilitiesOf = ({ wire }: Scenario): WireCapabilities =>
  wire === 'node' ? { icmp: false, ttl: false, minTimeoutMs: 0 } : { icmp: true, ttl: true, minTimeoutMs: 0 };

/** All scenario files beside this one, by file name. */
export const scenarioFiles = (): readonly {
  readonly file: string;
  readonly scenarios: readonly Scenario[];
}[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.toml'))
    .map((file) => {
      const { scenario } = parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as unknown as {
        scenario: Scenario[];
      };
      return { file, scenarios: scenario };
    });
