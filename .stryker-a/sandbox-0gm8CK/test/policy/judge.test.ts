import { describe, expect, it } from 'vitest';
import type { Novice, PolicyCode, PolicyState } from '../../src/model/policy.ts';
import { judgePolicy } from '../../src/policy/judge/judge.ts';
import { dword, entry, FW, OLE, pol, polOf, RULES, read, rule, sz, TS, utf16, VISTA, XP } from './files.ts';
import { gpresult, policy } from './report-files.ts';

const DOMAIN = `${FW}\\DomainProfile`;
const DCOM = 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\DCOM';
const RPC = 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Rpc';
const INTERNET = 'SOFTWARE\\Microsoft\\Rpc\\Internet';

const judge = (novice: Novice, ...files: readonly (Uint8Array | string)[]) =>
  judgePolicy(
    files.map((bytes, index) => read(bytes, { file: `${index}.pol` })),
    novice,
  );

const found = (report: ReturnType<typeof judge>, code: PolicyCode) =>
  report.findings.filter((one) => one.code === code);

const list = (name: string, key: string, ...items: readonly string[]) =>
  entry(key, name, 7, utf16(`${items.map((item) => `${item}\0`).join('')}\0`));
const exception = (kind: 'GloballyOpenPorts' | 'AuthorizedApplications', text: string) =>
  sz(`${DOMAIN}\\${kind}\\List`, text, text);
const internet = (ports: readonly string[], available: string, use: string) => [
  list('Ports', INTERNET, ...ports),
  sz(INTERNET, 'PortsInternetAvailable', available),
  sz(INTERNET, 'UseInternetPorts', use),
];

it('a policy with all that Vista and later need is ready', () => {
  const report = judge('vista-or-later', polOf(VISTA));
  expect(report.verdict).toBe('ready');
  expect(report.findings.filter(({ state }) => state === 'wrong' || state === 'missing')).toEqual([]);
  expect(found(report, 'offers-enabled')).toMatchObject([
    { state: 'ok', value: '1', file: '0.pol', where: `HKLM\\${TS}\\fAllowUnsolicited`, decides: true },
  ]);
});

it.each<Novice>(['xp-sp2', 'xp-x64-sp1'])('a policy with all that %s needs is ready', (novice) => {
  expect(judge(novice, polOf(XP)).verdict).toBe('ready');
});

it('what is ready for XP is not for Server 2003: Sessmgr.exe does not open 3389 there', () => {
  const report = judge('server-2003-sp1', polOf(XP));
  expect(report.verdict).toBe('blocked');
  expect(found(report, 'sessmgr-without-effect')).toHaveLength(1);
  expect(found(report, 'desktop-exception')).toMatchObject([{ state: 'missing' }]);
  const open = [dword(`${DOMAIN}\\Services\\RemoteDesktop`, 'Enabled', 1)];
  expect(judge('server-2003-sp1', polOf(XP, { sessmgr: [], open })).verdict).toBe('ready');
});

it('without a novice, the Windows of today is assumed, and that is told', () => {
  const report = judgePolicy([read(polOf(VISTA))], null);
  expect(report).toMatchObject({ novice: 'vista-or-later', verdict: 'ready' });
  expect(report.findings.at(-1)).toMatchObject({ code: 'assumed', setting: 'Windows of the novice' });
});

type Parts = Readonly<Record<string, readonly Buffer[]>>;
type Row = readonly [what: string, changes: Parts, verdict: string, code: PolicyCode, state: PolicyState];

const block = (id: string, fields: string) => ({ [id]: [rule(id, fields)] });

