import { exceptionsFor, KEYS, type RequiredException, RULE_GROUP } from '../required.ts';
import { REG } from '../setting.ts';
import { literal, literals } from './powershell-text.ts';
import { prefixText, valuesOf, type Wanted, type WrittenValue } from './wanted.ts';

const KINDS: Readonly<Record<number, string>> = {
  [REG.dword]: 'DWord',
  [REG.sz]: 'String',
  [REG.multiSz]: 'MultiString',
};

const dataText = ({ data }: WrittenValue): string => {
  if (typeof data === 'number') return String(data);
  return typeof data === 'string' ? literal(data) : `([string[]]${literals(data as readonly string[])})`;
};

const valueLine = (value: WrittenValue): string =>
  `    @{ Key = ${literal(value.key)}; Name = ${literal(value.name)}; Kind = ${literal(KINDS[value.type] ?? '')}; Data = ${dataText(value)} }`;

const ruleLine = ({ name, port, rule }: RequiredException): string[] =>
  rule === null
    ? []
    : [
        `    @{ Name = ${literal(rule.name)}; DisplayName = ${literal(name)}; Program = ${literal(rule.program)}; ` +
          `Service = ${rule.service === null ? "'Any'" : literal(rule.service)}; LocalPort = ${port === null ? "'Any'" : literal(String(port))} }`,
      ];

const HEAD = `#Requires -Version 5.1
# What offers of Remote Assistance need of the novices' policy (KB301527 and the text of Offer Remote Assistance).
# -WhatIf shows what would be written.`;

const TO_GPO = `foreach ($value in $values + $rulesOfGpo) {
    if ($PSCmdlet.ShouldProcess("$GpoName, HKLM\\$($value.Key)", "set $($value.Name)")) {
        $null = Set-GPRegistryValue -Name $GpoName -Key "HKLM\\$($value.Key)" -ValueName $value.Name -Type $value.Kind -Value $value.Data
    }
}`;

const GPO_ONLY = `${HEAD}
# Run it where the Group Policy module is (RSAT), for a GPO that exists and is linked to the novices:
# PowerShell 5.1 does not run on the novices themselves.
[CmdletBinding(SupportsShouldProcess = $true)]
param([Parameter(Mandatory = $true)][string]$GpoName)
$ErrorActionPreference = 'Stop'
Import-Module GroupPolicy
`;

const EITHER = `${HEAD}
# With -GpoName, for a GPO that exists, where the Group Policy module is (RSAT); without, for the PC on which it runs,
# as administrator.
[CmdletBinding(SupportsShouldProcess = $true)]
param([string]$GpoName = '')
$ErrorActionPreference = 'Stop'
`;

/** The built-in rules are changed where they are, so that a scope holds; a rule that is gone is made anew. */
const TO_PC = `foreach ($value in $values) {
    if ($PSCmdlet.ShouldProcess("HKLM\\$($value.Key)", "set $($value.Name)")) {
        [Microsoft.Win32.Registry]::SetValue("HKEY_LOCAL_MACHINE\\$($value.Key)", $value.Name, $value.Data, [Microsoft.Win32.RegistryValueKind]$value.Kind)
    }
}
foreach ($rule in $rules) {
    if (-not $PSCmdlet.ShouldProcess($rule.Name, 'allow in the firewall')) { continue }
    if (Get-NetFirewallRule -Name $rule.Name -PolicyStore PersistentStore -ErrorAction SilentlyContinue) {
        Set-NetFirewallRule -Name $rule.Name -PolicyStore PersistentStore -Enabled True -Action Allow -RemoteAddress $from
    } else {
        $null = New-NetFirewallRule -Name $rule.Name -DisplayName $rule.DisplayName -Group $group -Enabled True -Direction Inbound -Action Allow -Profile Domain -Protocol TCP -LocalPort $rule.LocalPort -Program $rule.Program -Service $rule.Service -RemoteAddress $from
    }
}`;

const indented = (text: string): string => text.replaceAll(/^/gm, '    ');

const array = (name: string, lines: readonly string[]): string => `$${name} = @(\n${lines.join('\n')}\n)`;

/**
 * A script for PowerShell 5.1, in ASCII with CRLF. For Vista and later it writes into a GPO or onto the PC where it runs; for the
 * others, where no such PowerShell is, only into a GPO. All that was typed stands in it as literals.
 */
export const writePowershell = (wanted: Wanted): string => {
  const values = valuesOf(wanted);
  const isRule = ({ key }: WrittenValue): boolean => key === KEYS.firewallRules;
  const parts = [
    wanted.novice === 'vista-or-later' ? EITHER : GPO_ONLY,
    array('values', values.filter((value) => !isRule(value)).map(valueLine)),
    array('rulesOfGpo', values.filter(isRule).map(valueLine)),
  ];
  if (wanted.novice === 'vista-or-later') {
    const from = wanted.from.length === 0 ? ['Any'] : wanted.from.map(prefixText);
    parts.push(
      array('rules', exceptionsFor(wanted.novice).flatMap(ruleLine)),
      `$group = ${literal(RULE_GROUP)}\n$from = ${literals(from)}\n`,
      `if ($GpoName) {\n${indented(`Import-Module GroupPolicy\n${TO_GPO}\nreturn`)}\n}\n${TO_PC}`,
    );
  } else parts.push(TO_GPO);
  return `${parts.join('\n')}\n`.replaceAll('\n', '\r\n');
};
