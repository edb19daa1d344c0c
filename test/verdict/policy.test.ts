import { describe, expect, it } from 'vitest';
import { NOVICES, type PolicyFinding, type PolicyReport } from '../../src/model/policy.ts';
import type { HostReport, PortReport } from '../../src/model/report.ts';
import { withPolicy } from '../../src/verdict/policy.ts';
import { blocked, clear, ready, unreachable } from '../output/reports.ts';

const finding = (changes: Partial<PolicyFinding>): PolicyFinding => ({
  code: 'offers-enabled',
  setting: 'Offer Remote Assistance',
  state: 'ok',
  value: '1',
  expected: '1',
  file: 'a.pol',
  gpo: 'Help desk',
  precedence: 1,
  control: null,
  where: null,
  text: 'Offers are allowed.',
  remedy: null,
  decides: true,
  certain: true,
  ports: [],
  profiles: [],
  ...changes,
});

const allowed = finding({});
const mapper = finding({
  code: 'rule-present',
  ports: [135],
  profiles: ['domain'],
  text: 'A rule lets in TCP 135.',
});
const forbidden = finding({
  code: 'offers-disabled',
  state: 'wrong',
  text: 'The policy is disabled.',
  remedy: 'Enable the policy.',
});
const notSet = finding({
  code: 'offers-not-configured',
  state: 'missing',
  certain: false,
  file: null,
  gpo: null,
});

const report = (verdict: PolicyReport['verdict'], ...findings: readonly PolicyFinding[]) =>
  NOVICES.map((novice): PolicyReport => ({ schema: 'ra-preflight/policy@1', novice, verdict, findings }));

const apply = (host: HostReport, reports: readonly PolicyReport[]): HostReport => withPolicy(reports)(host);

const withPort = (host: HostReport, changes: Partial<PortReport> & Pick<PortReport, 'port'>): HostReport => ({
  ...host,
  ports: host.ports.map((one) => (one.port === changes.port ? { ...one, ...changes } : one)),
});

const codesOf = ({ policy }: HostReport) => policy?.contradictions.map(({ code }) => code);

describe('a policy that forbids offers for certain', () => {
  it.each([
    ['ready', ready],
    ['clear so far', clear],
  ])('blocks a host that is %s, and is named as the cause', (_, host) => {
    const judged = apply(host, report('blocked', forbidden));
    expect(judged).toMatchObject({ verdict: 'blocked', confidence: 'likely', policy: { forbids: true } });
    expect(judged.because[0]).toEqual({
      rule: 'policy-offers-disabled',
      text: 'The policy stops offers: Offer Remote Assistance. The policy is disabled. (a.pol, GPO Help desk)',
      ports: [],
    });
    expect(judged.remedies[0]).toMatchObject({ id: 'change-policy', text: 'Enable the policy.' });
    expect(judged.remedies.map(({ id }) => id)).not.toContain('check-on-novice');
  });

  it('is a further cause beside a filter, whose evidence stays', () => {
    const judged = apply(blocked, report('blocked', forbidden));
    expect(judged.because[0]).toEqual(blocked.because[0]);
    expect(judged.because.at(-1)?.rule).toBe('policy-offers-disabled');
    expect(judged.confidence).toBe(blocked.confidence);
    expect(judged.byGeneration).toEqual({ 'xp-2003': 'blocked', 'vista-or-later': 'blocked' });
  });

  it('says nothing of whether a silent host is there', () => {
    expect(apply(unreachable, report('blocked', forbidden)).verdict).toBe('unreachable');
  });

  it('blocks a host of unknown Windows only if it forbids them to all kinds', () => {
    const host: HostReport = { ...clear, novice: { generation: 'unknown', evidence: [] } };
    const some = report('blocked', forbidden).map((one) =>
      one.novice === 'xp-sp2' ? { ...one, verdict: 'ready' as const, findings: [allowed] } : one,
    );
    expect(apply(host, report('blocked', forbidden)).verdict).toBe('blocked');
    expect(apply(host, some)).toMatchObject({
      verdict: 'undetermined',
      policy: { novice: 'xp-sp2', forbids: false },
    });
  });
});

it('what is missing in these files leaves the verdict of the network', () => {
  const judged = apply(ready, report('blocked', notSet));
  expect(judged).toMatchObject({ verdict: 'ready', policy: { verdict: 'blocked', forbids: false } });
});