const ROWS: readonly Row[] = [
  ['offers disabled', { offers: [dword(TS, 'fAllowUnsolicited', 0)] }, 'blocked', 'offers-disabled', 'wrong'],
  ['offers not configured', { offers: [] }, 'blocked', 'offers-not-configured', 'missing'],
  [
    'offers deleted',
    { offers: [sz(TS, '**del.fAllowUnsolicited', ' ')] },
    'blocked',
    'offers-not-configured',
    'missing',
  ],
  ['a text for a number', { offers: [sz(TS, 'fAllowUnsolicited', '1')] }, 'blocked', 'wrong-type', 'wrong'],
  ['view only', { control: [dword(TS, 'fAllowUnsolicitedFullControl', 0)] }, 'ready', 'view-only', 'ok'],
  ['no helpers', { helpers: [] }, 'blocked', 'helpers-none', 'missing'],
  [
    'a helper without a domain',
    { helpers: [sz(`${TS}\\RAUnsolicit`, 'Helpdesk', 'Helpdesk')] },
    'blocked',
    'helper-malformed',
    'wrong',
  ],
  [
    'a helper as data of a numbered value',
    { helpers: [sz(`${TS}\\RAUnsolicit`, '1', 'CONTOSO\\Helpdesk')] },
    'blocked',
    'helper-malformed',
    'wrong',
  ],
  [
    'a malformed helper beside a good one',
    { more: [sz(`${TS}\\RAUnsolicit`, 'help@contoso.example', 'x')] },
    'ready',
    'helper-malformed',
    'wrong',
  ],
  [
    'helpers deleted after they were set',
    { more: [sz(`${TS}\\RAUnsolicit`, '**delvals.', ' ')] },
    'blocked',
    'helpers-none',
    'missing',
  ],
  ['solicited disabled', { more: [dword(TS, 'fAllowToGetHelp', 0)] }, 'ready', 'solicited-disabled', 'ok'],
  ['DCOM off', { dcom: [sz(OLE, 'EnableDCOM', 'N')] }, 'blocked', 'dcom-disabled', 'wrong'],
  ['DCOM not in the files', { dcom: [] }, 'undetermined', 'not-judged', 'unknown'],
  ['DCOM deleted', { dcom: [sz(OLE, '**del.EnableDCOM', ' ')] }, 'blocked', 'dcom-not-set', 'missing'],
  [
    'launch for administrators only',
    { more: [sz(DCOM, 'MachineLaunchRestriction', 'O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)(A;;CCDCSW;;;WD)')] },
    'blocked',
    'dcom-limits-deny',
    'wrong',
  ],
  [
    'launch for everybody',
    { more: [sz(DCOM, 'MachineLaunchRestriction', 'O:BAG:BAD:(A;;CCDCLCSWRP;;;WD)')] },
    'ready',
    'dcom-limits-grant',
    'ok',
  ],
  [
    'access for a group of the domain',
    { more: [sz(DCOM, 'MachineAccessRestriction', 'D:(A;;CCDCLC;;;S-1-5-21-1-2-3-1105)')] },
    'undetermined',
    'dcom-limits-unclear',
    'unknown',
  ],
  [
    'access denied to everybody',
    { more: [sz(DCOM, 'MachineAccessRestriction', 'D:(D;;LC;;;WD)(A;;CCDCLC;;;AU)')] },
    'blocked',
    'dcom-limits-deny',
    'wrong',
  ],
  [
    'access in the form of before',
    { more: [sz(DCOM, 'MachineAccessRestriction', 'D:(A;;CC;;;AU)')] },
    'ready',
    'dcom-limits-grant',
    'ok',
  ],
  [
    'no descriptor at all',
    { more: [sz(DCOM, 'MachineAccessRestriction', 'everybody')] },
    'undetermined',
    'dcom-limits-invalid',
    'unknown',
  ],
  [
    'RPC callers without exceptions',
    { more: [dword(RPC, 'RestrictRemoteClients', 2)] },
    'undetermined',
    'rpc-clients-refused',
    'unknown',
  ],
  [
    'authenticated RPC callers',
    { more: [dword(RPC, 'RestrictRemoteClients', 1)] },
    'ready',
    'rpc-clients-accepted',
    'ok',
  ],
  [
    'authentication at the mapper',
    { more: [dword(RPC, 'EnableAuthEpResolution', 1)] },
    'ready',
    'mapper-authentication',
    'ok',
  ],
  ['RPC ports', { more: internet(['5000-5199'], 'Y', 'Y') }, 'ready', 'rpc-ports-restricted', 'ok'],
  ['few RPC ports', { more: internet(['5000-5020'], 'Y', 'Y') }, 'ready', 'rpc-ports-few', 'wrong'],
  [
    'one RPC entry that is no port',
    { more: internet(['5000-5199', '70000'], 'Y', 'Y') },
    'blocked',
    'rpc-ports-invalid',
    'wrong',
  ],
  [
    'RPC ports without their switches',
    { more: [list('Ports', INTERNET, '5000-5199')] },
    'blocked',
    'rpc-ports-invalid',
    'wrong',
  ],
  [
    'the firewall off',
    { mapper: [], raserver: [], msra: [], more: [dword(DOMAIN, 'EnableFirewall', 0)] },
    'ready',
    'firewall-off',
    'ok',
  ],
  [
    'no exceptions allowed',
    { more: [dword(DOMAIN, 'DoNotAllowExceptions', 1)] },
    'blocked',
    'exceptions-forbidden',
    'wrong',
  ],
  [
    'all inbound allowed',
    { raserver: [], more: [dword(DOMAIN, 'DefaultInboundAction', 0)] },
    'ready',
    'inbound-allowed',
    'ok',
  ],
  ['no rule for raserver.exe', { raserver: [] }, 'undetermined', 'not-judged', 'unknown'],
  [
    'no rule, and local ones ignored',
    { raserver: [], more: [dword(DOMAIN, 'AllowLocalPolicyMerge', 0)] },
    'blocked',
    'local-rules-ignored',
    'wrong',
  ],
  [
    'a rule that is not active',
    { mapper: [rule('RemoteAssistance-DCOM-In-TCP-NoScope-Active', RULES.mapper.replace('TRUE', 'FALSE'))] },
    'blocked',
    'rule-disabled',
    'wrong',
  ],
  [
    'a rule of another profile',
    {
      mapper: [
        rule('RemoteAssistance-DCOM-In-TCP-NoScope-Active', RULES.mapper.replace('Domain', 'Private')),
      ],
    },
    'blocked',
    'rule-other-profile',
    'wrong',
  ],
  [
    'a rule that blocks 135',
    block('b', 'Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=100-200'),
    'blocked',
    'rule-blocks',
    'wrong',
  ],
  [
    'a rule that blocks a program',
    block('b', 'Action=Block|Active=TRUE|Dir=In|App=C:\\Windows\\System32\\RAServer.exe'),
    'blocked',
    'rule-blocks',
    'wrong',
  ],
  [
    'a rule that blocks some callers',
    block('b', 'Action=Block|Active=TRUE|Dir=In|RA4=10.9.0.0/255.255.0.0'),
    'undetermined',
    'not-judged',
    'unknown',
  ],
  [
    'a rule that would block, not active',
    block('b', 'Action=Block|Active=FALSE|Dir=In'),
    'ready',
    'rule-present',
    'ok',
  ],
  [
    'a rule that blocks elsewhere',
    block('b', 'Action=Block|Active=TRUE|Dir=In|Profile=Public'),
    'ready',
    'rule-present',
    'ok',
  ],
  [
    'a rule that blocks UDP',
    block('b', 'Action=Block|Active=TRUE|Dir=In|Protocol=17'),
    'ready',
    'rule-present',
    'ok',
  ],
  [
    'a rule with a condition',
    { mapper: [rule('m', `${RULES.mapper}|LUAuth=O:LSD:(A;;CC;;;WD)`)] },
    'undetermined',
    'not-judged',
    'unknown',
  ],
  [
    'a rule with a scope',
    { mapper: [rule('m', `${RULES.mapper}|RA4=10.1.0.0/255.255.0.0`)] },
    'ready',
    'assumed',
    'unknown',
  ],
  [
    'any program on 135',
    { mapper: [rule('m', 'Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=RPC-EPMap')] },
    'ready',
    'rule-present',
    'ok',
  ],
  [
    'an old port exception',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:*:Enabled:x')] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'an invalid rule',
    block('b', 'Action=Perhaps|Active=TRUE|Dir=In'),
    'ready',
    'unreadable-entry',
    'unknown',
  ],
  [
    'a name that looks right',
    { more: [dword(TS, 'OfferRemoteAssistance', 1)] },
    'ready',
    'near-miss',
    'wrong',
  ],
  ['a slip of the keyboard', { more: [dword(TS, 'fAllowUnsolicted', 1)] }, 'ready', 'near-miss', 'wrong'],
  [
    'a name in another key',
    { more: [dword('SOFTWARE\\Policies\\Microsoft\\Windows\\Remote', 'fAllowUnsolicited', 1)] },
    'ready',
    'misplaced',
    'wrong',
  ],
  [
    'a value that is set twice',
    { offers: [dword(TS, 'fAllowUnsolicited', 0), dword(TS, 'fAllowUnsolicited', 1)] },
    'ready',
    'overruled',
    'ok',
  ],
];

