import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { linkFrom } from '../../src/cli/own-networks.ts';
import {
  type EndpointMapperFinding,
  type Finding,
  type HostEvidence,
  OWN_FIREWALLS,
  type PortObservation,
  type RequirementName,
  type ResponderEvidence,
  type ResponderFinding,
  type Speech,
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

const verdict = z.enum(['ready', 'blocked', 'undetermined', 'unreachable']);
const confidence = z.enum(['proven', 'likely', 'weak']);
const state = z.enum(['pass', 'fail', 'undetermined', 'not-needed']);
const byPort = z.record(z.string(), z.string());

/** A named network, what was seen of it in the words of notation.ts, and what must be said about it. */
const schema = z.strictObject({
  name: z.string(),
  wire: z.enum(['node', 'linux']).default('linux'),
  novice: z.enum(['auto', 'xp-2003', 'vista-or-later']).default('auto'),
  rpcPorts: z.tuple([z.number(), z.number()]).optional(),
  address: z.string().default('10.9.0.7'),
  /** The network of the machine that asks in which the address lies. */
  link: z.string().optional(),
  mapper: z.string().optional(),
  listing: z.enum(['complete', 'cut', 'refused', 'none']).optional(),
  /** `answered 5.7`, `refused`, `silent`. */
  resolver: z.string().default('not-asked'),
  ownAddresses: z.array(z.string()).default([]),
  desktop: z.string().optional(),
  negotiated: z.boolean().default(true),
  /** The long answer of the mapper never came. */
  stalled: z.boolean().default(false),
  /** Ports that answer were asked again between the silent ones, and all answered unless it says otherwise. */
  control: z.string().default('9 of 9'),
  multipath: z.array(z.string()).default([]),
  /** The answer of every sampled port, and the ports or stretches (`50000-54999`) that differ. */
  dynamic: z.string().optional(),
  except: byPort.default({}),
  /** Sampled ports, where they are not the usual ones. */
  sample: z.array(z.number()).optional(),
  /** What the mapper lists, and how it answers. */
  listed: byPort.default({}),
  echo: z.string().optional(),
  traces: z.array(z.string()).default([]),
  mapped: z.array(z.string()).default([]),
  unresolved: z.string().optional(),
  others: byPort.default({}),
  withoutNeighbour: z.literal(true).optional(),
  /** The machine that asks runs Windows. */
  onWindows: z.literal(true).optional(),
  interrupted: z.boolean().default(false),
  /** A responder on the host, which listens on every sampled port where it does not say on which. */
  responder: z
    .strictObject({
      firewall: z.enum(OWN_FIREWALLS).default('none'),
      ended: z.boolean().default(false),
      listening: z.array(z.number()).optional(),
      limited: z.boolean().default(false),
      taken: z.array(z.number()).default([]),
      local: z.string().optional(),
      source: z.string().default('10.1.1.1'),
      arrived: z.array(z.number()).optional(),
      challenged: z.array(z.number()).default([]),
      shared: z.boolean().default(false),
    })
    .optional(),
  loss: z.number().default(0),
  expect: z.strictObject({
    verdict,
    confidence: confidence.optional(),
    generation: z.enum(['xp-2003', 'vista-or-later', 'unknown']).optional(),
    mapper: state.optional(),
    desktop: state.optional(),
    dynamic: state.optional(),
    xp: verdict.optional(),
    vista: verdict.optional(),
    /** How sure the ruling on a requirement is. */
    sure: z.record(z.string(), confidence).optional(),
    /** Rules that must be named, the first of them first, and that must not; words of the texts, and words not in them. */
    rules: z.array(z.string()),
    never: z.array(z.string()).default([]),
    says: z.array(z.string()).default([]),
    hides: z.array(z.string()).default([]),
    filters: z.array(z.string()).optional(),
    remedies: z.array(z.string()).optional(),
    ranges: z.array(z.string()).optional(),
    /** `SAMPLED sampled, FILTERED filtered`. */
    coverage: z.string().optional(),
  }),
});
export type Scenario = z.infer<typeof schema>;

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
    told,
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
