import fc from 'fast-check';
import type {
  Finding,
  HostEvidence,
  MappedRange,
  PortObservation,
  RequirementName,
  Trace,
} from '../../src/model/evidence.ts';
import type { FaultKind } from '../../src/model/fault.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';

export const ADDRESS = '10.9.0.7';
/** What a hostile peer may put where names and addresses are expected. */
export const HOSTILE = 'x:\u001b[31m;$(reboot)`id`\u202e\n& del *';

const SAMPLED = [1100, 2000, 3000, 4000, 20_000, 50_000, 52_000, 56_000, 60_000];
const LISTED = [49_664, 49_670];

/** What the linux wire can see. */
export const CAPABILITIES = {
  icmp: true,
  ttl: true,
  minTtl: true,
  seesTtl: false,
  talksApart: false,
  minTimeoutMs: 0,
};

export const plan: Plan = {
  novice: 'auto',
  rpcRange: DYNAMIC_PORTS,
  narrowed: false,
  sample: SAMPLED,
  seed: 1,
  families: { v4: true, v6: true },
  timeoutMs: 1000,
  retries: 2,
  perHost: 1,
  concurrency: 1,
  rate: 1,
  perHostRate: 1,
  perSubnetRate: 1,
  hostsAtOnce: 1,
  ping: true,
  map: true,
  locate: true,
  bulk: false,
};

const rtt = fc.double({ min: 0, max: 3000, noNaN: true });
const sender = fc.constantFrom(ADDRESS, '10.0.1.1', '10.0.2.1');

export const fault = fc
  .constantFrom<FaultKind>('descriptors', 'no-route', 'no-privilege', 'blocked-locally', 'other')
  .map((kind): Reply => ({ kind: 'unknown', fault: { kind, code: 'EXX', text: 'made up' } }));
export const silence = fc
  .integer({ min: 1, max: 6 })
  .map((attempts): Reply => ({ kind: 'silent', waitedMs: 100, attempts }));
export const accept = rtt.map((rttMs): Reply => ({ kind: 'accepted', rttMs }));
const refusal = fc
  .tuple(
    rtt,
    fc.constantFrom<'target' | 'middlebox' | 'unknown'>('target', 'middlebox', 'unknown'),
    fc.option(fc.boolean(), { nil: undefined }),
  )
  .map(
    ([rttMs, by, ttlMatch]): Reply => ({
      kind: 'refused',
      rttMs,
      by,
      ...(ttlMatch === undefined ? {} : { ttlMatch }),
    }),
  );
const rejection = fc.tuple(rtt, fc.nat(15), sender, fc.constantFrom(3, 11)).map(
  ([rttMs, code, from, type]): Reply => ({
    kind: 'rejected',
    rttMs,
    cause: { icmp: { version: 4, type, code }, from },
  }),
);
const unseenRejection = fc
  .constantFrom('EHOSTUNREACH', 'ENETUNREACH', 'EACCES')
  .map((errno): Reply => ({ kind: 'rejected', rttMs: 1, cause: { errno } }));

/** Any reply a wire can give. */
export const reply: fc.Arbitrary<Reply> = fc.oneof(
  accept,
  refusal,
  rejection,
  unseenRejection,
  silence,
  fault,
);

const speech = fc.constantFrom('spoke', 'refused', 'foreign', 'mute', 'hung-up');
const finding: Readonly<Record<RequirementName, fc.Arbitrary<Finding>>> = {
  'endpoint-mapper': fc.record({
    kind: fc.constant('endpoint-mapper' as const),
    speech,
    listing: fc.constantFrom('complete', 'cut', 'refused', 'none'),
    endpoints: fc.array(
      fc.record({
        port: fc.integer({ min: 1, max: 65_535 }),
        interface: fc.string(),
        annotation: fc.constant(HOSTILE),
      }),
      { maxLength: 3 },
    ),
    resolver: fc.constantFrom(
      { kind: 'refused' as const },
      {
        kind: 'answered' as const,
        version: { major: 5, minor: 7 },
        addresses: ['PC1', HOSTILE, '192.168.1.7'],
      },
    ),
  }),
  'remote-desktop': fc.record({
    kind: fc.constant('remote-desktop' as const),
    speech,
    negotiated: fc.boolean(),
  }),
  'dynamic-rpc': fc.record({ kind: fc.constant('rpc-server' as const), speech }),
};

