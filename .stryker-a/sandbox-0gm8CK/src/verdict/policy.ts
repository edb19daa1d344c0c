import { GENERATIONS, type Generation } from '../model/plan.ts';
import type { HostPolicy, Novice, PolicyFinding, PolicyReport, PolicyVerdict } from '../model/policy.ts';
import type { Because, HostReport } from '../model/report.ts';
import { contradictionsOf } from './policy-contradictions.ts';
import { afterPolicy, forPolicy } from './remedies/next-steps.ts';

/** The kinds of novice that each generation holds, the likelier first. */
const NOVICES_OF: Readonly<Record<Generation, readonly Novice[]>> = {
  'vista-or-later': ['vista-or-later'],
  'xp-2003': ['xp-sp2', 'xp-x64-sp1', 'server-2003-sp1'],
};
const LIKELY: readonly Generation[] = ['vista-or-later', 'xp-2003'];

const MILDNESS: Readonly<Record<PolicyVerdict, number>> = { ready: 0, undetermined: 1, blocked: 2 };

/** What forbids offers for certain. */
const prohibitions = ({ findings }: Pick<PolicyReport, 'findings'>): PolicyFinding[] =>
  findings.filter(
    ({ decides, certain, state }) => decides && certain && (state === 'wrong' || state === 'missing'),
  );

const sourceWords = ({ file, gpo }: PolicyFinding): string =>
  file === null ? '' : ` (${[file, gpo === null ? null : `GPO ${gpo}`].filter(Boolean).join(', ')})`;

const reasonOf = (finding: PolicyFinding): Because => ({
  rule: `policy-${finding.code}`,
  text: `The policy stops offers: ${finding.setting}. ${finding.text}${sourceWords(finding)}`,
  ports: finding.ports,
});

/** What the files say of the hosts of some generations: the same object for all of them. */
const judgementFor = (
  reports: ReadonlyMap<Novice, PolicyReport>,
  generations: readonly Generation[],
): Omit<HostPolicy, 'contradictions'> | null => {
  const candidates = generations.flatMap((one) => NOVICES_OF[one]).flatMap((one) => reports.get(one) ?? []);
  const [mildest] = candidates.toSorted((a, b) => MILDNESS[a.verdict] - MILDNESS[b.verdict]);
  if (!mildest) return null;
  const { novice, verdict, findings } = mildest;
  const forbids = candidates.every((one) => prohibitions(one).length > 0);
  return { novice, verdict, forbids, findings };
};

/** The verdict of the network with the policy's word in it. Of a host that shows no life nobody knows whether it is there. */
const judged = (
  host: HostReport,
  policy: HostPolicy,
  byGeneration: HostReport['byGeneration'],
): HostReport => {
  const causes = policy.forbids ? prohibitions(policy) : [];
  const reasons = causes.map(reasonOf);
  const contradictions = policy.contradictions.map(({ code, text, ports }) => ({ rule: code, text, ports }));
  const because = host.because.map((one) =>
    one.rule === 'not-visible'
      ? {
          ...one,
          text: 'Group membership and the signed-in user cannot be checked remotely; see the checklist.',
        }
      : one,
  );
  const isBlocked = policy.forbids && (host.verdict === 'ready' || host.verdict === 'undetermined');
  return {
    ...host,
    verdict: isBlocked ? 'blocked' : host.verdict,
    confidence: isBlocked ? 'likely' : host.confidence,
    byGeneration,
    because: isBlocked
      ? [...reasons, ...contradictions, ...because]
      : [...because, ...contradictions, ...reasons],
    remedies:
      isBlocked || (causes.length > 0 && host.verdict === 'blocked')
        ? forPolicy(host.remedies, causes)
        : afterPolicy(host.remedies, policy),
    policy,
  };
};

/**
 * Joins what policy files say with what the network showed of a host. A policy that forbids offers for certain to every kind of
 * novice that the host may be blocks it; otherwise the verdict of the network stands. Reports of one novice each; hosts of a
 * generation share what is said of them.
 */
export const withPolicy = (reports: readonly PolicyReport[]): ((host: HostReport) => HostReport) => {
  const byNovice = new Map(reports.map((report) => [report.novice, report]));
  const shared = new Map([
    ...GENERATIONS.map((one) => [one, judgementFor(byNovice, [one])] as const),
    ['unknown', judgementFor(byNovice, LIKELY)] as const,
  ]);
  return (host) => {
    const policy = shared.get(host.novice.generation);
    if (!policy) return host;
    const byGeneration = Object.fromEntries(
      GENERATIONS.map((one) => {
        const verdict = host.byGeneration[one];
        const blocks = shared.get(one)?.forbids === true && verdict !== 'unreachable';
        return [one, blocks ? 'blocked' : verdict];
      }),
    ) as HostReport['byGeneration'];
    return judged(host, { ...policy, contradictions: contradictionsOf(host, policy) }, byGeneration);
  };
};
