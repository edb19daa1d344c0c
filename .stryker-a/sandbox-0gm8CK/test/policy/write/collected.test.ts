import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/policy/read/collected.ts';
import { COLLECTED_SCHEMA, collectorScript } from '../../../src/policy/write/collector.ts';

const SOURCE = { file: 'novice.json', gpo: null, precedence: null };

/** What a Windows 10 says, by the names that the script gives it. */
const SAID: Readonly<Record<string, unknown>> = {
  path: 'HKLM\\SOFTWARE\\Microsoft\\Ole',
  type: 'REG_SZ',
  value: 'Y',
  name: 'RemoteAssistance-DCOM-In-TCP-NoScope-Active',
  displayName: 'Remote Assistance (DCOM-In)',
  group: '@FirewallAPI.dll,-33002',
  enabled: 'True',
  profile: 'Domain, Private',
  direction: 'Inbound',
  action: 'Allow',
  protocol: 'TCP',
  localPorts: ['135'],
  remotePorts: ['Any'],
  localAddresses: ['Any'],
  remoteAddresses: ['10.1.0.0/255.255.0.0', 'LocalSubnet'],
  program: '%SystemRoot%\\system32\\svchost.exe',
  package: null,
  service: 'rpcss',
  interfaceType: 'Any',
  authentication: 'NotRequired',
  encryption: 'NotRequired',
  localUsers: 'Any',
  remoteUsers: 'Any',
  remoteMachines: 'Any',
  policyStoreSource: 'PersistentStore',
  policyStoreSourceType: 'Local',
  defaultInboundAction: 'Block',
  allowInboundRules: 'True',
  allowLocalFirewallRules: 'False',
  interfaceAlias: 'Ethernet',
  networkCategory: 'DomainAuthenticated',
};

/** The object that one list of the script is filled with: its keys as they stand there, and what a Windows 10 would say. */
const itemOf = (list: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
  const [, body = ''] =
    new RegExp(`\\$${list}\\.Add\\(\\[ordered\\]@\\{([\\s\\S]*?)\\}\\)\\s`).exec(collectorScript()) ?? [];
  const keys = [...body.matchAll(/(?:^|;)\s*(\w+) = /gm)].map(([, key]) => key ?? '');
  expect(keys.filter((key) => !(key in SAID))).toEqual([]);
  return Object.fromEntries(keys.map((key) => [key, more[key] ?? SAID[key]]));
};

const collected = (rule: Readonly<Record<string, unknown>> = {}) =>
  readJson(
    Buffer.from(
      JSON.stringify({
        schema: COLLECTED_SCHEMA,
        registryKeys: ['HKLM\\SOFTWARE\\Microsoft\\Ole'],
        registry: [itemOf('registry', { name: 'EnableDCOM' })],
        firewallRules: [itemOf('rules', rule)],
        firewallProfiles: [itemOf('profiles', { name: 'Domain' })],
        networkProfiles: [itemOf('networks', { name: 'corp.example' })],
        unread: [{ what: 'firewall rules, RSOP', why: 'Access denied' }],
      }),
    ),
    SOURCE,
  );

describe('what the collector writes', () => {
  it('is read whole, by the names that the script has', () => {
    const { rules, profiles, networks, instructions, covers, unread } = collected();
    expect(rules).toMatchObject([
      {
        detail: 'whole',
        enabled: true,
        direction: 'in',
        action: 'allow',
        profiles: ['domain', 'private'],
        protocol: 6,
        localPorts: ['135'],
        program: SAID['program'],
        service: 'rpcss',
        remoteAddresses: SAID['remoteAddresses'],
        conditions: [],
        store: 'local',
      },
    ]);
    expect(profiles).toMatchObject([
      { profile: 'domain', enabled: true, defaultInbound: 'block', inboundRules: true, localRules: false },
    ]);
    expect(networks).toMatchObject([{ profile: 'domain' }]);
    expect(instructions).toMatchObject([
      { hive: 'HKLM', key: 'SOFTWARE\\Microsoft\\Ole', name: 'EnableDCOM', data: 'Y' },
    ]);
    expect(covers).toEqual(['software\\microsoft\\ole']);
    expect(unread).toMatchObject([{ text: expect.stringContaining('firewall rules, RSOP') }]);
  });

  it.each([
    ['remotePorts', ['5000']],
    ['localAddresses', ['10.0.0.1']],
    ['package', 'S-1-15-2-1'],
    ['interfaceType', 'Wireless'],
    ['localUsers', 'O:LSD:(A;;CC;;;S-1-5-32-544)'],
    ['remoteUsers', 'O:LSD:(A;;CC;;;S-1-5-32-544)'],
    ['remoteMachines', 'O:LSD:(A;;CC;;;S-1-5-32-544)'],
  ])('has each condition that makes a rule narrower: %s', (key, value) => {
    expect(collected({ [key]: value }).rules[0]?.conditions).toHaveLength(1);
  });

  it.each(['authentication', 'encryption'])('has what a rule wants secured: %s', (key) => {
    expect(collected({ [key]: 'Required' }).rules[0]?.action).toBe('bypass');
  });
});
