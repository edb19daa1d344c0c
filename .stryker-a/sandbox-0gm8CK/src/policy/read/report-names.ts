import { KEYS } from '../required.ts';
import { type Data, REG } from '../setting.ts';

/** A policy as gpresult and Get-GPOReport print it: by display names, in the language of the machine that made the report. */
export interface NamedPolicy {
  readonly name: string;
  readonly state: string;
  readonly category: string;
  /** What was chosen in its lists of choices. */
  readonly choices: readonly string[];
  /** What was typed into its fields. */
  readonly texts: readonly string[];
  /** The entries of its lists. */
  readonly entries: readonly string[];
}

/** A value to set, or to delete where there are no data. */
export interface NamedValue {
  readonly key: string;
  readonly name: string;
  readonly set: { readonly type: number; readonly data: Data } | null;
}

type Read = (policy: NamedPolicy, isOn: boolean) => readonly NamedValue[];

const dword = (key: string, name: string, data: number): NamedValue => ({
  key,
  name,
  set: { type: REG.dword, data },
});

const text = (key: string, name: string, data: string): NamedValue => ({
  key,
  name,
  set: { type: REG.sz, data },
});

const flag =
  (key: string, name: string, on: number, off: number): Read =>
  (_, isOn) => [dword(key, name, isOn ? on : off)];

/** A number by the words that stand for it. */
const chosen = (
  { choices }: NamedPolicy,
  meanings: readonly (readonly [words: RegExp, value: number])[],
): number | null => meanings.find(([words]) => choices.some((choice) => words.test(choice)))?.[1] ?? null;

const readOffer: Read = (policy, isOn) => {
  if (!isOn) return [dword(KEYS.terminalServices, 'fAllowUnsolicited', 0)];
  const control = chosen(policy, [
    [/remotely control/i, 1],
    [/only view/i, 0],
  ]);
  return [
    dword(KEYS.terminalServices, 'fAllowUnsolicited', 1),
    ...(control === null ? [] : [dword(KEYS.terminalServices, 'fAllowUnsolicitedFullControl', control)]),
    ...policy.entries.map((entry) => text(KEYS.helpers, entry, entry)),
  ];
};

const readRpcClients: Read = (policy, isOn) => {
  const value = chosen(policy, [
    [/without exceptions/i, 2],
    [/^authenticated$/i, 1],
    [/^none$/i, 0],
  ]);
  if (!isOn) return [{ key: KEYS.rpc, name: 'RestrictRemoteClients', set: null }];
  return value === null ? [] : [dword(KEYS.rpc, 'RestrictRemoteClients', value)];
};

const list =
  (key: string, entries: string): Read =>
  (policy, isOn) => [
    dword(key, 'Enabled', isOn ? 1 : 0),
    ...(isOn ? policy.entries.map((entry) => text(entries, entry, entry)) : []),
  ];

const withScope =
  (key: string): Read =>
  ({ texts: [scope] }, isOn) => [
    dword(key, 'Enabled', isOn ? 1 : 0),
    ...(isOn && scope !== undefined ? [text(key, 'RemoteAddresses', scope)] : []),
  ];

/** English names, of XP and of later Windows. */
const POLICIES: readonly (readonly [name: RegExp, read: Read])[] = [
  [/^(configure )?offer remote assistance$/i, readOffer],
  [/^(configure )?solicited remote assistance$/i, flag(KEYS.terminalServices, 'fAllowToGetHelp', 1, 0)],
  [
    /^allow users to connect remotely (by )?using (terminal|remote desktop) services$/i,
    flag(KEYS.terminalServices, 'fDenyTSConnections', 0, 1),
  ],
  [/^restrict(ions for)? unauthenticated rpc clients$/i, readRpcClients],
  [/^(enable )?rpc endpoint mapper client authentication$/i, flag(KEYS.rpc, 'EnableAuthEpResolution', 1, 0)],
];

const FIREWALL = /^windows (?:defender )?firewall: (.+)$/i;

/** The policies of the old firewall, which count in the profile that their category names. */
const FIREWALL_POLICIES: readonly (readonly [name: RegExp, read: Read])[] = [
  [/^protect all network connections$/i, flag(KEYS.domainProfile, 'EnableFirewall', 1, 0)],
  [/^do not allow exceptions$/i, flag(KEYS.domainProfile, 'DoNotAllowExceptions', 1, 0)],
  [/^define (inbound )?port exceptions$/i, list(KEYS.ports, KEYS.portList)],
  [/^define (inbound )?program exceptions$/i, list(KEYS.programs, KEYS.programList)],
  [/^allow (inbound )?remote desktop exceptions?$/i, withScope(KEYS.remoteDesktop)],
  [/^allow (inbound )?remote administration exceptions?$/i, withScope(KEYS.remoteAdmin)],
  [/^allow local port exceptions$/i, flag(KEYS.ports, 'AllowUserPrefMerge', 1, 0)],
  [/^allow local program exceptions$/i, flag(KEYS.programs, 'AllowUserPrefMerge', 1, 0)],
];

const isDomainProfile = (category: string): boolean => /domain profile$/i.test(category);

const readerOf = ({ name, category }: NamedPolicy): Read | null => {
  const own = POLICIES.find(([pattern]) => pattern.test(name));
  if (own) return own[1];
  const firewall = FIREWALL.exec(name)?.[1];
  if (firewall === undefined || !isDomainProfile(category)) return null;
  return FIREWALL_POLICIES.find(([pattern]) => pattern.test(firewall))?.[1] ?? null;
};

/** The registry values that a policy of an English report sets; none for policies that offers do not depend on. */
export const valuesOf = (policy: NamedPolicy): readonly NamedValue[] => {
  const state = policy.state.toLowerCase();
  if (state !== 'enabled' && state !== 'disabled') return [];
  return readerOf(policy)?.(policy, state === 'enabled') ?? [];
};

/** Words that the explanations of English policies cannot do without. */
const ENGLISH_WORDS = /\b(this (policy )?setting|if you (enable|disable)|at least|specifies|allows?|the)\b/i;

/** Categories that are spelled so in English only; `System` alone is German, Danish and Swedish too. */
const ENGLISH_CATEGORY =
  /^(windows components|control panel|network|printers|start menu and taskbar|desktop|shared folders|server|system\/(remote assistance|remote procedure call|logon|group policy|internet communication management|credentials delegation|device installation|early launch antimalware|power management|distributed com|user profiles|troubleshooting and diagnostics))(\/|$)/i;

/** Letters that no name of an English policy has. */
const FOREIGN_LETTER = /(?![a-z])\p{L}/iu;

/**
 * Whether a policy is printed in English: by the letters of its name and category, its explanation, else by its category. A report may hold both: templates of some
 * products have no translation.
 */
export const isEnglish = ({ name, category }: NamedPolicy, explanation: string): boolean => {
  if (FOREIGN_LETTER.test(name + category)) return false;
  if (explanation !== '') return ENGLISH_WORDS.test(explanation);
  if (POLICIES.some(([pattern]) => pattern.test(name)) || FIREWALL.test(name)) return true;
  return ENGLISH_CATEGORY.test(category);
};
