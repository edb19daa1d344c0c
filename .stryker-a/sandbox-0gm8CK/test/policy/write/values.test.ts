import { describe, expect, it } from 'vitest';
import type { Novice } from '../../../src/model/policy.ts';
import { valuesOf, type Wanted } from '../../../src/policy/write/wanted.ts';

const asked = (novice: Novice, more: Partial<Wanted> = {}): Wanted => ({
  novice,
  helpers: ['CONTOSO\\Helpdesk'],
  viewOnly: false,
  from: [],
  rpcPorts: null,
  ...more,
});

/** `KEY\NAME` and the data, as the documents have them. */
const written = (wanted: Wanted): Record<string, unknown> =>
  Object.fromEntries(valuesOf(wanted).map(({ key, name, data }) => [`${key}\\${name}`, data]));

const TS = 'SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services';
const PROFILE = 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile';
const RULES = 'SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules';
const listed = (list: string, entry: string): Record<string, string> => ({
  [`${PROFILE}\\${list}\\List\\${entry}`]: entry,
});

const OFFERS = {
  [`${TS}\\fAllowUnsolicited`]: 1,
  [`${TS}\\fAllowUnsolicitedFullControl`]: 1,
  [`${TS}\\RAUnsolicit\\CONTOSO\\Helpdesk`]: 'CONTOSO\\Helpdesk',
  'SOFTWARE\\Microsoft\\Ole\\EnableDCOM': 'Y',
};
const legacy = (scope: string): Record<string, unknown> => ({
  ...OFFERS,
  [`${TS}\\fDenyTSConnections`]: 0,
  [`${PROFILE}\\GloballyOpenPorts\\Enabled`]: 1,
  [`${PROFILE}\\AuthorizedApplications\\Enabled`]: 1,
  ...listed('GloballyOpenPorts', `135:TCP:${scope}:Enabled:Offer Remote Assistance`),
  ...listed(
    'AuthorizedApplications',
    `%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpsvc.exe:${scope}:Enabled:Offer Remote Assistance`,
  ),
  ...listed(
    'AuthorizedApplications',
    `%WINDIR%\\PCHealth\\HelpCtr\\Binaries\\Helpctr.exe:${scope}:Enabled:Remote Assistance – Windows Messenger and Voice`,
  ),
});
const sessmgr = (scope: string): Record<string, unknown> =>
  listed('AuthorizedApplications', `%WINDIR%\\SYSTEM32\\Sessmgr.exe:${scope}:Enabled:Remote Assistance`);
const desktop = (scope: string): Record<string, unknown> => ({
  [`${PROFILE}\\Services\\RemoteDesktop\\Enabled`]: 1,
  [`${PROFILE}\\Services\\RemoteDesktop\\RemoteAddresses`]: scope,
});
const rules = (ra: string): Record<string, unknown> => ({
  ...OFFERS,
  [`${RULES}\\RemoteAssistance-DCOM-In-TCP-NoScope-Active`]: `v2.0|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|LPort=135|${ra}App=%SystemRoot%\\system32\\svchost.exe|Svc=rpcss|Name=Offer Remote Assistance|EmbedCtxt=@FirewallAPI.dll,-33002|`,
  [`${RULES}\\RemoteAssistance-In-TCP-EdgeScope-Active`]: `v2.0|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|${ra}App=%SystemRoot%\\system32\\msra.exe|Name=Remote Assistance|EmbedCtxt=@FirewallAPI.dll,-33002|`,
  [`${RULES}\\RemoteAssistance-RAServer-In-TCP-NoScope-Active`]: `v2.0|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|${ra}App=%SystemRoot%\\system32\\raserver.exe|Name=Offer Remote Assistance|EmbedCtxt=@FirewallAPI.dll,-33002|`,
});

const FROM = [
  { family: 4, address: '10.1.0.0', bits: 16 },
  { family: 4, address: '10.2.3.4', bits: 32 },
] as const;

