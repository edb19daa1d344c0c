import type { PolicyFinding } from '../../model/policy.ts';
import { exceptionsFor, type RequiredException } from '../required.ts';
import type { FirewallRule } from '../setting.ts';
import { type Exception, portExceptions, programExceptions, programPath } from './exception-list.ts';
import { type Case, dataWords, finding, type Judge, named, unjudged } from './finding.ts';
import { assumedScope, type DomainProfile, domainProfile, settledBy } from './firewall-profile.ts';
import { isBuiltIn, isForAll, reachOf } from './rule-match.ts';

const SETTING = 'Windows Firewall with Advanced Security: inbound rules (Domain profile)';

/** `Remote Assistance (DCOM-In) [RemoteAssistance-DCOM-In-TCP-NoScope-Active]`, where the display name is no resource. */
const ruleName = ({ name, displayName }: FirewallRule): string =>
  displayName !== null && !displayName.startsWith('@') && displayName !== name
    ? `${displayName} [${name}]`
    : name;

const needOf = ({ port, program }: RequiredException): string =>
  port === null
    ? `${programPath(program ?? '')
        .split('\\')
        .at(-1)}`
    : `TCP ${port}`;

const portsOf = ({ port }: RequiredException): number[] => (port === null ? [] : [port]);

const remedyFor = ({ rule }: RequiredException): string =>
  `Enable the predefined rule ${rule?.name ?? ''} (group Remote Assistance) for the Domain profile in group policy.`;

/** What the rules of one novice are judged by. */
interface Rules {
  readonly subject: Case;
  readonly profile: DomainProfile;
  /** Rules that count: those of the computer itself only where they are merged. */
  readonly counted: readonly FirewallRule[];
  readonly ignored: readonly FirewallRule[];
  /** Exceptions of the old lists, which Windows still honours. */
  readonly old: readonly Exception[];
}

const inDomain = ({ profiles }: FirewallRule): boolean => profiles.includes('domain');

const about = (rule: FirewallRule, exception: RequiredException) => ({
  setting: SETTING,
  source: rule.source,
  where: ruleName(rule),
  value: `${rule.action}, ${rule.enabled ? 'active' : 'not active'}, ${rule.profiles.join('+')}`,
  expected: `allow, active, domain: ${needOf(exception)}`,
  decides: true,
  ports: portsOf(exception),
  profiles: rule.profiles,
});

/** Active rules that block go before all that allow, but for those that ask for authentication. */
const blocker = (rules: Rules, exception: RequiredException): PolicyFinding | null => {
  const active = rules.counted.filter(
    (rule) => rule.enabled && rule.action === 'block' && rule.direction === 'in' && inDomain(rule),
  );
  const whole = active.find((rule) =>
    rule.detail === 'whole'
      ? reachOf(rule, exception) === 'all' && isForAll(rule)
      : isBuiltIn(rule, exception),
  );
  if (whole)
    return finding({
      ...about(whole, exception),
      code: 'rule-blocks',
      state: 'wrong',
      text: `The active rule ${named(ruleName(whole))} blocks ${needOf(exception)}, and rules that block win.`,
      remedy: 'Disable or narrow this rule.',
    });
  const partly = active.find((rule) => rule.detail === 'name-only' || reachOf(rule, exception) !== 'none');
  return partly
    ? finding({
        ...about(partly, exception),
        code: 'not-judged',
        state: 'unknown',
        text:
          partly.detail === 'name-only'
            ? `The active rule ${named(ruleName(partly))} blocks something; its ports and programs are not in the file, so it may block ${needOf(exception)}.`
            : `The active rule ${named(ruleName(partly))} blocks ${needOf(exception)} for some callers or ports.`,
        remedy: 'Run the script of ra-preflight policy collector on the novice, and look at this rule.',
      })
    : null;
};

const allowing = (rules: Rules, exception: RequiredException): FirewallRule | undefined => {
  const fits = (rule: FirewallRule): boolean =>
    rule.detail === 'name-only' ? isBuiltIn(rule, exception) : reachOf(rule, exception) === 'all';
  const all = rules.counted.filter(
    (rule) =>
      rule.enabled && rule.action === 'allow' && inDomain(rule) && rule.direction === 'in' && fits(rule),
  );
  return all.find(isForAll) ?? all.find(({ conditions }) => conditions.length === 0) ?? all[0];
};

