const SETTINGS = 'http://www.microsoft.com/GroupPolicy/Settings';
const TYPES = 'http://www.microsoft.com/GroupPolicy/Types';

const given = (gpo: string, precedence: number): string =>
  `<GPO xmlns="${SETTINGS}/Base"><Identifier xmlns="${TYPES}">${gpo}</Identifier></GPO><Precedence xmlns="${SETTINGS}/Base">${precedence}</Precedence>`;

/** A policy of the administrative templates as gpresult prints it. */
export const policy = (
  name: string,
  state: string,
  {
    gpo = '{A}',
    precedence = 1,
    category = 'System/Remote Assistance',
    explain = 'This policy setting allows',
    more = '',
  } = {},
): string =>
  `<q1:Policy>${given(gpo, precedence)}<q1:Name>${name}</q1:Name><q1:State>${state}</q1:State><q1:Explain>${explain}</q1:Explain><q1:Supported>${explain && 'At least Windows XP'}</q1:Supported><q1:Category>${category}</q1:Category>${more}</q1:Policy>`;

/** The list and the choice of Offer Remote Assistance. */
export const offered = (
  helpers: readonly string[],
  choice = 'Allow helpers to remotely control the computer',
): string =>
  `<q1:DropDownList><q1:Name>Permit remote control of this computer:</q1:Name><q1:State>Enabled</q1:State><q1:Value><q1:Name>${choice}</q1:Name></q1:Value></q1:DropDownList><q1:ListBox><q1:Name>Helpers:</q1:Name><q1:State>Enabled</q1:State><q1:Value>${helpers.map((one) => `<q1:Element><q1:Data>${one}</q1:Data></q1:Element>`).join('')}</q1:Value></q1:ListBox>`;

export const firewall = (inner: string): string =>
  `<Extension xmlns:q2="${SETTINGS}/WindowsFirewall" xsi:type="q2:WindowsFirewallSettings" xmlns="${SETTINGS}">${inner}</Extension>`;

export const firewallRule = (fields: Readonly<Record<string, string>>): string =>
  `<q2:InboundFirewallRules>${given('{A}', 1)}<q2:Version>2.30</q2:Version>${Object.entries(fields)
    .map(([name, value]) => `<q2:${name}>${value}</q2:${name}>`)
    .join('')}</q2:InboundFirewallRules>`;

const registry = (policies: string): string =>
  `<Extension xmlns:q1="${SETTINGS}/Registry" xsi:type="q1:RegistrySettings" xmlns="${SETTINGS}">${policies}</Extension>`;

/** What `gpresult /x` writes, in UTF-16 as Windows does. */
export const gpresult = (policies: string, more = ''): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from(
      `<?xml version="1.0" encoding="utf-16"?>
<Rsop xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://www.microsoft.com/GroupPolicy/Rsop">
<UserResults><ExtensionData>${registry(policy('Offer Remote Assistance', 'Disabled'))}</ExtensionData></UserResults>
<ComputerResults><GPO><Name>Help desk</Name><Path><Identifier xmlns="${TYPES}">{A}</Identifier></Path></GPO><GPO><Name>Baseline</Name><Path><Identifier xmlns="${TYPES}">{B}</Identifier></Path></GPO>
<ExtensionData>${registry(policies)}</ExtensionData>${more && `<ExtensionData>${more}</ExtensionData>`}</ComputerResults></Rsop>`,
      'utf16le',
    ),
  ]);

/** What Get-GPOReport writes. */
export const gpreport = (policies: string, { enabled = true, name = 'Help desk' } = {}): string =>
  `<?xml version="1.0" encoding="utf-8"?><GPO xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="${SETTINGS}"><Identifier><Identifier xmlns="${TYPES}">{A}</Identifier></Identifier><Name>${name}</Name><Computer><VersionDirectory>1</VersionDirectory><Enabled>${enabled}</Enabled><ExtensionData>${registry(policies)}</ExtensionData></Computer></GPO>`;