describe('a policy has exactly what the documents ask for', () => {
  it.each([
    ['xp-sp2', { ...legacy('*'), ...sessmgr('*') }],
    ['xp-x64-sp1', { ...legacy('*'), ...sessmgr('*') }],
    // Sessmgr.exe does not open TCP 3389 there.
    ['server-2003-sp1', { ...legacy('*'), ...desktop('*') }],
    ['vista-or-later', rules('')],
  ] as const)('for %s', (novice, values) => {
    expect(written(asked(novice))).toEqual(values);
  });

  it('for helpers who may only view', () => {
    const name = `${TS}\\fAllowUnsolicitedFullControl`;
    expect(written(asked('vista-or-later', { viewOnly: true }))).toEqual({ ...rules(''), [name]: 0 });
  });

  it("for the helpers' subnets instead of everybody", () => {
    const scope = '10.1.0.0/16,10.2.3.4';
    expect(written(asked('xp-sp2', { from: FROM }))).toEqual({ ...legacy(scope), ...sessmgr(scope) });
    expect(written(asked('server-2003-sp1', { from: FROM }))).toEqual({
      ...legacy(scope),
      ...desktop(scope),
    });
    const six = [
      { family: 6, address: 'fd00:1::', bits: 32 },
      { family: 6, address: 'fd00::17', bits: 128 },
    ] as const;
    expect(written(asked('vista-or-later', { from: [...FROM, ...six] }))).toEqual(
      rules('RA4=10.1.0.0/255.255.0.0|RA4=10.2.3.4|RA6=fd00:1::/32|RA6=fd00::17|'),
    );
  });

  it('for a narrow RPC range', () => {
    const range = 'SOFTWARE\\Microsoft\\Rpc\\Internet';
    expect(written(asked('vista-or-later', { rpcPorts: { from: 5000, to: 5199 } }))).toEqual({
      ...rules(''),
      [`${range}\\Ports`]: ['5000-5199'],
      [`${range}\\PortsInternetAvailable`]: 'Y',
      [`${range}\\UseInternetPorts`]: 'Y',
    });
    expect(written(asked('xp-sp2', { rpcPorts: { from: 6000, to: 6000 } }))[`${range}\\Ports`]).toEqual([
      '6000',
    ]);
  });

  it('names a helper once, whatever the case', () => {
    const helpers = ['CONTOSO\\Helpdesk', 'CORP\\anna', 'contoso\\HELPDESK'];
    const names = valuesOf(asked('xp-sp2', { helpers }))
      .filter(({ key }) => key.endsWith('RAUnsolicit'))
      .map(({ name }) => name);
    expect(names).toEqual(['CONTOSO\\Helpdesk', 'CORP\\anna']);
  });

  it('with the setting that each value belongs to and the document that asks for it', () => {
    const told = (novice: Novice): string[] => [
      ...new Set(
        valuesOf(asked(novice, { rpcPorts: { from: 6000, to: 6999 } })).map(
          ({ hive, setting, document }) => `${hive}: ${setting} (${document})`,
        ),
      ),
    ];
    const offers = [
      'HKLM: Offer Remote Assistance (KB301527)',
      'HKLM: Offer Remote Assistance: permit remote control of this computer (KB301527)',
      'HKLM: EnableDCOM (KB301527)',
    ];
    const rest = [
      'HKLM: Offer Remote Assistance: helpers (KB301527)',
      'HKLM: RPC port restriction (KB300083)',
    ];
    expect(told('xp-sp2').toSorted()).toEqual(
      [
        ...offers,
        ...rest,
        'HKLM: Allow users to connect remotely using Terminal Services (KB301527)',
        'HKLM: Windows Firewall: Define port exceptions (Domain Profile) (KB301527)',
        'HKLM: Windows Firewall: Define program exceptions (Domain Profile) (KB301527)',
      ].toSorted(),
    );
    const rule = 'HKLM: Windows Firewall with Advanced Security: inbound rules';
    expect(told('vista-or-later').toSorted()).toEqual(
      [
        ...offers,
        ...rest,
        `${rule} (KB301527)`,
        `${rule} (Offer Remote Assistance policy text (policy-csp-remoteassistance))`,
      ].toSorted(),
    );
  });
});
