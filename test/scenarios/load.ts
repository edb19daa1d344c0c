import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { linkFrom } from '../../src/cli/own-networks.ts';
import type {
  EndpointMapperFinding,
  Finding,
  HostEvidence,
  PortObservation,
  RequirementName,
  ResponderEvidence,
  ResponderFinding,
  Speech,
} from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import type { WireCapabilities } from '../../src/model/wire.ts';
import { plan } from '../verdict/arbitraries.ts';
import {
  attemptsOf,
  controlOf,
  echoOf,
  flowsOf,
  lostOf,
  mappedOf,
  multipathOf,
  replyOf,
  resolutionOf,
  speechOf,
  traceOf,
} from './notation.ts';
import { type Scenario, schema } from './schema.ts';

export type { Scenario } from './schema.ts';

/** Eight ports where XP allocates, eight in the wide middle, sixteen where Windows does since Vista. */
const SAMPLE = [
  ...[1100, 1500, 2000, 2500, 3000, 3600, 4100, 4500],
  ...[7000, 12_000, 17_000, 20_000, 27_000, 33_000, 39_000, 45_000],
  ...[49_300, ...Array.from({ length: 15 }, (_, i) => 50_000 + 1000 * i)],
];

/** Ports asked of a range that was given, evenly spread. */
const OF_GIVEN = 20;

const sampleOf = ({ rpcPorts, sample }: Scenario): number[] => {
  if (!rpcPorts) return sample ?? SAMPLE;
  const [from, to] = rpcPorts;
  const count = Math.min(OF_GIVEN, to - from + 1);
  return Array.from(
    { length: count },
    (_, i) => from + Math.floor(((to - from) * i) / Math.max(1, count - 1)),
  );
};

const listeningOf = (scenario: Scenario): readonly number[] =>
  scenario.responder?.listening ?? sampleOf(scenario);

/** `accepted keyed [large passed|lost-there|lost-back] [idle kept|lost]`; with a responder other words are what somebody else said. */
const keyedFinding = (scenario: Scenario, text: string): ResponderFinding | null => {
  const { responder, address } = scenario;
  if (!responder || !text.startsWith('accepted keyed')) return null;
  const large = / large (passed|lost-there|lost-back)/.exec(text)?.[1] as ResponderFinding['large'];
  const idle = / idle (kept|lost)/.exec(text)?.[1] as ResponderFinding['idle'];
  return {
    kind: 'responder',
    speech: 'spoke',
    seen: { source: responder.source, local: responder.local ?? address },
    listening: listeningOf(scenario),
    isLimited: responder.limited,
    taken: responder.taken,
    ...(large ? { large } : {}),
    ...(idle ? { idle } : {}),
  };
};

const responderOf = (scenario: Scenario): ResponderEvidence | null => {
  const { responder } = scenario;
  if (!responder) return null;
  const { firewall, ended: hasEnded, arrived, challenged, shared: isShared } = responder;
  const told = arrived ? { listening: listeningOf(scenario), arrived, challenged, isShared } : null;
  return {
    ports: [...sampleOf(scenario), 3389, 135],
    firewall,
    hasEnded,
    ownAddresses: ['10.1.1.1'],
    noviceReport: told,
  };
};

const observe = (
  port: number,
  text: string,
  requirement: RequirementName,
  why: PortObservation['why'],
  findingFor: (speech: Speech) => Finding,
  keyed: Finding | null = null,
): PortObservation => {
  const speech = speechOf(text);
  const [lost, flows] = [lostOf(text), flowsOf(text)];
  return {
    port,
    requirement,
    why,
    reply: replyOf(text),
    attempts: attemptsOf(text),
    ...(lost > 0 ? { lost } : {}),
    ...(flows ? { flows } : {}),
    ...(keyed ? { finding: keyed } : speech ? { finding: findingFor(speech) } : {}),
  };
};

const resolverOf = ({ resolver, ownAddresses }: Scenario): EndpointMapperFinding['resolver'] => {
  const [kind, version = '5.7'] = resolver.split(' ');
  if (kind === 'refused' || kind === 'silent') return { kind };
  if (kind !== 'answered') return { kind: 'not-asked' };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { kind, version: { major, minor }, addresses: ownAddresses };
};

const mapperFinding = (scenario: Scenario, speech: Speech): EndpointMapperFinding => ({
  kind: 'endpoint-mapper',
  speech,
  listing: scenario.listing ?? (speech === 'spoke' && !scenario.stalled ? 'complete' : 'none'),
  ...(scenario.stalled ? { stalled: true } : {}),
  endpoints: Object.keys(scenario.listed).map((port) => ({
    port: Number(port),
    interface: '12345678-1234-abcd-ef00-01234567cffb v1.0',
    annotation: 'made up',
  })),
  resolver: resolverOf(scenario),
});

