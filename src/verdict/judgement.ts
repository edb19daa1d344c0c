import type { HostEvidence } from '../model/evidence.ts';
import { GENERATIONS, type Generation, type Plan } from '../model/plan.ts';
import type { Because, Coverage, HostReport, RequirementReport, Verdict } from '../model/report.ts';
import { inRange, type PortRange } from '../model/target.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { coverageOf } from './coverage.ts';
import { guessGeneration } from './generation.ts';
import { hostFactsOf } from './host-facts.ts';
import { ruleHost } from './host-ruling.ts';
import { notesOn } from './notes.ts';
import { pathReport } from './path.ts';
import { type JudgedPort, judgedPorts, rangesOf } from './ranges.ts';
import { remediesFor } from './remedies/remedies.ts';
import type { Advice } from './remedies/situation.ts';
import { type Rulings, ruleRequirements } from './requirements.ts';

/** What the rules say about one host: its report without what is only passed on. Hosts that are alike share it. */
export interface Judgement
  extends Pick<
    HostReport,
    | 'verdict'
    | 'confidence'
    | 'novice'
    | 'byGeneration'
    | 'because'
    | 'requirements'
    | 'ranges'
    | 'coverage'
    | 'endpoints'
    | 'path'
  > {
  readonly advice: readonly Advice[];
}

/** Deciding reasons first: what fails, then what is in doubt, then what passes. */
const ORDER: readonly RequirementReport['state'][] = ['fail', 'undetermined', 'pass', 'not-needed'];

/** `said` of the host is not said again of a requirement. */
const reasons = (rulings: Rulings, said: Because | null): Because[] =>
  [...rulings.values()]
    .filter(({ rule }) => rule !== said?.rule)
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
    .map(({ rule, text, ports }) => ({ rule, text, ports }));

const requirementReports = (rulings: Rulings): RequirementReport[] =>
  [...rulings].map(([name, { state, confidence, rule, text }]) => ({ name, state, confidence, rule, text }));

/** What the sample proves. Ports whose silence says nothing, as on a stealthy host, prove nothing and do not count. */
const coverage = (rpcRange: PortRange, stands: readonly JudgedPort[]): Coverage => {
  const conclusive = stands.filter(
    ({ observation: { port, why }, state }) =>
      why === 'sampled' && state !== 'unknown' && inRange(port, rpcRange),
  );
  return coverageOf(
    rpcRange,
    conclusive.map(({ observation }) => observation.port),
    conclusive.filter(({ state }) => state !== 'reachable').length,
  );
};

/** Judges the evidence about one host by the ordered rules of docs/verdicts.md. What it reads of a plain host, evidence-key.ts must know; a test compares the two. */
export const judgementOf = (
  evidence: HostEvidence,
  plan: Plan,
  capabilities: WireCapabilities,
): Judgement => {
  const facts = hostFactsOf(evidence, plan, capabilities);
  const novice = guessGeneration(facts);
  const stands = judgedPorts(facts);
  const filtered = stands.filter(({ state }) => state === 'filtered' || state === 'mixed');
  const path = pathReport(
    facts.path,
    filtered.map(({ observation }) => observation),
  );
  const rulingsFor = ruleRequirements(facts, path.filters);
  const hostBy = ruleHost(facts);
  const rulings = rulingsFor(novice.generation);
  const host = hostBy(rulings);
  const verdictFor = (generation: Generation): Verdict => hostBy(rulingsFor(generation)).verdict;
  const judged = {
    facts,
    generation: novice.generation,
    rulings,
    verdict: host.verdict,
    reason: host.reason?.rule ?? null,
  };
  const notes = notesOn(judged);
  return {
    verdict: host.verdict,
    confidence: host.confidence,
    novice,
    byGeneration: Object.fromEntries(
      GENERATIONS.map((generation) => [generation, verdictFor(generation)]),
    ) as HostReport['byGeneration'],
    because: [
      ...(host.reason ? [host.reason] : []),
      ...(evidence.address === null ? [] : reasons(rulings, host.reason)),
      ...notes.filter(({ rule }) => rule !== host.reason?.rule),
    ],
    requirements: requirementReports(rulings),
    ranges: rangesOf(facts, stands),
    coverage: coverage(plan.rpcRange, stands),
    endpoints: facts.mapper?.endpoints ?? [],
    path,
    advice: remediesFor({
      ...judged,
      filters: path.filters,
      notes: new Set(notes.map(({ rule }) => rule)),
    }),
  };
};
