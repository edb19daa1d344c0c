import type { HostEvidence, PortObservation } from '../model/evidence.ts';
import { GENERATIONS, type Plan } from '../model/plan.ts';
import { isReachable, portState } from '../model/reply.ts';
import type { Because, Coverage, HostReport, PortReport, RequirementReport } from '../model/report.ts';
import { inRange } from '../model/target.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { coverageOf } from './coverage.ts';
import { type Facts, factsOf, isFiltered } from './facts.ts';
import { guessGeneration } from './generation.ts';
import { ruleHost } from './host.ts';
import { notesOn } from './notes.ts';
import { pathReport } from './path.ts';
import { rangesOf } from './ranges.ts';
import { remediesFor } from './remedies/remedies.ts';
import { ruleRequirements } from './requirements.ts';
import type { Ruling } from './ruling.ts';

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const senderOf = ({ reply }: PortObservation, address: string | null): string | null => {
  if (reply.kind === 'accepted') return address;
  if (reply.kind === 'refused') return reply.by === 'target' ? address : (reply.from ?? null);
  return reply.kind === 'rejected' && 'from' in reply.cause ? reply.cause.from : null;
};

const portReport = (observation: PortObservation, address: string | null): PortReport => {
  const { port, requirement, reply, attempts, service, detail } = observation;
  return {
    port,
    requirement,
    ...portState(reply),
    from: senderOf(observation, address),
    ttl: 'ttl' in reply ? (reply.ttl ?? null) : null,
    rttMs: 'rttMs' in reply ? round(reply.rttMs) : null,
    attempts,
    service: service ?? null,
    detail: detail ?? (reply.kind === 'unknown' ? reply.fault.text : null),
  };
};

const requirementReport = ({ state, confidence, rule, text }: Ruling): Omit<RequirementReport, 'name'> => ({
  state,
  confidence,
  rule,
  text,
});

/** Deciding reasons first: what fails, then what is in doubt, then what passes. */
const ORDER: readonly RequirementReport['state'][] = ['fail', 'undetermined', 'pass', 'not-needed'];

const reasons = (rulings: Iterable<Ruling>): Because[] =>
  [...rulings]
    .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
    .map(({ rule, text, ports }) => ({ rule, text, ports }));

/** What the sample proves. Ports whose silence says nothing, as on a stealthy host, prove nothing and do not count. */
const coverage = (facts: Facts, filtered: readonly PortObservation[]): Coverage => {
  const { rpcRange } = facts.plan;
  const telling = facts.evidence.ports.filter(
    (one) =>
      one.why === 'sampled' &&
      inRange(one.port, rpcRange) &&
      (isReachable(one.reply) || filtered.includes(one)),
  );
  const hit = telling.filter((one) => filtered.includes(one)).length;
  return coverageOf(
    rpcRange,
    telling.map(({ port }) => port),
    hit,
  );
};

/**
 * What the evidence about one host means: the verdict by the ordered rules of docs/verdicts.md, why, how sure, and what
 * to change. Pure; the same evidence always gives the same report.
 */
export const judgeHost = (evidence: HostEvidence, plan: Plan, capabilities: WireCapabilities): HostReport => {
  const facts = factsOf(evidence, plan, capabilities);
  const novice = guessGeneration(evidence, plan);
  const rulings = ruleRequirements(facts, novice.generation);
  const host = ruleHost(facts, rulings);
  const judged = { facts, generation: novice.generation, rulings, verdict: host.verdict };
  const notes = notesOn(judged);
  const filtered = evidence.ports.filter((one) => isFiltered(facts, one));
  const path = pathReport(facts.way, filtered);
  const byGeneration = GENERATIONS.map((generation) => [
    generation,
    ruleHost(facts, ruleRequirements(facts, generation)).verdict,
  ]);
  return {
    target: evidence.target.text,
    address: evidence.address,
    names: evidence.names,
    verdict: host.verdict,
    confidence: host.confidence,
    novice,
    byGeneration: Object.fromEntries(byGeneration) as HostReport['byGeneration'],
    because: [
      ...(host.reason ? [host.reason] : []),
      ...(evidence.address === null ? [] : reasons(rulings.values())),
      ...notes,
    ],
    requirements: [...rulings].map(([name, ruling]) => ({ name, ...requirementReport(ruling) })),
    ports: evidence.ports.map((one) => portReport(one, evidence.address)),
    ranges: rangesOf(facts),
    coverage: coverage(facts, filtered),
    endpoints: facts.mapper?.endpoints ?? [],
    path,
    remedies: remediesFor({
      ...judged,
      filters: path.filters,
      notes: new Set(notes.map(({ rule }) => rule)),
    }),
  };
};