const oldException = (rules: Rules, exception: RequiredException): PolicyFinding | null => {
  const what = exception.port === null ? programPath(exception.program ?? '') : `${exception.port}:TCP`;
  const entry = rules.old.find((one) => one.what === what);
  if (!entry) return null;
  return finding({
    code: entry.isEnabled ? 'exception-present' : 'exception-disabled',
    state: entry.isEnabled ? 'ok' : 'wrong',
    setting: `Windows Firewall: Define inbound ${exception.port === null ? 'program' : 'port'} exceptions (Domain Profile)`,
    source: entry.value.source,
    value: dataWords(entry.value.data),
    where: `HKLM\\${entry.value.key}`,
    text: entry.isEnabled
      ? `An exception lets in ${needOf(exception)}.`
      : `The exception for ${needOf(exception)} is disabled.`,
    remedy: entry.isEnabled ? null : 'Set its status to Enabled.',
    decides: true,
    ports: portsOf(exception),
    profiles: ['domain'],
  });
};

/** The rule that comes next to allowing it, and why it does not. */
const nearest = (rules: Rules, exception: RequiredException): PolicyFinding | null => {
  const fits = (rule: FirewallRule): boolean =>
    rule.direction === 'in' &&
    rule.action === 'allow' &&
    (isBuiltIn(rule, exception) || (rule.detail === 'whole' && reachOf(rule, exception) === 'all'));
  const candidates = rules.counted
    .filter(fits)
    .toSorted((a, b) => Number(isBuiltIn(b, exception)) - Number(isBuiltIn(a, exception)));
  // A policy that was not given may hold another rule, unless all rules of the computer are known.
  const certain = rules.subject.facts.knowsLocalRules;
  const other = candidates.find((rule) => rule.enabled && !inDomain(rule));
  const off = candidates.find((rule) => !rule.enabled && inDomain(rule) && isBuiltIn(rule, exception));
  if (off)
    return finding({
      ...about(off, exception),
      code: 'rule-disabled',
      state: 'wrong',
      certain,
      text: `The rule ${named(ruleName(off))} for ${needOf(exception)} is not active.`,
      remedy: remedyFor(exception),
    });
  if (other)
    return finding({
      ...about(other, exception),
      code: 'rule-other-profile',
      state: 'wrong',
      certain,
      text: `The rule ${named(ruleName(other))} for ${needOf(exception)} counts in the profile ${other.profiles.join(' and ')} only, not in Domain.`,
      remedy: remedyFor(exception),
    });
  return null;
};

const missing = (rules: Rules, exception: RequiredException): PolicyFinding => {
  const { facts } = rules.subject;
  const where = exception.rule?.name ?? null;
  const common = {
    setting: SETTING,
    where,
    expected: `allow, active, domain: ${needOf(exception)}`,
    decides: true,
    ports: portsOf(exception),
  };
  const { localRules } = rules.profile;
  const ignored = rules.ignored.find(
    (rule) => rule.enabled && rule.action === 'allow' && isBuiltIn(rule, exception),
  );
  if (localRules && !localRules.isOn)
    return finding({
      ...common,
      code: 'local-rules-ignored',
      state: 'wrong',
      certain: facts.knowsLocalRules,
      source: localRules.source,
      value: ignored ? ruleName(ignored) : null,
      where: localRules.where,
      text: `No rule of group policy lets in ${needOf(exception)}, and the rules of the computer itself do not count (AllowLocalPolicyMerge is off).`,
      remedy: remedyFor(exception),
    });
  if (facts.knowsLocalRules)
    return finding({
      ...common,
      code: 'rule-missing',
      state: 'missing',
      certain: true,
      text: `No active rule lets in ${needOf(exception)} in the Domain profile.`,
      remedy: remedyFor(exception),
    });
  const unknown = facts.isLocalised ? unjudged(facts, SETTING, where ?? '', common.expected) : null;
  if (unknown) return unknown;
  return finding({
    ...common,
    code: 'not-judged',
    state: 'unknown',
    text: `These files hold no rule for ${needOf(exception)}, and not the rules of the computer itself. Since Windows 7 the group Remote Assistance is active in the Domain profile unless somebody changed it; on Vista it is not.`,
    remedy: `${remedyFor(exception)} Or run the script of ra-preflight policy collector on the novice.`,
  });
};

