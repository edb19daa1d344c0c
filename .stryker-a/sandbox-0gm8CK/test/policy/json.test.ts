import { describe, expect, it } from 'vitest';
import type { PolicyFinding } from '../../src/model/policy.ts';
import { judgePolicy } from '../../src/policy/judge/judge.ts';
import { OLE, read, TS } from './files.ts';

const NAMES = [
  'RemoteAssistance-DCOM-In-TCP-NoScope-Active',
  'RemoteAssistance-RAServer-In-TCP-NoScope-Active',
  'RemoteAssistance-In-TCP-EdgeScope-Active',
];

/** As ConvertTo-Json writes them: enumerations are numbers, and there are no ports. */
const bare = (name: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  Name: name,
  DisplayName: 'Remote Assistance',
  Group: '@FirewallAPI.dll,-33002',
  Enabled: 1,
  Profile: 1,
  Direction: 1,
  Action: 2,
  PolicyStoreSourceType: 1,
  CimClass: { CimClassName: 'MSFT_NetFirewallRule' },
  ...changes,
});

const codesOf = (findings: readonly PolicyFinding[]) =>
  findings
    .filter(({ setting }) => setting.includes('inbound rules'))
    .map(({ code, state }) => `${code} ${state}`);

const judge = (value: unknown) => judgePolicy([read(JSON.stringify(value))], 'vista-or-later');

describe('Get-NetFirewallRule | ConvertTo-Json', () => {
  it('is judged by rule names, and that is told', () => {
    const report = judge(NAMES.map((name) => bare(name)));
    expect(codesOf(report.findings)).toEqual([
      'rule-present ok',
      'rule-present ok',
      'rule-present ok',
      'assumed unknown',
    ]);
  });

  it('says nothing of policies, whose absence in it is no fault', () => {
    const { verdict, findings } = judge(NAMES.map((name) => bare(name)));
    expect(verdict).toBe('undetermined');
    expect(findings.filter(({ decides, state }) => decides && state !== 'ok')).toMatchObject([
      { code: 'not-judged', setting: 'Offer Remote Assistance', state: 'unknown' },
      { code: 'not-judged', setting: 'Offer Remote Assistance: helpers', state: 'unknown' },
      { code: 'not-judged', setting: 'EnableDCOM', state: 'unknown' },
    ]);
  });

  it('takes words for numbers, a lone rule, and a list that 5.1 wrapped', () => {
    const words = bare('a', {
      Enabled: 'True',
      Profile: 'Domain, Private',
      Direction: 'Inbound',
      Action: 'Block',
    });
    for (const value of [words, [words], { value: [words], Count: 1 }])
      expect(read(JSON.stringify(value)).rules).toMatchObject([
        {
          name: 'a',
          enabled: true,
          profiles: ['domain', 'private'],
          direction: 'in',
          action: 'block',
          detail: 'name-only',
          store: 'local',
        },
      ]);
  });

  it.each([
    ['not active', { Enabled: 2 }, 'rule-disabled wrong'],
    ['of another profile', { Profile: 2 }, 'rule-other-profile wrong'],
    ['that blocks', { Action: 4 }, 'rule-blocks wrong'],
  ])('a rule %s', (_, changes, expected) => {
    const report = judge(NAMES.map((name, index) => bare(name, index === 0 ? changes : {})));
    expect(codesOf(report.findings)[0]).toBe(expected);
    expect(report.verdict).toBe('blocked');
  });

  it('a missing rule is missing, for all rules of the computer are known', () => {
    expect(codesOf(judge([bare(NAMES[0] ?? ''), bare('x')]).findings)).toContain('rule-missing missing');
  });

  it('an active rule that blocks something unknown leaves it open', () => {
    const report = judge([...NAMES.map((name) => bare(name)), bare('x', { Action: 4 })]);
    expect(codesOf(report.findings)).toContain('not-judged unknown');
  });

  it('of UTF-16, as PowerShell 5.1 writes with >', () => {
    const text = Buffer.from(JSON.stringify([bare('a')]), 'utf16le');
    expect(read(Buffer.concat([Buffer.from([0xff, 0xfe]), text])).rules).toHaveLength(1);
  });
});

const whole = (name: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  name,
  displayName: 'Remote Assistance',
  group: '@FirewallAPI.dll,-33002',
  enabled: 'True',
  profile: 'Domain',
  direction: 'Inbound',
  action: 'Allow',
  protocol: 'TCP',
  localPorts: ['Any'],
  remotePorts: ['Any'],
  localAddresses: ['Any'],
  remoteAddresses: ['Any'],
  program: 'Any',
  package: null,
  service: 'Any',
  interfaceType: 'Any',
  authentication: 'NotRequired',
  encryption: 'NotRequired',
  localUsers: 'Any',
  policyStoreSourceType: 'Local',
  ...changes,
});

