import type { PolicyFacts } from '../policy-facts.ts';
import { KEYS } from '../required.ts';
import type { SetValue } from '../setting.ts';

/** An exception as the lists of XP and Server 2003 hold it: `135:TCP:*:Enabled:Offer Remote Assistance`. */
export interface Exception {
  /** `135:TCP`, or the path of a program in small letters with its variables resolved. */
  readonly what: string;
  readonly scope: string;
  readonly isEnabled: boolean;
  readonly value: SetValue;
}

const PORT = /^\s*(\d{1,5})\s*:\s*(TCP|UDP)\s*:([^:]*):\s*(enabled|disabled)\s*:(.*)$/i;
const PROGRAM = /^\s*((?:[a-z]:)?[^:]+?)\s*:([^:]*):\s*(enabled|disabled)\s*:(.*)$/i;

const ADDRESS = /^(\d{1,3}\.){3}\d{1,3}(\/(\d{1,2}|(\d{1,3}\.){3}\d{1,3}))?$/;
const isScope = (text: string): boolean =>
  text === '*' ||
  text.split(',').every((part) => /^localsubnet$/i.test(part.trim()) || ADDRESS.test(part.trim()));

/** A path in small letters with the folder of Windows in its place. */
export const programPath = (path: string): string =>
  path
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replaceAll('/', '\\')
    .toLowerCase()
    .replace(/^%(windir|systemroot)%/, 'c:\\windows')
    .replace(/^[a-z]:\\(windows|winnt)\\/, 'c:\\windows\\');

const portOf = (value: SetValue): Exception | null => {
  const [, port = '', protocol = '', scope = '', status = ''] = PORT.exec(textOf(value)) ?? [];
  if (port === '' || Number(port) > 65_535 || !isScope(scope.trim())) return null;
  const what = `${Number(port)}:${protocol.toUpperCase()}`;
  return { what, scope: scope.trim(), isEnabled: status.toLowerCase() === 'enabled', value };
};

const programOf = (value: SetValue): Exception | null => {
  const [, path = '', scope = '', status = ''] = PROGRAM.exec(textOf(value)) ?? [];
  if (path === '' || !isScope(scope.trim())) return null;
  return {
    what: programPath(path),
    scope: scope.trim(),
    isEnabled: status.toLowerCase() === 'enabled',
    value,
  };
};

/** Of a policy, name and data of the value are the same text; a computer keeps `135:TCP` as the name. */
const textOf = ({ data, name }: SetValue): string => (typeof data === 'string' ? data : name);

/** One list of exceptions, as it counts. */
export interface ExceptionList {
  readonly exceptions: readonly Exception[];
  readonly malformed: readonly SetValue[];
  /** Entries that do not count, for the policy that would hold them is disabled. */
  readonly ignored: readonly Exception[];
  /** Whether a policy holds the list, or whether there is any at all. */
  readonly isDefined: boolean;
}

const LOCAL = 'SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\DomainProfile';

const listOf = (
  facts: PolicyFacts,
  policyKey: string,
  localKey: string,
  read: (value: SetValue) => Exception | null,
): ExceptionList => {
  const enabled = facts.find(policyKey, 'Enabled').value;
  const merges = facts.find(policyKey, 'AllowUserPrefMerge').value;
  const policy = facts.within(`${policyKey}\\List`);
  const isOff = enabled?.data === 0;
  const local = facts.within(`${LOCAL}\\${localKey}\\List`);
  // Without the policy, what administrators of the computer set counts; with it, only where it is let in.
  const countsLocal = merges ? merges.data !== 0 : !enabled && policy.length === 0;
  const counted = [...(isOff ? [] : policy), ...(countsLocal ? local : [])];
  const readAll = (values: readonly SetValue[]): Exception[] => values.flatMap((value) => read(value) ?? []);
  return {
    exceptions: readAll(counted),
    malformed: counted.filter((value) => read(value) === null),
    ignored: readAll([...(isOff ? policy : []), ...(countsLocal ? [] : local)]),
    isDefined: enabled !== null || policy.length > 0,
  };
};

/** The port exceptions of the Domain profile. */
export const portExceptions = (facts: PolicyFacts): ExceptionList =>
  listOf(facts, KEYS.ports, 'GloballyOpenPorts', portOf);

/** The program exceptions of the Domain profile. */
export const programExceptions = (facts: PolicyFacts): ExceptionList =>
  listOf(facts, KEYS.programs, 'AuthorizedApplications', programOf);
