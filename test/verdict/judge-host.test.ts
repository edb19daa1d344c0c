import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HostEvidence, isShownRefusal, type PortObservation } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Confidence, RequirementReport } from '../../src/model/report.ts';
import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { assembleReport } from '../../src/verdict/assemble-report.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { accept, CAPABILITIES, evidence, fault, HOSTILE, plan, reply, silence } from './arbitraries.ts';
import { silent } from './nearly-alike.ts';

const NODE = { icmp: false, ttl: false, minTtl: false, seesTtl: false, talksApart: false, minTimeoutMs: 0 };
const NOT_OBSERVED = { kind: 'not-observed', why: 'test' } as const;
const SURE: readonly Confidence[] = ['weak', 'likely', 'proven'];

const judge = (of: HostEvidence, by: Plan = plan) => judgeHost(of, by, CAPABILITIES);

/** The same evidence with one observation put in the place of another's. */
const withPort = (given: HostEvidence, changed: PortObservation): HostEvidence => ({
  ...given,
  ports: given.ports.map((one) => (one.port === changed.port ? changed : one)),
});

const silenced = (observation: PortObservation): PortObservation => {
  const { finding: _, ...bare } = observation;
  return { ...bare, reply: { kind: 'silent', waitedMs: 100, attempts: 3 }, attempts: 3 };
};

const onOneFlow = ({ flows: _, ...rest }: PortObservation): PortObservation => rest;

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

