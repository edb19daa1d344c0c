import {
  type Novice,
  POLICY_SCHEMA,
  type PolicyFinding,
  type PolicyReport,
  type PolicyVerdict,
} from '../../model/policy.ts';
import { policyFactsOf } from '../policy-facts.ts';
import type { PolicyFile } from '../setting.ts';
import { CONNECTIONS } from './connections.ts';
import { DCOM_LIMITS } from './dcom-limits.ts';
import { finding, type Judge } from './finding.ts';
import { FIREWALL_LEGACY } from './firewall-legacy.ts';
import { FIREWALL_RULES } from './firewall-rules.ts';
import { NEAR_MISS } from './near-miss.ts';
import { OFFERS } from './offers.ts';
import { REMARKS } from './remarks.ts';
import { RPC } from './rpc.ts';

const firewall: Judge = (subject) =>
  subject.novice === 'vista-or-later' ? FIREWALL_RULES(subject) : FIREWALL_LEGACY(subject);

/** In the order in which findings are listed. */
const JUDGES: readonly Judge[] = [
  ...OFFERS,
  ...CONNECTIONS,
  DCOM_LIMITS,
  ...RPC,
  firewall,
  NEAR_MISS,
  ...REMARKS,
];

/** One requirement that fails blocks; one that is not known leaves it open. */
const verdictOf = (findings: readonly PolicyFinding[]): PolicyVerdict => {
  const deciding = findings.filter(({ decides }) => decides);
  if (deciding.some(({ state }) => state === 'wrong' || state === 'missing')) return 'blocked';
  return deciding.some(({ state }) => state === 'unknown') ? 'undetermined' : 'ready';
};

/** Remarks of one code that are listed; a file may hold thousands of broken entries. */
const MOST_ALIKE = 50;

/** The findings with the remarks of each code bounded, and how many were left out. */
const bounded = (findings: readonly PolicyFinding[]): PolicyFinding[] => {
  const counts = new Map<string, number>();
  const listed = findings.filter(({ code, decides }) => {
    if (decides) return true;
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MOST_ALIKE;
  });
  const left = [...counts].filter(([, count]) => count > MOST_ALIKE);
  return [
    ...listed,
    ...left.map(([code, count]) =>
      finding({
        code: 'not-judged',
        state: 'unknown',
        setting: 'Further remarks',
        text: `${count - MOST_ALIKE} more findings with the code ${code} are left out.`,
      }),
    ),
  ];
};

/** Without a word about the novice, the Windows of today is meant. */
const USUAL: Novice = 'vista-or-later';

const assumedNovice = finding({
  code: 'assumed',
  state: 'unknown',
  setting: 'Windows of the novice',
  value: USUAL,
  text: 'Assumed: the novice runs Windows Vista or later. XP and Server 2003 need other settings (--novice).',
});

/**
 * What policy files mean for offers to one kind of novice, null where it was not given. The files come in the order in which
 * Windows would apply them: a later one wins.
 */
export const judgePolicy = (files: readonly PolicyFile[], novice: Novice | null): PolicyReport => {
  const facts = policyFactsOf(files);
  const found = bounded(JUDGES.flatMap((judge) => judge({ facts, novice: novice ?? USUAL })));
  const findings = novice === null ? [...found, assumedNovice] : found;
  return { schema: POLICY_SCHEMA, novice: novice ?? USUAL, verdict: verdictOf(findings), findings };
};
