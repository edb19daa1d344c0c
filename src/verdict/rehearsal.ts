import type { RequirementName } from '../model/evidence.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Rehearsal } from '../model/rehearsal.ts';
import {
  CLEAR_SO_FAR,
  type HostReport,
  type RehearsalReport,
  type Report,
  type Summary,
} from '../model/report.ts';
import { noShownCounts, shownVerdict } from '../model/shown-verdict.ts';
import type { RuleName } from './rules.ts';

/** What an HRESULT means; null for one that no table has. */
export type Explain = (hresult: number) => Explanation | null;

/** Said with every result until it has been run against a real novice. */
const UNTRIED = 'The rehearsal is written from the documents, not yet run by us on Windows.';

const codeOf = (hresult: number): string => `0x${hresult.toString(16).toUpperCase().padStart(8, '0')}`;

const meaning = (hresult: number, explain: Explain): string => {
  const known = explain(hresult);
  return known
    ? `${codeOf(hresult)}${known.name === null ? '' : ` ${known.name}`}: ${known.cause}`
    : `${codeOf(hresult)}, which is not a known error of offers.`;
};

const isFailure = (hresult: number): boolean => hresult >= 0x8000_0000;

interface Judged {
  readonly rule: RuleName;
  readonly report: RehearsalReport;
}

const judged = (rehearsal: Rehearsal, explain: Explain): Judged => {
  if (rehearsal.kind === 'no-answer') {
    const text = `The rehearsal of the offer gave no result: ${rehearsal.why}. ${UNTRIED}`;
    return { rule: 'rehearsal-unknown', report: { says: 'unknown', code: null, text } };
  }
  const { activation, call } = rehearsal;
  if (isFailure(activation)) {
    const text = `The rehearsal of the offer failed when Remote Assistance was activated over TCP 135: ${meaning(activation, explain)} ${UNTRIED}`;
    return { rule: 'rehearsal-failed', report: { says: 'fails', code: codeOf(activation), text } };
  }
  if (call === null || isFailure(call)) {
    const why = call === null ? 'no result.' : meaning(call, explain);
    const text = `The rehearsal of the offer activated Remote Assistance over TCP 135, so this account may do that, but the first call to it over its dynamic port failed: ${why} ${UNTRIED}`;
    const code = call === null ? null : codeOf(call);
    return { rule: 'rehearsal-call-failed', report: { says: 'fails', code, text } };
  }
  const text = `The rehearsal of the offer activated Remote Assistance on the novice and called it: for this account that proves TCP 135, the activation, the DCOM permissions, the helper list and the dynamic port of the object together; the session takes another port of the same range. ${UNTRIED}`;
  return { rule: 'rehearsal-works', report: { says: 'works', code: codeOf(call), text } };
};

/** What the two steps of an offer went through. The class is that of Vista and later, which need no TCP 3389. */
const PROVEN: ReadonlySet<RequirementName> = new Set(['endpoint-mapper', 'dynamic-rpc']);

/**
 * The report on a host in the light of a rehearsal. What worked settles what silence left open: ready, likely, since the session takes
 * another port. A failure is a reason beside the others: what fails may be the account and not the network. What probes decided stays.
 */
export const withRehearsal = (report: HostReport, rehearsal: Rehearsal, explain: Explain): HostReport => {
  const { rule, report: said } = judged(rehearsal, explain);
  const reason = { rule, text: said.text, ports: [] };
  if (said.says !== 'works' || report.verdict !== 'undetermined')
    return { ...report, because: [...report.because, reason], rehearsal: said };
  const open = report.requirements.filter(({ state }) => state === 'undetermined');
  const isSettled = (one: HostReport['requirements'][number]): boolean =>
    open.includes(one) && PROVEN.has(one.name);
  return {
    ...report,
    verdict: 'ready',
    confidence: 'likely',
    byGeneration: { ...report.byGeneration, 'vista-or-later': 'ready' },
    because: [
      reason,
      ...report.because.filter(
        (one) => !open.some((requirement) => requirement.rule === one.rule) && one.rule !== CLEAR_SO_FAR,
      ),
    ],
    requirements: report.requirements.map((one) => {
      if (isSettled(one)) return { ...one, state: 'pass', confidence: 'likely', rule, text: said.text };
      return open.includes(one)
        ? {
            ...one,
            state: 'not-needed',
            confidence: 'likely',
            rule,
            text: 'Vista and later, whose class was activated, do not use TCP 3389.',
          }
        : one;
    }),
    rehearsal: said,
  };
};

const summaryOf = (hosts: readonly HostReport[]): Summary => {
  const counts = noShownCounts();
  for (const host of hosts) counts[shownVerdict(host)] += 1;
  const { ready, blocked, unreachable, 'clear-so-far': clearSoFar } = counts;
  const undetermined = counts.undetermined + clearSoFar;
  return { hosts: hosts.length, ready, blocked, undetermined, clearSoFar, unreachable };
};

/** A report with its hosts replaced, and counted anew. */
export const withHosts = (report: Report, hosts: readonly HostReport[]): Report => ({
  ...report,
  hosts,
  summary: summaryOf(hosts),
});