const RULES = [
  whole('m', { localPorts: ['135'], program: '%SystemRoot%\\system32\\svchost.exe', service: 'RpcSs' }),
  whole('r', { program: 'C:\\WINDOWS\\system32\\raserver.exe' }),
  whole('s', { program: '%SystemRoot%\\system32\\msra.exe', profile: 'Domain, Private' }),
];

const value = (path: string, name: string, type: string, data: unknown) => ({
  path: `HKLM\\${path}`,
  name,
  type,
  value: data,
});

const collected = (changes: Readonly<Record<string, unknown>> = {}) => ({
  schema: 'ra-preflight/collected@1',
  registryKeys: [`HKLM\\${TS}`, `HKLM\\${OLE}`],
  registry: [
    value(TS, 'fAllowUnsolicited', 'REG_DWORD', 1),
    value(TS, 'fAllowUnsolicitedFullControl', 'DWord', 1),
    value(`${TS}\\RAUnsolicit`, 'CONTOSO\\Helpdesk', 'REG_SZ', 'CONTOSO\\Helpdesk'),
    value(OLE, 'EnableDCOM', 'REG_SZ', 'Y'),
  ],
  firewallRules: RULES,
  firewallProfiles: [
    {
      name: 'Domain',
      enabled: 'True',
      defaultInboundAction: 'NotConfigured',
      allowLocalFirewallRules: 'NotConfigured',
    },
  ],
  networkProfiles: [{ name: 'corp', interfaceAlias: 'Ethernet', networkCategory: 'DomainAuthenticated' }],
  unread: [],
  ...changes,
});

describe('what the collector writes', () => {
  it('is read whole', () => {
    expect(judge(collected()).verdict).toBe('ready');
  });

  it.each([
    [
      'EnableDCOM missing from a key that was read',
      { registry: collected().registry.slice(0, 3) },
      'dcom-not-set',
      'blocked',
    ],
    [
      'the firewall off',
      { firewallRules: [], firewallProfiles: [{ name: 'Domain', enabled: 'False' }] },
      'firewall-off',
      'ready',
    ],
    [
      'local rules not merged',
      { firewallProfiles: [{ name: 'Domain', allowLocalFirewallRules: 'False' }] },
      'local-rules-ignored',
      'blocked',
    ],
    [
      'no network of the domain',
      { networkProfiles: [{ name: 'home', networkCategory: 0 }] },
      'network-not-domain',
      'blocked',
    ],
    [
      'a rule that asks for users',
      {
        firewallRules: [
          ...RULES.slice(1),
          whole('m', { localPorts: '135', localUsers: 'O:LSD:(A;;CC;;;WD)' }),
        ],
      },
      'not-judged',
      'undetermined',
    ],
    ['a rule that is missing', { firewallRules: RULES.slice(1) }, 'rule-missing', 'blocked'],
    [
      'what the collector could not read',
      { unread: [{ what: 'firewall profiles', why: 'x' }] },
      'unreadable-entry',
      'ready',
    ],
  ])('%s', (_, changes, code, verdict) => {
    const report = judge(collected(changes));
    expect(report.findings.map((one) => one.code)).toContain(code);
    expect(report.verdict).toBe(verdict);
  });

  it('what is missing there is missing for certain, in a file to import it is not', () => {
    const certain = (bytes: string) =>
      judgePolicy([read(bytes)], 'vista-or-later').findings.filter(
        ({ code }) => code === 'offers-not-configured',
      );
    const registry = collected().registry.slice(2);
    expect(certain(JSON.stringify(collected({ registry })))).toMatchObject([{ certain: true }]);
    expect(certain(`REGEDIT4\r\n[HKEY_LOCAL_MACHINE\\${TS}]\r\n"a"="b"\r\n`)).toMatchObject([
      { certain: false },
    ]);
  });

  it('gives every type of value', () => {
    const types = [
      value('A', 'list', 'REG_MULTI_SZ', ['one', 'two']),
      value('A', 'lone', 'MultiString', 'one'),
      value('A', 'hex', 'REG_BINARY', '01ff'),
      value('A', 'bytes', 'Binary', [1, 255]),
      value('A', 'long', 'REG_QWORD', '18446744073709551615'),
      value('A', 'bad', 'REG_DWORD', -1),
    ];
    const file = read(JSON.stringify(collected({ registry: types })));
    expect(file.instructions.map((one) => one.op === 'set' && one.data)).toEqual([
      ['one', 'two'],
      ['one'],
      Uint8Array.from([1, 255]),
      Uint8Array.from([1, 255]),
      18_446_744_073_709_551_615n,
    ]);
    expect(file.unread).toMatchObject([{ text: '1 of its registry values could not be read.' }]);
  });
});
