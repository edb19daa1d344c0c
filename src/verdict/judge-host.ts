import type { HostEvidence, PortObservation } from '../model/evidence.ts';
import { GENERATIONS, type Plan } from '../model/plan.ts';
import { portState } from '../model/reply.ts';
import type { Because, HostReport, PortReport, RequirementReport } from '../model/report.ts';
import { inRange } from '../model/target.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { coverageOf } from './coverage.ts';
import { factsOf, isFilterProven, isSilencedByInference } from './facts.ts';
import { guessGeneration } from './generation.ts';
import { ruleHost } from './host.ts';
import { notesOn } from './notes.ts';
import { pathReport } from './path.ts';
import { rangesOf } from './ranges.ts';
import { remediesFor } from './remedies.ts';
import { rule } from './requirements.ts';

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

/** Deciding reasons first: what fails, then what is in doubt, then what passes. */
const ORDER: readonly RequirementReport['state'][] = ['fail', 'undetermined', 'pass', 'not-needed'];

/**
 * What the evidence about one host means: the verdict by the ordered rules of docs/verdicts.md, why, how sure, and what
 * to change. Pure; the same evidence always gives the same report.
 */
export const judgeHost = (evidence: HostEvidence, plan: Plan, capabilities: WireCapabilities): HostReport => {
  const facts = factsOf(evidence, plan, capabilities);
  const novice = guessGeneration(evidence, plan);
  const rulings = rule(facts, novice.generation);
  const host = ruleHost(facts, rulings);
  const notes = notesOn(facts);
  const told = [...rulings.values()].toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const plainRulings = told.map(({ rule: name, text, ports }): Because => ({ rule: name, text, ports }));
  const filtered = evidence.ports.filter(
    (one) => isFilterProven(facts, one) || isSilencedByInference(facts, one),
  );
  const path = pathReport(facts.way, filtered);
  const sampled = evidence.ports.filter(
    ({ port, why, reply }) => why === 'sampled' && reply.kind !== 'unknown' && inRange(port, plan.rpcRange),
  );
  const asked = sampled.map(({ port }) => port);
  const byGeneration = GENERATIONS.map((generation) => [
    generation,
    ruleHost(facts, rule(facts, generation)).verdict,
  ]);
  const mapper = evidence.ports
    .map(({ finding }) => finding)
    .find((found) => found?.kind === 'endpoint-mapper');
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
      ...(evidence.address === null ? [] : plainRulings),
      ...notes,
    ],
    requirements: [...rulings].map(([name, { state, confidence, rule: decided, text }]) => ({
      name,
      state,
      confidence,
      rule: decided,
      text,
    })),
    ports: evidence.ports.map((one) => portReport(one, evidence.address)),
    ranges: rangesOf(facts),
    coverage: coverageOf(plan.rpcRange, asked, sampled.filter((one) => filtered.includes(one)).length),
    endpoints: mapper?.endpoints ?? [],
    path,
    remedies: remediesFor({
      facts,
      generation: novice.generation,
      verdict: host.verdict,
      rulings,
      filters: path.filters,
      notes: new Set(notes.map((note) => note.rule)),
    }),
  };
};
