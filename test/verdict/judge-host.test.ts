import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, HostEvidence, PortObservation, RequirementName } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { assembleReport } from '../../src/verdict/assemble.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';

const CAPABILITIES = { icmp: true, ttl: true, minTimeoutMs: 0 };
const ADDRESS = '10.9.0.7';

const plan: Plan = {
  novice: 'auto',
  rpcRange: DYNAMIC_PORTS,
  narrowed: false,
  sample: [],
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
};

const rtt = fc.double({ min: 0, max: 3000, noNaN: true });
const address = fc.constantFrom(ADDRESS, '10.0.1.1', '10.0.2.1');
const fault = fc
  .constantFrom('descriptors', 'no-route', 'no-privilege', 'blocked-locally', 'other')
  .map((kind): Reply => ({ kind: 'unknown', fault: { kind, code: 'EXX', text: 'made up' } as never }));
const silence = fc
  .integer({ min: 1, max: 6 })
  .map((attempts): Reply => ({ kind: 'silent', waitedMs: 100, attempts }));
const reply: fc.Arbitrary<Reply> = fc.oneof(
  rtt.map((rttMs): Reply => ({ kind: 'accepted', rttMs })),
  fc.record({
    kind: fc.constant('refused' as const),
    rttMs: rtt,
    by: fc.constantFrom('target', 'middlebox', 'unknown'),
  }),
  fc.tuple(rtt, fc.nat(15), address).map(
    ([rttMs, code, from]): Reply => ({
      kind: 'rejected',
      rttMs,
      cause: { icmp: { version: 4, type: 3, code }, from },
    }),
  ),
  fc
    .constantFrom('EHOSTUNREACH', 'ENETUNREACH', 'EACCES')
    .map((errno): Reply => ({ kind: 'rejected', rttMs: 1, cause: { errno } })),
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
        annotation: fc.string(),
      }),
      { maxLength: 3 },
    ),
    resolver: fc.constantFrom(
      { kind: 'refused' as const },
      { kind: 'answered' as const, version: { major: 5, minor: 7 }, addresses: ['PC1', '192.168.1.7'] },
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
    .tuple(replies, fc.integer({ min: 1, max: 6 }), fc.option(finding[requirement], { nil: undefined }))
    .map(([said, attempts, found]) => ({
      port,
      requirement,
      why,
      reply: said,
      attempts,
      ...(said.kind === 'accepted' && found ? { finding: found } : {}),
    }));

const evidence = (replies: fc.Arbitrary<Reply>): fc.Arbitrary<HostEvidence> =>
  fc
    .record({
      ports: fc.tuple(
        observation(135, 'endpoint-mapper', 'required', replies),
        observation(3389, 'remote-desktop', 'required', replies),
        ...[1100, 4000, 20_000, 50_000, 60_000].map((port) =>
          observation(port, 'dynamic-rpc', 'sampled', replies),
        ),
        observation(49_664, 'dynamic-rpc', 'listed', replies),
      ),
      echo: fc.constantFrom(
        { kind: 'reply' as const, rttMs: 1 },
        { kind: 'not-observed' as const, why: 'test' },
      ),
      loss: fc.double({ min: 0, max: 1, noNaN: true }),
      interrupted: fc.boolean(),
      trace: fc.option(
        fc.record({ port: fc.constantFrom(135, 3389, 50_000), passed: fc.integer({ min: 0, max: 3 }) }),
      ),
    })
    .map(({ ports, echo, loss, interrupted, trace }) => ({
      target: { kind: 'address', text: ADDRESS, address: ADDRESS, family: 4 },
      address: ADDRESS,
      family: 4,
      names: [],
      resolution: null,
      otherAddresses: [],
      echo,
      ports: ports.toSorted((a, b) => a.port - b.port),
      mapped: [],
      traces: trace
        ? [
            {
              port: trace.port,
              hops: [1, 2, 3].map((ttl) => ({
                ttl,
                address: ttl <= trace.passed ? `10.0.${ttl}.1` : null,
                rttMs: null,
              })),
              end: { kind: 'silent', waitedMs: 1, attempts: 1 },
              endTtl: null,
            },
          ]
        : [],
      lossEstimate: loss,
      interrupted,
    }));

const judge = (of: HostEvidence) => judgeHost(of, plan, CAPABILITIES);

describe('judgeHost', () => {
  it('gives a valid report for any evidence, and the same one each time', () => {
    const run = {
      id: 'x',
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T00:00:01.000Z',
      vantage: 'here',
      engine: 'linux',
      engineWhy: 'test',
      novice: 'auto',
      seed: 1,
      probesSent: 1,
      durationMs: 1,
      interrupted: false,
    } as const;
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const report = judge(given);
        expect(judge(given)).toEqual(report);
        const whole = assembleReport({ version: '0', run, hosts: [report] });
        expect(reportSchema.safeParse(whole).error).toBeUndefined();
        expect(whole.summary[report.verdict]).toBe(1);
        expect(report.because.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('never blames the target for our own faults', () => {
    fc.assert(
      fc.property(evidence(fault), (given) => {
        const { verdict, requirements } = judge({ ...given, echo: { kind: 'not-observed', why: 'test' } });
        expect(verdict).toBe('undetermined');
        expect(requirements.every(({ state }) => state === 'undetermined')).toBe(true);
      }),
    );
  });

  it('never calls a host blocked that showed no life, when there is nothing but silence and faults', () => {
    fc.assert(
      fc.property(evidence(fc.oneof(silence, fault)), (given) => {
        const { verdict } = judge({ ...given, traces: [], echo: { kind: 'not-observed', why: 'test' } });
        expect(['unreachable', 'undetermined']).toContain(verdict);
      }),
    );
  });

  it('never proves a filter by silence alone', () => {
    const harmless = fc.oneof(
      silence,
      rtt.map((rttMs): Reply => ({ kind: 'accepted', rttMs })),
    );
    fc.assert(
      fc.property(evidence(harmless), (given) => {
        const report = judge({ ...given, traces: [] });
        for (const one of report.requirements) {
          if (one.state === 'fail' && one.confidence === 'proven') expect(one.rule).toBe('mapper-foreign');
        }
      }),
    );
  });

  it('is ready only when every needed requirement passes', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { verdict, requirements } = judge(given);
        if (verdict === 'ready')
          expect(requirements.every(({ state }) => state === 'pass' || state === 'not-needed')).toBe(true);
        if (verdict === 'blocked') expect(requirements.some(({ state }) => state === 'fail')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is never surer when an answer turns into silence', () => {
    fc.assert(
      fc.property(evidence(reply), fc.nat(), (given, pick) => {
        const before = judge(given);
        if (before.verdict !== 'undetermined') return;
        const chosen = given.ports[pick % given.ports.length];
        const ports = given.ports.map((one): PortObservation => {
          if (one !== chosen) return one;
          const { finding: _, ...bare } = one;
          return { ...bare, reply: { kind: 'silent', waitedMs: 100, attempts: 3 } };
        });
        expect(judge({ ...given, ports }).verdict).not.toBe('ready');
      }),
      { numRuns: 1000 },
    );
  });

  it('remarks on a path that loses packets, and calls silence on it weak', () => {
    const late = (port: number): PortObservation => ({
      port,
      requirement: 'dynamic-rpc',
      why: 'sampled',
      reply: { kind: 'refused', rttMs: 1, by: 'unknown' },
      attempts: 2,
    });
    const report = judge({
      target: { kind: 'address', text: ADDRESS, address: ADDRESS, family: 4 },
      address: ADDRESS,
      family: 4,
      names: [],
      resolution: null,
      otherAddresses: [],
      echo: { kind: 'not-observed', why: 'test' },
      ports: [
        {
          port: 135,
          requirement: 'endpoint-mapper',
          why: 'required',
          reply: { kind: 'silent', waitedMs: 1, attempts: 6 },
          attempts: 6,
        },
        ...[1100, 1200, 1300, 1400, 1500, 1600].map(late),
      ],
      mapped: [],
      traces: [],
      lossEstimate: 0.5,
      interrupted: false,
    });
    expect(report.because.map(({ rule }) => rule)).toContain('lossy-path');
    expect(report).toMatchObject({ verdict: 'blocked', confidence: 'weak' });
  });
});