const judgeException = (rules: Rules, exception: RequiredException): PolicyFinding[] => {
  const blocked = blocker(rules, exception);
  const allowed = allowing(rules, exception);
  const openByDefault = rules.profile.inboundByDefault?.isOn === true;
  if (blocked?.state === 'wrong') return [blocked];
  if (allowed && allowed.conditions.length > 0)
    return [
      finding({
        ...about(allowed, exception),
        code: 'not-judged',
        state: 'unknown',
        text: `The rule ${named(ruleName(allowed))} lets in ${needOf(exception)} only under further conditions (${allowed.conditions.join(', ')}).`,
      }),
    ];
  const open = allowed
    ? finding({
        ...about(allowed, exception),
        code: 'rule-present',
        state: 'ok',
        text: `The rule ${named(ruleName(allowed))} lets in ${needOf(exception)}.`,
      })
    : (oldException(rules, exception) ??
      (openByDefault
        ? finding({
            code: 'inbound-allowed',
            state: 'ok',
            setting: 'Windows Firewall: inbound connections (Domain profile)',
            source: rules.profile.inboundByDefault?.source,
            where: rules.profile.inboundByDefault?.where ?? null,
            value: 'allow',
            ports: portsOf(exception),
            text: `The firewall lets in ${needOf(exception)}, as everything that no rule blocks.`,
            decides: true,
          })
        : (nearest(rules, exception) ?? missing(rules, exception))));
  return blocked ? [open, blocked] : [open];
};

/** Where the novice's networks were when the collector ran. */
const networks: Judge = ({ facts }) => {
  if (facts.networks.length === 0 || facts.networks.some(({ profile }) => profile === 'domain')) return [];
  const [first] = facts.networks;
  return [
    finding({
      code: 'network-not-domain',
      state: 'wrong',
      setting: 'Network category',
      source: first?.source,
      value: facts.networks
        .map(({ name, profile }) => `${name}: ${profile}`)
        .slice(0, 8)
        .join(', '),
      expected: 'domain',
      where: 'Get-NetConnectionProfile',
      text: 'No network of the novice was of the Domain profile when its policy was collected: rules of that profile did not count.',
      remedy: 'Connect the novice to its domain (a domain controller must answer), and collect again.',
      decides: true,
    }),
  ];
};

const nameOnly = (rules: readonly FirewallRule[]): PolicyFinding[] => {
  const bare = rules.find(({ detail }) => detail === 'name-only');
  return bare
    ? [
        finding({
          code: 'assumed',
          state: 'unknown',
          setting: SETTING,
          source: bare.source,
          text: 'Assumed: the rules named RemoteAssistance-... have the ports and programs that Windows gave them. Get-NetFirewallRule alone does not say; the script of ra-preflight policy collector does.',
        }),
      ]
    : [];
};

/** The firewall of Windows Vista and later: rules of the Domain profile. */
export const FIREWALL_RULES: Judge = (subject) => {
  const { facts, novice } = subject;
  const profile = domainProfile(facts);
  const settled = settledBy(profile);
  if (settled) return [settled, ...(settled.state === 'ok' ? [] : networks(subject))];
  const merges = profile.localRules?.isOn !== false;
  const counted = facts.rules.filter(({ store }) => store === 'policy' || merges);
  const rules: Rules = {
    subject,
    profile,
    counted,
    ignored: merges ? [] : facts.rules.filter(({ store }) => store === 'local'),
    old: [...portExceptions(facts).exceptions, ...programExceptions(facts).exceptions],
  };
  const used = exceptionsFor(novice);
  const scopes = used.flatMap((exception) => {
    const rule = allowing(rules, exception);
    return rule?.remoteAddresses ? [rule.remoteAddresses.slice(0, 8).join(', ')] : [];
  });
  return [
    ...used.flatMap((exception) => judgeException(rules, exception)),
    ...networks(subject),
    ...assumedScope(scopes),
    ...nameOnly(facts.rules),
  ];
};