describe('judgeHost', () => {
  it('gives a valid report for any evidence, and the same one each time', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const report = judge(given);
        expect(judge(given)).toEqual(report);
        const whole = assembleReport({ version: '0', run, hosts: [report] });
        expect(reportSchema.safeParse(whole).error).toBeUndefined();
        expect(whole.summary).toMatchObject({ hosts: 1, [report.verdict]: 1 });
        expect(report.because.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('never blames the target for our own faults', () => {
    fc.assert(
      fc.property(evidence(fault), (given) => {
        const report = judge({ ...given, echo: NOT_OBSERVED });
        expect(report.verdict).toBe('undetermined');
        expect(report.requirements.filter(({ state }) => state !== 'undetermined')).toEqual([]);
        expect(report.path.filters).toEqual([]);
      }),
    );
  });

  it('never calls a host blocked that showed no life, when there is nothing but silence and faults', () => {
    fc.assert(
      fc.property(evidence(fc.oneof(silence, fault)), (given) => {
        const report = judge({ ...given, traces: [], echo: NOT_OBSERVED });
        expect(['unreachable', 'undetermined']).toContain(report.verdict);
        expect(report.path.filters).toEqual([]);
        expect(report.coverage.filtered).toBe(0);
      }),
    );
  });

  it('never proves a filter by silence on a host that refuses nothing', () => {
    fc.assert(
      fc.property(evidence(fc.oneof(silence, accept, fault)), (given) => {
        const report = judge({ ...given, traces: [], ports: given.ports.map(onOneFlow) });
        for (const one of report.requirements) {
          if (one.state === 'fail') expect(['mapper-foreign', 'mapper-silent']).toContain(one.rule);
          if (one.rule === 'mapper-silent') expect(one.confidence).not.toBe('proven');
        }
        expect(report.coverage.filtered).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('never takes silence in the place of a fault for proof', () => {
    fc.assert(
      fc.property(evidence(fc.oneof(silence, accept, fault)), fc.nat(), (given, pick) => {
        const bare = { ...given, traces: [] };
        const before = judge(bare);
        const faults = given.ports.filter((one) => one.reply.kind === 'unknown');
        const chosen = faults[pick % faults.length];
        if (!chosen) return;
        const after = judge(withPort(bare, silenced(chosen)));
        if (after.verdict === 'blocked' && after.confidence === 'proven')
          expect(before).toMatchObject({ verdict: 'blocked', confidence: 'proven' });
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['xp-2003', 'vista-or-later'] as const)(
    'is never ready because an answer turned into silence, for %s',
    (novice) => {
      const by: Plan = { ...plan, novice };
      fc.assert(
        fc.property(evidence(reply), fc.nat(), (given, pick) => {
          const answers = given.ports.filter((one) => one.reply.kind !== 'unknown');
          const chosen = answers[pick % answers.length];
          if (!chosen || judge(given, by).verdict !== 'undetermined') return;
          expect(judge(withPort(given, silenced(chosen)), by).verdict).not.toBe('ready');
        }),
        { numRuns: 1000 },
      );
    },
  );

  it('is ready only when every needed requirement passes, and as sure as the least sure of them', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { verdict, confidence, requirements } = judge({ ...given, interrupted: false });
        const sure = (all: readonly RequirementReport[]) => all.map((one) => SURE.indexOf(one.confidence));
        const needed = requirements.filter(({ state }) => state !== 'not-needed');
        const failing = needed.filter(({ state }) => state === 'fail');
        if (verdict === 'ready') {
          expect(needed.filter(({ state }) => state !== 'pass')).toEqual([]);
          expect(SURE.indexOf(confidence)).toBe(Math.min(...sure(needed)));
        }
        if (verdict === 'blocked') expect(SURE.indexOf(confidence)).toBe(Math.max(...sure(failing)));
        if (failing.length > 0) expect(verdict).toBe('blocked');
      }),
      { numRuns: 1000 },
    );
  });

  it('is at least as strict about an unknown Windows as about each known one', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { verdict, novice, byGeneration } = judge({ ...given, interrupted: false });
        if (novice.generation !== 'unknown') expect(byGeneration[novice.generation]).toBe(verdict);
        else if (verdict === 'ready') expect(Object.values(byGeneration)).not.toContain('blocked');
        else if (Object.values(byGeneration).every((one) => one === 'blocked'))
          expect(verdict).toBe('blocked');
      }),
      { numRuns: 1000 },
    );
  });

  it('claims no more by the wire that sees less', () => {
    fc.assert(
      fc.property(evidence(fc.oneof(silence, accept, fault)), (given) => {
        const seen = { ...given, traces: [] };
        const { remedies, ...report } = judgeHost(seen, plan, CAPABILITIES);
        // A witness is of use only where traces tell the way to it.
        const without = remedies.filter(({ id }) => id !== 'ask-witness');
        expect(judgeHost(seen, plan, NODE)).toEqual({ ...report, remedies: without });
      }),
    );
  });

  it('gives stretches that cover the range in order, without gap or overlap, or none', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { ranges } = judge(given);
        const [first] = ranges;
        if (!first) return;
        expect(first.from).toBe(DYNAMIC_PORTS.from);
        expect(ranges.at(-1)?.to).toBe(DYNAMIC_PORTS.to);
        ranges.slice(1).forEach((one, i) => {
          expect(one.from).toBe((ranges[i]?.to ?? 0) + 1);
          expect(one.state).not.toBe(ranges[i]?.state);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('makes one of neighbouring stretches of which nothing is known', () => {
    const unknown = { kind: 'rejected', rttMs: 1, cause: { errno: 'EHOSTUNREACH' } } as const;
    const dynamic = { requirement: 'dynamic-rpc', why: 'sampled', reply: unknown, attempts: 1 } as const;
    const given: HostEvidence = {
      ...silent({ echo: { kind: 'no-reply', waitedMs: 1 } }),
      ports: [
        { ...dynamic, port: 1100 },
        { ...dynamic, port: 50_000 },
      ],
      mapped: [
        { from: 1025, to: 1100, state: 'reachable', exact: true },
        { from: 1101, to: 65_535, state: 'filtered', exact: true },
      ],
    };
    expect(judge(given).ranges).toEqual([{ from: 1025, to: 65_535, state: 'unknown', exact: false }]);
  });

  it('counts for coverage only ports that say something, and keeps the bound above what was seen', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { coverage, ports } = judge(given);
        const telling = ports.filter(({ state }) => state !== 'unknown').length;
        expect(coverage.sampled).toBeLessThanOrEqual(telling);
        expect(coverage.filtered).toBeLessThanOrEqual(coverage.sampled);
        expect(coverage.upperBound95).toBeGreaterThanOrEqual(coverage.filtered / coverage.population);
        expect(coverage.upperBound95).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('lets nothing that a peer said into a reason or a command, but for plain addresses', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { because, remedies } = judge(given);
        const words = [
          ...because.map(({ text }) => text),
          ...remedies.flatMap(({ text, title, commands }) => [text, title, ...commands]),
        ].join('\n');
        for (const piece of [HOSTILE, '\u001b', '\u202e', 'reboot', '`']) expect(words).not.toContain(piece);
      }),
      { numRuns: 500 },
    );
  });

  it('asks for what is needed only: nothing to open on the way when the host itself rejects', () => {
    fc.assert(
      fc.property(evidence(reply), (given) => {
        const { requirements, remedies, verdict } = judge(given);
        const ids = remedies.map(({ id }) => id);
        if (verdict === 'blocked') expect(ids).not.toContain('check-on-novice');
        if (ids.includes('open-network-filter')) {
          const rules = requirements.filter(({ state }) => state === 'fail').map(({ rule }) => rule);
          // A reset that nobody knows to be the host's may be a firewall's.
          const isDoubted = given.ports.some(
            ({ why, reply }) => why === 'required' && reply.kind === 'refused' && !isShownRefusal(reply),
          );
          if (!isDoubted) expect(rules.filter((rule) => !/-(refused|foreign)$/.test(rule))).not.toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