const observation = (
  port: number,
  requirement: RequirementName,
  why: PortObservation['why'],
  replies: fc.Arbitrary<Reply>,
): fc.Arbitrary<PortObservation> =>
  fc
    .tuple(
      replies,
      fc.integer({ min: 1, max: 6 }),
      fc.option(finding[requirement], { nil: undefined }),
      fc.option(fc.record({ asked: fc.constant(8), answered: fc.nat(8) }), { nil: undefined }),
    )
    .map(([said, attempts, found, flows]) => ({
      port,
      requirement,
      why,
      reply: said,
      attempts: said.kind === 'silent' ? said.attempts : attempts,
      ...(flows ? { flows } : {}),
      ...(said.kind === 'accepted' && found ? { finding: found } : {}),
    }));

/** Traces over three routers, of which each hop answered or not. */
const trace: fc.Arbitrary<Trace> = fc
  .tuple(
    fc.constantFrom(135, 3389, 49_664, 50_000),
    fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    fc.boolean(),
    fc.option(
      fc.record({
        ttl: fc.integer({ min: 1, max: 4 }),
        flows: fc.constantFrom(3, 8, 16),
        passed: fc.nat(3),
        control: fc.nat(3),
      }),
      { nil: undefined },
    ),
  )
  .map(([port, heard, arrives, comparison]) => ({
    port,
    hops: heard.map((is, i) => ({
      ttl: i + 1,
      address: is ? `10.0.${i + 1}.1` : null,
      rttMs: is ? 1 : null,
    })),
    end: arrives ? { kind: 'accepted', rttMs: 1 } : { kind: 'silent', waitedMs: 1, attempts: 1 },
    endTtl: arrives ? 4 : null,
    ...(comparison ? { comparison: { ...comparison, control: comparison.flows - comparison.control } } : {}),
  }));

/** The whole range cut at a random place, or nothing. */
const mapped: fc.Arbitrary<MappedRange[]> = fc.oneof(
  fc.constant<MappedRange[]>([]),
  fc.integer({ min: DYNAMIC_PORTS.from, max: DYNAMIC_PORTS.to - 1 }).map((cut): MappedRange[] => [
    { from: DYNAMIC_PORTS.from, to: cut, state: 'reachable', exact: true },
    { from: cut + 1, to: DYNAMIC_PORTS.to, state: 'filtered', exact: true },
  ]),
);

/** Evidence about one address whose ports answer with these replies. */
export const evidence = (replies: fc.Arbitrary<Reply>): fc.Arbitrary<HostEvidence> =>
  fc
    .record({
      ports: fc.tuple(
        observation(135, 'endpoint-mapper', 'required', replies),
        observation(3389, 'remote-desktop', 'required', replies),
        ...SAMPLED.map((port) => observation(port, 'dynamic-rpc', 'sampled', replies)),
        ...LISTED.map((port) => observation(port, 'dynamic-rpc', 'listed', replies)),
      ),
      echo: fc.constantFrom(
        { kind: 'reply' as const, rttMs: 1 },
        { kind: 'unreachable' as const, from: '10.0.1.1' },
        { kind: 'not-observed' as const, why: 'test' },
      ),
      lossEstimate: fc.double({ min: 0, max: 1, noNaN: true }),
      control: fc.option(
        fc.record({
          of: fc.constantFrom('own', 'neighbour'),
          asked: fc.constant(9),
          answered: fc.constantFrom(9, 9, 6, 0),
          stoppedAfter: fc.constantFrom(null, null, null, 24),
        }),
      ),
      multipath: fc.constantFrom([], [{ ttl: 2, addresses: ['10.0.2.1', '10.0.2.9'] }]),
      interrupted: fc.boolean(),
      traces: fc.uniqueArray(trace, { maxLength: 3, selector: ({ port }) => port }),
      mapped,
    })
    .map(({ ports, ...rest }) => ({
      target: { kind: 'address', text: ADDRESS, address: ADDRESS, family: 4 },
      address: ADDRESS,
      family: 4,
      names: [],
      resolution: null,
      otherAddresses: [],
      ports: ports.toSorted((a, b) => a.port - b.port),
      ...rest,
    }));