describe('for Vista and later', () => {
  it.each(ROWS)('%s', (_, changes, verdict, code, state) => {
    const report = judge('vista-or-later', polOf(VISTA, changes));
    expect(report.verdict).toBe(verdict);
    expect(found(report, code).map((one) => one.state)).toContain(state);
  });

  it('the near miss says what was meant', () => {
    const report = judge('vista-or-later', polOf(VISTA, { offers: [dword(TS, 'OfferRemoteAssistance', 1)] }));
    expect(found(report, 'near-miss')[0]?.text).toContain('did you mean fAllowUnsolicited?');
    expect(report.verdict).toBe('blocked');
  });

  it('controls of baselines are named where they are what was found', () => {
    const report = judge(
      'vista-or-later',
      pol(dword(TS, 'fAllowUnsolicited', 0), dword(TS, 'fAllowToGetHelp', 0)),
    );
    expect(found(report, 'offers-disabled')[0]?.control).toContain('CIS 18.8.35.1 / 18.9.35.1');
    expect(found(report, 'solicited-disabled')[0]?.control).toContain('STIG V-220823 (WN10-CC-000155');
  });
});

const XP_ROWS: readonly Row[] = [
  [
    'connections denied',
    { connections: [dword(TS, 'fDenyTSConnections', 1)] },
    'blocked',
    'connections-denied',
    'wrong',
  ],
  ['connections not configured', { connections: [] }, 'blocked', 'connections-not-configured', 'missing'],
  ['no port exception', { mapper: [] }, 'blocked', 'exception-missing', 'missing'],
  [
    'a disabled port exception',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:*:Disabled:x')] },
    'blocked',
    'exception-disabled',
    'wrong',
  ],
  [
    'entries of two statuses',
    { more: [exception('GloballyOpenPorts', '135:TCP:*:Disabled:x')] },
    'blocked',
    'exceptions-conflict',
    'wrong',
  ],
  [
    'entries of two scopes',
    { more: [exception('GloballyOpenPorts', '135:TCP:10.0.0.0/8:Enabled:x')] },
    'ready',
    'exceptions-conflict',
    'wrong',
  ],
  [
    'a malformed entry',
    { more: [exception('GloballyOpenPorts', '135/TCP')] },
    'ready',
    'exception-malformed',
    'wrong',
  ],
  [
    'the list disabled',
    { ports: [dword(`${DOMAIN}\\GloballyOpenPorts`, 'Enabled', 0)] },
    'blocked',
    'exceptions-ignored',
    'wrong',
  ],
  [
    'the blanks of the policy text',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:*:Enabled: Offer Remote Assistance')] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'another spelling of the folder',
    { sessmgr: [exception('AuthorizedApplications', 'C:\\WINDOWS\\system32\\sessmgr.exe:*:enabled:x')] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'Remote Desktop instead of Sessmgr',
    { sessmgr: [], more: [dword(`${DOMAIN}\\Services\\RemoteDesktop`, 'Enabled', 1)] },
    'ready',
    'desktop-always-open',
    'ok',
  ],
  [
    'remote administration instead of 135',
    { mapper: [], more: [dword(`${DOMAIN}\\RemoteAdminSettings`, 'Enabled', 1)] },
    'ready',
    'exception-present',
    'ok',
  ],
  [
    'no exceptions allowed',
    { more: [dword(DOMAIN, 'DoNotAllowExceptions', 1)] },
    'blocked',
    'exceptions-forbidden',
    'wrong',
  ],
  [
    'the firewall off',
    { mapper: [], more: [dword(DOMAIN, 'EnableFirewall', 0)] },
    'ready',
    'firewall-off',
    'ok',
  ],
  [
    'a scope',
    { mapper: [exception('GloballyOpenPorts', '135:TCP:LocalSubNet,10.1.0.0/16:Enabled:x')] },
    'ready',
    'assumed',
    'unknown',
  ],
];

describe('for XP SP2', () => {
  it.each(XP_ROWS)('%s', (_, changes, verdict, code, state) => {
    const report = judge('xp-sp2', polOf(XP, changes));
    expect(report.verdict).toBe(verdict);
    expect(found(report, code).map((one) => one.state)).toContain(state);
  });

  it('solicited disabled leaves it open only where KB301527 exempts nobody', () => {
    const changes = { more: [dword(TS, 'fAllowToGetHelp', 0)] };
    expect(judge('xp-sp2', polOf(XP, changes)).verdict).toBe('ready');
    expect(judge('xp-x64-sp1', polOf(XP, changes)).verdict).toBe('undetermined');
  });
});

it.each([
  ['Y', 'Y', '5000-5199'],
  ['N', 'N', '5000-5199'],
  ['Y', 'N', '1025-4999, 5200-65535'],
  ['N', 'Y', '1025-4999, 5200-65535'],
])('ports available to the Internet %s, used %s: servers take %s', (available, use, ports) => {
  const report = judge(
    'vista-or-later',
    polOf(VISTA, { more: internet(['5000-5099', '5100-5199'], available, use) }),
  );
  expect(found(report, 'rpc-ports-restricted')[0]?.text).toContain(ports);
});

describe('several files', () => {
  it('the last one wins, and the other is told', () => {
    const report = judgePolicy(
      [
        read(polOf(VISTA), { file: 'helpdesk.pol', precedence: 2 }),
        read(pol(dword(TS, 'fAllowUnsolicited', 0)), { file: 'baseline.pol', precedence: 1 }),
      ],
      'vista-or-later',
    );
    expect(found(report, 'offers-disabled')).toMatchObject([{ file: 'baseline.pol', precedence: 1 }]);
    expect(found(report, 'overruled')).toMatchObject([{ file: 'helpdesk.pol', precedence: 2, value: '1' }]);
  });

  it('within a report the GPO of precedence 1 wins, wherever it stands', () => {
    const report = judge(
      'vista-or-later',
      gpresult(
        policy('Configure Offer Remote Assistance', 'Disabled') +
          policy('Configure Offer Remote Assistance', 'Enabled', { gpo: '{B}', precedence: 2 }),
      ),
    );
    expect(found(report, 'offers-disabled')).toMatchObject([{ gpo: 'Help desk', precedence: 1 }]);
  });
});

it('remarks that are alike are bounded, and counted', () => {
  const broken = Array.from({ length: 60 }, (_, index) => rule(`r${index}`, 'Action=Perhaps'));
  const report = judge('vista-or-later', polOf(VISTA, { broken }));
  expect(found(report, 'unreadable-entry')).toHaveLength(50);
  expect(found(report, 'not-judged')).toMatchObject([
    { text: expect.stringMatching(/^10 more/), decides: false },
  ]);
});

it('a localised report is unknown, never ok', () => {
  const german = gpresult(policy('Remoteunterstützung anbieten', 'Enabled', { explain: 'Diese Richtlinie' }));
  for (const novice of ['xp-sp2', 'xp-x64-sp1', 'server-2003-sp1', 'vista-or-later'] as const) {
    const report = judge(novice, german);
    expect(report.verdict).toBe('undetermined');
    const named = report.findings.filter(({ setting }) =>
      /Assistance|connect remotely|RPC clients/.test(setting),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ state }) => state !== 'unknown')).toEqual([]);
  }
});
