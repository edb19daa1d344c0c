import type { PolicyFinding } from '../../model/policy.ts';
import { KEYS } from '../required.ts';
import { type Case, dataWords, finding, type Judge, placeOf, sourceOf } from './finding.ts';
import { type Ace, COM_RIGHTS, parseSddl } from './sddl.ts';

/** One of the two limits that a policy sets for the whole computer (KB884910). */
interface Limit {
  readonly name: 'MachineAccessRestriction' | 'MachineLaunchRestriction';
  readonly setting: string;
  /** What an expert needs of it. */
  readonly needed: number;
  readonly words: string;
}

const LIMITS: readonly Limit[] = [
  {
    name: 'MachineAccessRestriction',
    setting: 'DCOM: Machine Access Restrictions in SDDL syntax',
    needed: COM_RIGHTS.remote,
    words: 'remote access',
  },
  {
    name: 'MachineLaunchRestriction',
    setting: 'DCOM: Machine Launch Restrictions in SDDL syntax',
    needed: COM_RIGHTS.remote | COM_RIGHTS.activateRemote,
    words: 'remote launch and remote activation',
  },
];

/** Everyone, authenticated users, who comes over the network, domain users: every expert is among them. */
const EVERYBODY = /^(WD|AU|NU|DU|S-1-1-0|S-1-5-11|S-1-5-2|S-1-5-21(-\d+){3}-513)$/;
/** The system, its services, administrators and callers without an account: no helper is one for being a helper. */
const NOBODY =
  /^(SY|LS|NS|BA|DA|EA|LA|AN|CO|IU|LU|MU|S-1-5-18|S-1-5-19|S-1-5-20|S-1-5-4|S-1-5-7|S-1-5-32-(544|558|559)|S-1-15(-\d+)*|AC)$/;

/** With nothing but `execute`, an entry is of the time before the others and means all of them (MS-DCOM 3.2.1). */
const effective = (rights: number): number => (rights === COM_RIGHTS.execute ? 0x1f : rights);

type Ruling = 'grants' | 'denies' | 'unclear';

const ruleOn = (aces: readonly Ace[], needed: number): Ruling => {
  const touches = (ace: Ace): boolean => (effective(ace.rights) & needed) !== 0;
  const deny = aces.filter((ace) => ace.kind === 'deny' && touches(ace) && !NOBODY.test(ace.trustee));
  if (deny.some(({ trustee }) => EVERYBODY.test(trustee))) return 'denies';
  const allow = aces.filter((ace) => ace.kind === 'allow' && touches(ace));
  const broad = allow
    .filter(({ trustee }) => EVERYBODY.test(trustee))
    .reduce((bits, { rights }) => bits | effective(rights), 0);
  if ((broad & needed) === needed) return deny.length === 0 ? 'grants' : 'unclear';
  const others = allow.filter(({ trustee }) => !NOBODY.test(trustee));
  const possible = others.reduce((bits, { rights }) => bits | effective(rights), 0);
  return (possible & needed) === needed ? 'unclear' : 'denies';
};

const TEXTS: Readonly<Record<Ruling, (limit: Limit) => string>> = {
  grants: ({ words }) => `The policy grants ${words} to everybody who signs on.`,
  denies: ({ words }) =>
    `The policy grants ${words} to no helper: offers end with "Permission denied" (KB884910).`,
  unclear: ({ words }) =>
    `The policy grants ${words} to groups or accounts that may or may not include the helpers; their names do not say.`,
};
const CODES = {
  grants: 'dcom-limits-grant',
  denies: 'dcom-limits-deny',
  unclear: 'dcom-limits-unclear',
} as const;
const STATES = { grants: 'ok', denies: 'wrong', unclear: 'unknown' } as const;

const REMEDY = 'Add the group of the helpers to the policy, with remote rights, or leave it not defined.';

const judgeLimit = (limit: Limit, { facts }: Case): PolicyFinding => {
  const found = facts.find(KEYS.dcom, limit.name);
  const common = {
    setting: limit.setting,
    where: placeOf(KEYS.dcom, limit.name),
    source: sourceOf(found),
    value: found.value ? dataWords(found.value.data) : null,
  };
  const data = found.value?.data;
  // An empty text is how the policy is taken back.
  if (data === undefined || data === '')
    return finding({
      ...common,
      code: 'dcom-limits-default',
      state: 'ok',
      text: 'No policy sets it.',
    });
  const aces = typeof data === 'string' ? parseSddl(data) : null;
  if (aces === null)
    return finding({
      ...common,
      code: 'dcom-limits-invalid',
      state: 'unknown',
      text: 'The policy is not a valid security descriptor; what Windows makes of it is not documented.',
      remedy: REMEDY,
      decides: true,
    });
  const ruling = aces === 'open' ? 'grants' : ruleOn(aces, limit.needed);
  return finding({
    ...common,
    code: CODES[ruling],
    state: STATES[ruling],
    expected: limit.words,
    text: TEXTS[ruling](limit),
    remedy: ruling === 'grants' ? null : REMEDY,
    decides: true,
  });
};

/** The limits for DCOM that a policy may set for the whole computer. */
export const DCOM_LIMITS: Judge = (subject) => LIMITS.map((limit) => judgeLimit(limit, subject));