const exceptionFor = (port: number, { except }: Scenario): string | undefined =>
  Object.entries(except).find(([key]) => {
    const [from = 0, to = from] = key.split('-').map(Number);
    return port >= from && port <= to;
  })?.[1];

const portsOf = (scenario: Scenario): PortObservation[] => {
  const { mapper, desktop, dynamic, negotiated, listed } = scenario;
  const server = (speech: Speech): Finding => ({ kind: 'rpc-server', speech });
  const sampled = (speech: Speech): Finding =>
    scenario.responder && speech !== 'refused' && speech !== 'spoke'
      ? { kind: 'responder', speech }
      : server(speech);
  return [
    ...(mapper
      ? [
          observe(
            135,
            mapper,
            'endpoint-mapper',
            'required',
            (speech) => mapperFinding(scenario, speech),
            keyedFinding(scenario, mapper),
          ),
        ]
      : []),
    ...(desktop
      ? [
          observe(
            3389,
            desktop,
            'remote-desktop',
            'required',
            (speech) => ({
              kind: 'remote-desktop',
              speech,
              negotiated,
            }),
            keyedFinding(scenario, desktop),
          ),
        ]
      : []),
    ...(dynamic
      ? sampleOf(scenario).map((port) => {
          const text = exceptionFor(port, scenario) ?? dynamic;
          return observe(port, text, 'dynamic-rpc', 'sampled', sampled, keyedFinding(scenario, text));
        })
      : []),
    ...Object.entries(listed).map(([port, text]) =>
      observe(Number(port), text, 'dynamic-rpc', 'listed', server),
    ),
  ].toSorted((a, b) => a.port - b.port);
};

/** The scenario as the verdict gets it. */
export const evidenceOf = (scenario: Scenario): HostEvidence => {
  const { address: dialled, unresolved } = scenario;
  const family = dialled.includes(':') ? 6 : 4;
  const isNamed = unresolved !== undefined;
  const responder = responderOf(scenario);
  return {
    target: isNamed
      ? { kind: 'name', text: 'pc1', name: 'pc1' }
      : { kind: 'address', text: dialled, address: dialled, family },
    address: isNamed ? null : dialled,
    family: isNamed ? null : family,
    names: [],
    resolution: resolutionOf(unresolved),
    otherAddresses: Object.entries(scenario.others).map(([address, text]) => ({
      address,
      family: address.includes(':') ? 6 : 4,
      reply: replyOf(text),
    })),
    echo: echoOf(scenario.echo),
    ports: portsOf(scenario),
    mapped: scenario.mapped.map(mappedOf),
    traces: scenario.traces.map(traceOf),
    lossEstimate: scenario.loss,
    control: controlOf(scenario.control),
    multipath: scenario.multipath.map(multipathOf),
    ...(scenario.withoutNeighbour && { withoutNeighbour: true }),
    interrupted: scenario.interrupted,
    ...(responder ? { responder } : {}),
  };
};

/** The plan that the scenario was asked by. */
export const planOf = (scenario: Scenario): Plan => ({
  ...plan,
  novice: scenario.novice,
  rpcRange: scenario.rpcPorts ? { from: scenario.rpcPorts[0], to: scenario.rpcPorts[1] } : DYNAMIC_PORTS,
  narrowed: scenario.rpcPorts !== undefined,
  sample: sampleOf(scenario),
  ...(scenario.link === undefined
    ? {}
    : { links: [linkFrom(scenario.link)].filter((link) => link !== null) }),
  ...(scenario.onWindows && { onWindows: true }),
});

export const capabilitiesOf = ({ wire }: Scenario): WireCapabilities => ({
  icmp: wire === 'linux',
  ttl: wire === 'linux',
  minTtl: wire === 'linux',
  seesTtl: false,
  talksApart: false,
  minTimeoutMs: 0,
});

/** A scenario from its parts; those that are not given are the usual ones. Throws for a key that no scenario has. */
export const scenarioOf = (given: unknown): Scenario => schema.parse(given);

/** All scenario files beside this one, by file name. Throws for a key that no scenario has. */
export const scenarioFiles = (): { file: string; scenarios: Scenario[] }[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.toml'))
    .map((file) => {
      const content = parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
      const { scenario } = z.strictObject({ scenario: z.array(schema) }).parse(content);
      return { file, scenarios: scenario };
    });
