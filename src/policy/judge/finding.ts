import type { Novice, PolicyCode, PolicyFinding, PolicyState } from '../../model/policy.ts';
import { quoted } from '../../text/quoted.ts';
import type { PolicyFacts, SettingFound } from '../policy-facts.ts';
import type { Data, SetValue, Source } from '../setting.ts';
import { REG } from '../setting.ts';

/** What every judge is given. */
export interface Case {
  readonly facts: PolicyFacts;
  readonly novice: Novice;
}

/** Looks at one part of the policy, and says what it found. */
export type Judge = (subject: Case) => readonly PolicyFinding[];

interface Parts {
  readonly code: PolicyCode;
  readonly state: PolicyState;
  readonly setting: string;
  readonly text: string;
  readonly source?: Source | null | undefined;
  readonly value?: string | null;
  readonly expected?: string | null;
  readonly where?: string | null;
  readonly control?: string | null;
  readonly remedy?: string | null;
  readonly decides?: boolean;
  readonly certain?: boolean;
  readonly ports?: readonly number[];
  readonly profiles?: readonly string[];
}

/** A finding; what is not given is null or empty, it does not decide, and what is missing is not certain. */
export const finding = ({ code, state, setting, text, source, ...rest }: Parts): PolicyFinding => ({
  code,
  setting,
  state,
  value: rest.value ?? null,
  expected: rest.expected ?? null,
  file: source?.file ?? null,
  gpo: source?.gpo ?? null,
  precedence: source?.precedence ?? null,
  control: rest.control ?? null,
  where: rest.where ?? null,
  text,
  remedy: rest.remedy ?? null,
  decides: rest.decides ?? false,
  certain: rest.certain ?? (state !== 'missing' && state !== 'unknown'),
  ports: rest.ports ?? [],
  profiles: rest.profiles ?? [],
});

/** `HKLM\SOFTWARE\...\fAllowUnsolicited` */
export const placeOf = (key: string, name: string): string =>
  `HKLM\\${key}\\${name === '' ? '(default)' : name}`;

/** Longest value that is repeated in a finding, characters. */
const MOST_SHOWN = 400;

/** Registry data as a person reads it. */
export const dataWords = (data: Data): string => {
  const text =
    data instanceof Uint8Array
      ? Buffer.from(data.subarray(0, MOST_SHOWN)).toString('hex')
      : Array.isArray(data)
        ? data.slice(0, MOST_SHOWN).join(', ')
        : String(data);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
};

/** Who said it: the file, or who said that it is not there. */
export const sourceOf = ({ value, deletedBy }: SettingFound): Source | null => value?.source ?? deletedBy;

/** Whether a value that is not there was looked for, in a file that lists its key in full or deletes it. */
export const isAbsent = (facts: PolicyFacts, key: string, found: SettingFound): boolean =>
  found.deletedBy !== null || facts.covers(key);

/** Whether what is missing is missing for certain: deleted by a policy, or looked for on the computer. */
export const isGone = (facts: PolicyFacts, key: string, found: SettingFound): boolean =>
  found.deletedBy !== null || facts.knows(key);

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [REG.none]: 'REG_NONE',
  [REG.sz]: 'REG_SZ',
  [REG.expandSz]: 'REG_EXPAND_SZ',
  [REG.binary]: 'REG_BINARY',
  [REG.dword]: 'REG_DWORD',
  [REG.multiSz]: 'REG_MULTI_SZ',
  [REG.qword]: 'REG_QWORD',
};

const typeName = (type: number): string => TYPE_NAMES[type] ?? `type ${type}`;

/** A finding that a value has another registry type than Windows reads. */
export const wrongType = (
  value: SetValue,
  setting: string,
  expected: number,
  decides: boolean,
): PolicyFinding =>
  finding({
    code: 'wrong-type',
    state: 'wrong',
    setting,
    source: value.source,
    value: `${typeName(value.type)} ${dataWords(value.data)}`,
    expected: typeName(expected),
    where: placeOf(value.key, value.name),
    text: `${value.name} is a ${typeName(value.type)}; Windows reads a ${typeName(expected)}.`,
    remedy: `Set ${value.name} as ${typeName(expected)}.`,
    decides,
  });

/** The number of a REG_DWORD, null where the value is of another type. */
export const dwordOf = (value: SetValue): number | null =>
  value.type === REG.dword && typeof value.data === 'number' ? value.data : null;

/** A name or text from a file as it may stand in a sentence. */
export const named = (text: string): string => quoted(text, 120);

const UNJUDGED: Readonly<Record<'localised-report' | 'not-judged', { text: string; remedy: string }>> = {
  'localised-report': {
    text: 'is not known: localised report, give Registry.pol.',
    remedy: 'Give the Registry.pol of the GPO, or what the script of ra-preflight policy collector writes.',
  },
  'not-judged': {
    text: 'is not known: these files hold no policies of administrative templates.',
    remedy:
      'Give the Registry.pol of the GPO too, or what the script of ra-preflight policy collector writes.',
  },
};

/**
 * A finding that a setting which no file has cannot be known: a report names policies in another language than English, or no
 * file can hold policies. Null where it is not configured.
 */
export const unjudged = (
  { isLocalised, readsPolicies }: PolicyFacts,
  setting: string,
  where: string,
  expected: string | null,
): PolicyFinding | null => {
  if (!isLocalised && readsPolicies) return null;
  const code = isLocalised ? 'localised-report' : 'not-judged';
  const { text, remedy } = UNJUDGED[code];
  return finding({
    code,
    state: 'unknown',
    setting,
    expected,
    where,
    text: `${setting} ${text}`,
    remedy,
    decides: true,
  });
};
