import type { ExtraObservation, HostEvidence, PortObservation } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { portState } from '../model/reply.ts';
import type { ExtraReport, HostReport, PortReport } from '../model/report.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { evidenceKey } from './evidence-key.ts';
import { type Judgement, judgementOf } from './judgement.ts';
import { linkOf } from './link.ts';
import { withRemedies } from './remedies/silence-remedies.ts';
import { advise } from './remedies/situation.ts';

/** Judgements that are kept for hosts which are alike; a network has few kinds of hosts. */
const MOST_KEPT = 256;

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const senderOf = ({ reply }: PortObservation, address: string | null): string | null => {
  if (reply.kind === 'accepted') return address;
  if (reply.kind === 'refused')
    return reply.by === 'target' || reply.ttlMatch ? address : (reply.from ?? null);
  return reply.kind === 'rejected' && 'from' in reply.cause ? reply.cause.from : null;
};

const portReport = (observation: PortObservation, address: string | null): PortReport => {
  const { port, requirement, reply, attempts, flows, service, detail } = observation;
  const { state, reason } = portState(reply);
  return {
    port,
    requirement,
    state,
    reason,
    from: senderOf(observation, address),
    ttl: 'ttl' in reply ? (reply.ttl ?? null) : null,
    rttMs: 'rttMs' in reply ? round(reply.rttMs) : null,
    attempts,
    flows: flows
      ? { asked: flows.asked, answered: flows.answered }
      : { asked: 1, answered: reply.kind === 'silent' || reply.kind === 'unknown' ? 0 : 1 },
    service: service ?? null,
    detail: detail ?? (reply.kind === 'unknown' ? reply.fault.text : null),
  };
};

const extraReport = ({ reply, service, detail, ...rest }: ExtraObservation): ExtraReport => ({
  ...rest,
  ...portState(reply),
  rttMs: 'rttMs' in reply ? round(reply.rttMs) : null,
  service: service ?? null,
  detail: detail ?? (reply.kind === 'unknown' ? reply.fault.text : null),
});

const reportOf = (evidence: HostEvidence, judgement: Judgement): HostReport => {
  const { address, ports } = evidence;
  const report: HostReport = {
    target: evidence.target.text,
    address,
    names: evidence.names,
    verdict: judgement.verdict,
    confidence: judgement.confidence,
    novice: judgement.novice,
    byGeneration: judgement.byGeneration,
    because: judgement.because,
    requirements: judgement.requirements,
    ports: ports.map((one) => portReport(one, address)),
    ranges: judgement.ranges,
    coverage: judgement.coverage,
    endpoints: judgement.endpoints,
    path: judgement.path,
    remedies: [],
    ...(evidence.extras && { extra: evidence.extras.map(extraReport) }),
  };
  return withRemedies(report, advise(judgement.advice, address));
};

/**
 * What the evidence about one host means: the verdict by the ordered rules of docs/verdicts.md, why, how sure, and what
 * to change. Pure; the same evidence always gives the same report.
 */
export const judgeHost = (evidence: HostEvidence, plan: Plan, capabilities: WireCapabilities): HostReport =>
  reportOf(evidence, judgementOf(evidence, plan, capabilities));

/**
 * The same for the hosts of one run. An audit meets thousands of hosts of a few kinds, so hosts that are alike share what
 * the rules say of them; those parts of a report are the same objects, and nobody may change them.
 */
export const judgeHosts = (
  plan: Plan,
  capabilities: WireCapabilities,
): ((evidence: HostEvidence) => HostReport) => {
  const kept = new Map<string, Judgement>();
  return (evidence) => {
    const key = evidenceKey(evidence, linkOf(plan, evidence.address));
    if (key === null) return judgeHost(evidence, plan, capabilities);
    const known = kept.get(key);
    if (known) return reportOf(evidence, known);
    const judgement = judgementOf(evidence, plan, capabilities);
    if (kept.size === MOST_KEPT) kept.clear();
    kept.set(key, judgement);
    return reportOf(evidence, judgement);
  };
};
