import type { PolicyFinding } from '../../model/policy.ts';
import type { PolicyFacts } from '../policy-facts.ts';
import { KEYS } from '../required.ts';
import type { FirewallProfile, Source } from '../setting.ts';
import { finding, placeOf } from './finding.ts';

/** A switch of the firewall, and who set it. */
interface Switch {
  readonly isOn: boolean;
  readonly source: Source;
  readonly where: string;
}

/** How the Domain profile is set as a whole; null for what no file sets. */
export interface DomainProfile {
  readonly firewall: Switch | null;
  /** Off: "do not allow exceptions", "block all connections". */
  readonly inboundRules: Switch | null;
  /** On: what no rule names is let in. */
  readonly inboundByDefault: Switch | null;
  readonly localRules: Switch | null;
}

/** Where a computer keeps what no policy sets. */
const LOCAL_KEY =
  'SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\DomainProfile';

/** A switch of the registry; `on` is the number that means on, all others mean off. */
const switchOf = (
  facts: PolicyFacts,
  key: string,
  name: string,
  on: (value: number) => boolean,
): Switch | null => {
  const { value } = facts.find(key, name);
  return value && typeof value.data === 'number'
    ? { isOn: on(value.data), source: value.source, where: placeOf(key, name) }
    : null;
};

/** The Domain profile: by policy, else as the collector saw it, else as the registry of the computer has it. */
export const domainProfile = (facts: PolicyFacts): DomainProfile => {
  const collected = facts.profiles.findLast(({ profile }) => profile === 'domain');
  const find = (
    name: string,
    on: (value: number) => boolean,
    read: (profile: FirewallProfile) => boolean | null,
  ): Switch | null => {
    const policy = switchOf(facts, KEYS.domainProfile, name, on);
    if (policy) return policy;
    const isOn = collected ? read(collected) : null;
    if (collected && isOn !== null)
      return { isOn, source: collected.source, where: 'Domain profile of the firewall' };
    return switchOf(facts, LOCAL_KEY, name, on);
  };
  return {
    firewall: find(
      'EnableFirewall',
      (value) => value !== 0,
      ({ enabled }) => enabled,
    ),
    inboundRules: find(
      'DoNotAllowExceptions',
      (value) => value === 0,
      ({ inboundRules }) => inboundRules,
    ),
    inboundByDefault: find(
      'DefaultInboundAction',
      (value) => value === 0,
      ({ defaultInbound }) => (defaultInbound === null ? null : defaultInbound === 'allow'),
    ),
    localRules: find(
      'AllowLocalPolicyMerge',
      (value) => value !== 0,
      ({ localRules }) => localRules,
    ),
  };
};

const SETTING = 'Windows Firewall: Protect all network connections (Domain Profile)';

/**
 * What the profile as a whole says: a finding that settles the firewall, so that no exception matters; null where exceptions
 * decide.
 */
export const settledBy = ({ firewall, inboundRules }: DomainProfile): PolicyFinding | null => {
  if (firewall && !firewall.isOn)
    return finding({
      code: 'firewall-off',
      state: 'ok',
      setting: SETTING,
      source: firewall.source,
      where: firewall.where,
      value: 'off',
      ports: [135, 3389],
      text: 'The firewall is off in the Domain profile: it stops nothing there.',
      decides: true,
    });
  if (inboundRules && !inboundRules.isOn)
    return finding({
      code: 'exceptions-forbidden',
      state: 'wrong',
      setting: 'Windows Firewall: Do not allow exceptions (Domain Profile)',
      source: inboundRules.source,
      where: inboundRules.where,
      value: 'on',
      expected: 'off',
      ports: [135, 3389],
      profiles: ['domain'],
      text: 'The firewall lets in nothing at all in the Domain profile, whatever exceptions and rules say.',
      remedy:
        'Disable "Windows Firewall: Do not allow exceptions", or allow inbound rules in the Domain profile.',
      decides: true,
    });
  return null;
};

/** A finding that everybody in a scope is let in, but others are not. */
export const assumedScope = (scopes: readonly string[]): PolicyFinding[] => {
  const named = [...new Set(scopes)];
  return named.length === 0
    ? []
    : [
        finding({
          code: 'assumed',
          state: 'unknown',
          setting: 'Windows Firewall: scope of the exceptions',
          value: named.slice(0, 8).join('; '),
          text: `Assumed: the expert's address is in ${named.slice(0, 4).join('; ')}. The firewall drops offers from anywhere else.`,
        }),
      ];
};