it('the checklist of what no probe sees shrinks by what was read', () => {
  const host: HostReport = {
    ...ready,
    remedies: [{ id: 'check-on-novice', title: 'Check', where: 'novice', text: '', commands: [] }],
  };
  const textOf = (...findings: readonly PolicyFinding[]) =>
    apply(host, report('ready', ...findings)).remedies.find(({ id }) => id === 'check-on-novice');
  const dcom = finding({ code: 'dcom-enabled' });
  const solicited = finding({ code: 'solicited-not-disabled' });
  const helpers = finding({ code: 'helpers-listed' });
  expect(textOf()?.text).toMatch(/EnableDCOM is Y/);
  expect(textOf()?.text).toMatch(/"Solicited Remote Assistance" is not disabled/);
  const left = textOf(allowed, helpers, dcom, solicited);
  expect(left?.text).not.toMatch(/EnableDCOM|Solicited|is enabled/);
  expect(left?.text).toMatch(/^You or a group of yours is among the helpers/);
  expect(left?.commands.join()).not.toMatch(/EnableDCOM|fAllow/);
  // What was not judged is not settled.
  expect(textOf(finding({ code: 'dcom-enabled', state: 'unknown' }))?.text).toMatch(/EnableDCOM is Y/);
});

describe('contradictions', () => {
  const filtered: HostReport = {
    ...withPort(blocked, { port: 135, state: 'filtered', reason: 'no-response' }),
    path: {
      hops: [],
      multipath: [],
      filters: [{ ports: [135], afterHop: '10.0.3.1', by: null, how: 'drop' }],
    },
  };

  it('policy opens 135, the network drops it', () => {
    const judged = apply(filtered, report('ready', allowed, mapper));
    expect(judged.policy?.contradictions).toEqual([
      {
        code: 'policy-open-network-closed',
        text: 'The policy opens TCP 135, and the network drops it after 10.0.3.1.',
        ports: [135],
      },
    ]);
    expect(judged.because.map(({ rule }) => rule)).toContain('policy-open-network-closed');
    expect(codesOf(apply(filtered, report('ready', allowed)))).toEqual([]);
    const by = (address: string | null, how: 'icmp' | 'reset') => {
      const filters = [{ ports: [135], afterHop: null, by: address, how }];
      const host: HostReport = { ...filtered, path: { ...filtered.path, filters } };
      return apply(host, report('ready', allowed, mapper)).policy?.contradictions[0]?.text;
    };
    expect(by('10.0.3.1', 'reset')).toBe('The policy opens TCP 135, and the network resets it at 10.0.3.1.');
    expect(by(null, 'icmp')).toBe('The policy opens TCP 135, and the network rejects it.');
    // What the host itself rejects is no filter of the network.
    expect(by(filtered.address, 'icmp')).not.toBe(
      `The policy opens TCP 135, and the network rejects it at ${filtered.address}.`,
    );
  });

  it('135 is open in the Domain profile only, and silent', () => {
    const silent: HostReport = { ...filtered, path: { ...filtered.path, filters: [] } };
    expect(codesOf(apply(silent, report('ready', mapper)))).toEqual(['other-profile-suspected']);
    const everywhere = finding({ ...mapper, profiles: ['domain', 'private', 'public'] });
    expect(codesOf(apply(silent, report('ready', everywhere)))).toEqual([]);
    expect(codesOf(apply(silent, report('ready', mapper, everywhere)))).toEqual([]);
  });

  it('135 answers although the policy closes it', () => {
    const closed = finding({ ...mapper, code: 'rule-blocks', state: 'wrong' });
    const open = withPort(ready, { port: 135, state: 'open', reason: 'syn-ack' });
    expect(codesOf(apply(open, report('blocked', closed)))).toEqual(['policy-closed-network-open']);
    expect(codesOf(apply(open, report('blocked', finding({ ...closed, certain: false }))))).toEqual([]);
  });

  it('3389 answers for good although Sessmgr.exe would open it on demand', () => {
    const sessmgr = finding({ code: 'exception-present', ports: [3389], profiles: ['domain'] });
    const old: HostReport = {
      ...withPort(blocked, { port: 3389, state: 'open', reason: 'syn-ack' }),
      novice: { generation: 'xp-2003', evidence: [] },
    };
    expect(codesOf(apply(old, report('ready', sessmgr)))).toEqual(['answers-although-on-demand']);
    const always = finding({ code: 'desktop-always-open', decides: false });
    expect(codesOf(apply(old, report('ready', sessmgr, always)))).toEqual([]);
    const off = finding({ code: 'firewall-off', decides: false });
    expect(codesOf(apply(old, report('ready', sessmgr, off)))).toEqual([]);
    const only = (novice: string) =>
      codesOf(
        apply(
          old,
          report('ready', sessmgr).filter((one) => one.novice === novice),
        ),
      );
    expect(only('xp-sp2')).toEqual(['answers-although-on-demand']);
    expect(only('xp-x64-sp1')).toEqual(['answers-although-on-demand']);
    expect(only('server-2003-sp1')).toEqual([]);
  });
});
