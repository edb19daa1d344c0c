import type { Novice, PolicyFinding, PolicyReport, PolicyState, PolicyVerdict } from '../model/policy.ts';

/** The novices as a person reads them. */
export const NOVICE_WORDS: Readonly<Record<Novice, string>> = {
  'xp-sp2': 'Windows XP SP2 and later',
  'xp-x64-sp1': 'Windows XP x64 SP1',
  'server-2003-sp1': 'Windows Server 2003 SP1',
  'vista-or-later': 'Windows Vista and later',
};

/** The verdict on a policy as a heading has it. */
export const POLICY_VERDICT_WORDS: Readonly<Record<PolicyVerdict, string>> = {
  ready: 'READY',
  blocked: 'BLOCKED',
  undetermined: 'UNDETERMINED',
};

/** How a setting stands, in a word. */
export const POLICY_STATE_WORDS: Readonly<Record<PolicyState, string>> = {
  ok: 'ok',
  wrong: 'WRONG',
  missing: 'MISSING',
  unknown: 'unknown',
};

const RANKS: Readonly<Record<PolicyState, number>> = { wrong: 0, missing: 1, unknown: 2, ok: 3 };

/** What decides first, the worst of it before the rest, then remarks. */
export const rankedFindings = ({ findings }: Pick<PolicyReport, 'findings'>): readonly PolicyFinding[] =>
  findings.toSorted((a, b) => Number(b.decides) - Number(a.decides) || RANKS[a.state] - RANKS[b.state]);

/** `base.pol, GPO Baseline, precedence 2`; empty where no file says it. */
export const sourceWords = ({ file, gpo, precedence }: PolicyFinding): string =>
  [
    file,
    gpo === null ? null : `GPO ${gpo}`,
    file === null || precedence === null ? null : `precedence ${precedence}`,
  ]
    .filter((part) => part !== null)
    .join(', ');

const VERDICT_SENTENCES: Readonly<Record<PolicyVerdict, string>> = {
  ready: 'the policy lets offers through, as far as these files show',
  blocked: 'the policy stops offers',
  undetermined: 'nothing in these files stops offers, but not all of it could be judged',
};

/** `the policy stops offers to Windows Vista and later` */
export const verdictSentence = ({ verdict, novice }: PolicyReport): string =>
  `${NOVICE_WORDS[novice]}: ${VERDICT_SENTENCES[verdict]}.`;
