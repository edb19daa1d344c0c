import { describe, expect, it } from 'vitest';
import { read, TS } from './files.ts';
import { firewall, firewallRule, gpreport, gpresult, offered, policy } from './report-files.ts';

const values = (bytes: Uint8Array | string) =>
  read(bytes).instructions.map((one) => [
    one.key.slice(one.key.lastIndexOf('\\') + 1),
    one.op === 'set' ? `${one.name}=${one.data}` : one.op,
    one.source.gpo,
    one.source.precedence,
  ]);

describe('gpresult', () => {
  it('gives the values of the policies that offers depend on, with GPO and precedence', () => {
    const report = gpresult(
      [
        policy('Configure Offer Remote Assistance', 'Enabled', {
          more: offered(['CONTOSO\\Helpdesk']),
        }),
        policy('Configure Offer Remote Assistance', 'Disabled', { gpo: '{B}', precedence: 2 }),
        policy('Configure Solicited Remote Assistance', 'Disabled', { gpo: '{B}' }),
        policy('Allow users to connect remotely by using Remote Desktop Services', 'Enabled'),
        policy('Windows Defender Firewall: Define inbound port exceptions', 'Enabled', {
          category: 'Network/Network Connections/Windows Defender Firewall/Domain Profile',
          more: offered(['135:TCP:*:Enabled:Offer Remote Assistance']),
        }),
        policy('Something else', 'Enabled'),
      ].join(''),
    );
    expect(values(report)).toEqual([
      ['Terminal Services', 'fAllowUnsolicited=0', 'Baseline', 2],
      ['Terminal Services', 'fAllowUnsolicited=1', 'Help desk', 1],
      ['Terminal Services', 'fAllowUnsolicitedFullControl=1', 'Help desk', 1],
      ['RAUnsolicit', 'CONTOSO\\Helpdesk=CONTOSO\\Helpdesk', 'Help desk', 1],
      ['Terminal Services', 'fAllowToGetHelp=0', 'Baseline', 1],
      ['Terminal Services', 'fDenyTSConnections=0', 'Help desk', 1],
      ['GloballyOpenPorts', 'Enabled=1', 'Help desk', 1],
      [
        'List',
        '135:TCP:*:Enabled:Offer Remote Assistance=135:TCP:*:Enabled:Offer Remote Assistance',
        'Help desk',
        1,
      ],
    ]);
    expect(read(report).unread).toEqual([]);
  });

  it('leaves out the firewall of other profiles', () => {
    const other = policy('Windows Firewall: Protect all network connections', 'Disabled', {
      category: 'Network/Network Connections/Windows Firewall/Standard Profile',
    });
    expect(values(gpresult(other))).toEqual([]);
  });

  it.each([
    [
      'by its explanation',
      policy('Remoteunterstützung anbieten', 'Enabled', { explain: 'Diese Richtlinieneinstellung' }),
    ],
    [
      'by a name alone',
      policy('Remoteunterst&#252;tzung anbieten', 'Enabled', {
        explain: '',
        category: 'System/Remoteunterst&#252;tzung',
      }),
    ],
    [
      'by its letters beside an English explanation',
      policy('Remoteunterst&#252;tzung anbieten', 'Enabled', { explain: 'This policy setting allows' }),
    ],
    [
      'by a category in plain letters',
      policy('Tilbyd fjernsupport', 'Enabled', { explain: '', category: 'System/Fjernsupport' }),
    ],
  ])('in another language is told, %s', (_, localised) => {
    const both = gpresult(localised + policy('Configure Solicited Remote Assistance', 'Disabled'));
    expect(read(both).unread).toMatchObject([{ code: 'localised-report' }]);
    expect(read(both).unread[0]?.text).toContain('localised report, give Registry.pol');
    expect(values(both)).toEqual([['Terminal Services', 'fAllowToGetHelp=0', 'Help desk', 1]]);
  });

  it('gives firewall profiles and rules', () => {
    const file = read(
      gpresult(
        '',
        firewall(
          `<q2:DomainProfile><q2:AllowLocalPolicyMerge><q2:Value>false</q2:Value></q2:AllowLocalPolicyMerge></q2:DomainProfile>${firewallRule({ Name: 'Mapper', Dir: 'In', Action: 'Allow', Active: 'true', Protocol: '6', LPort: '135', Profile: 'Domain', RA4: '10.1.0.0/255.255.0.0' })}${firewallRule({ Name: 'broken', Action: 'perhaps' })}`,
        ),
      ),
    );
    expect(file.instructions).toMatchObject([{ name: 'AllowLocalPolicyMerge', data: 0 }]);
    expect(file.rules).toMatchObject([
      {
        name: 'Mapper',
        enabled: true,
        direction: 'in',
        action: 'allow',
        protocol: 6,
        localPorts: ['135'],
        profiles: ['domain'],
        remoteAddresses: ['10.1.0.0/255.255.0.0'],
        source: { gpo: 'Help desk', precedence: 1 },
      },
    ]);
    expect(file.unread).toMatchObject([{ code: 'unreadable-entry' }]);
  });
});

describe('the report of a GPO', () => {
  it('names the GPO', () => {
    expect(
      values(gpreport(policy('Offer Remote Assistance', 'Disabled').replace(/<GPO.*?<\/GPO>/, ''))),
    ).toEqual([['Terminal Services', 'fAllowUnsolicited=0', 'Help desk', 1]]);
  });

  it('whose computer settings are disabled sets nothing', () => {
    const file = read(gpreport(policy('Offer Remote Assistance', 'Enabled'), { enabled: false }));
    expect(file.instructions).toEqual([]);
    expect(file.unread).toMatchObject([{ code: 'gpo-disabled', source: { gpo: 'Help desk' } }]);
  });

  it('gives registry values that no template describes', () => {
    const setting = `<q1:RegistrySetting><q1:KeyPath>${TS}</q1:KeyPath><q1:Value><q1:Name>fAllowUnsolicited</q1:Name><q1:Number>1</q1:Number></q1:Value></q1:RegistrySetting>`;
    expect(values(gpreport(setting))).toEqual([
      ['Terminal Services', 'fAllowUnsolicited=1', 'Help desk', null],
    ]);
  });
});
