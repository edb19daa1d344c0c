import { KEYS } from '../required.ts';
import { literal } from './powershell-text.ts';

/** The format of what the collector writes; docs/policy-make.md shows it. Added to freely, changed only with a new number. */
export const COLLECTED_SCHEMA = 'ra-preflight/collected@1';

const FIREWALL = KEYS.firewall;

/**
 * Keys of HKLM whose values are collected, not those below them. A key that is read and holds nothing says that its values are
 * not set; the firewall's own rules come from its cmdlets.
 */
export const COLLECTED_KEYS: readonly string[] = [
  KEYS.terminalServices,
  KEYS.helpers,
  'SYSTEM\\CurrentControlSet\\Control\\Remote Assistance',
  'SYSTEM\\CurrentControlSet\\Control\\Terminal Server',
  KEYS.ole,
  KEYS.dcom,
  KEYS.rpc,
  KEYS.rpcInternet,
  FIREWALL,
  KEYS.domainProfile,
  KEYS.ports,
  KEYS.portList,
  KEYS.programs,
  KEYS.programList,
  KEYS.remoteAdmin,
  KEYS.remoteDesktop,
  'SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\DomainProfile',
  `${FIREWALL}\\StandardProfile`,
  `${FIREWALL}\\PrivateProfile`,
  `${FIREWALL}\\PublicProfile`,
];

const HEAD = `#Requires -Version 5.1
# Collects what offers of Remote Assistance need of this PC's policy, as one JSON in ASCII for ra-preflight policy check.
# It changes nothing and sends nothing. Most of it needs no administrator; what could not be read is listed in "unread".
#   powershell.exe -NoProfile -ExecutionPolicy Bypass -File collect.ps1 -OutFile novice.json
[CmdletBinding()]
param([string]$OutFile = '')
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'`;

const REGISTRY = `
$unread = New-Object 'System.Collections.Generic.List[object]'
function Add-Unread([string]$What, [object]$Why) {
    $unread.Add([ordered]@{ what = $What; why = [string]$Why })
    [Console]::Error.WriteLine("not read: " + $What + ": " + [string]$Why)
}

$kinds = @{
    String = 'REG_SZ'; ExpandString = 'REG_EXPAND_SZ'; Binary = 'REG_BINARY'; DWord = 'REG_DWORD'
    MultiString = 'REG_MULTI_SZ'; QWord = 'REG_QWORD'; None = 'REG_NONE'; Unknown = 'unknown'
}
# Numbers are unsigned, bytes are hexadecimal digits.
function ConvertTo-Data([string]$Kind, [object]$Value) {
    switch ($Kind) {
        'DWord' { return [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$Value), 0) }
        'QWord' { return [string][BitConverter]::ToUInt64([BitConverter]::GetBytes([long]$Value), 0) }
        'String' { return [string]$Value }
        'ExpandString' { return [string]$Value }
        'MultiString' { return , @($Value | ForEach-Object { [string]$_ }) }
        default {
            if ($Value -is [byte[]]) { return [BitConverter]::ToString($Value).Replace('-', '').ToLowerInvariant() }
            return [string]$Value
        }
    }
}

$registry = New-Object 'System.Collections.Generic.List[object]'
$keysRead = New-Object 'System.Collections.Generic.List[string]'
# The 64-bit view, also when a 32-bit PowerShell runs this.
$hive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
foreach ($path in $keys) {
    try {
        $key = $hive.OpenSubKey($path)
        if ($null -ne $key) {
            foreach ($name in $key.GetValueNames()) {
                $kind = [string]$key.GetValueKind($name)
                $data = ConvertTo-Data $kind ($key.GetValue($name, $null, 'DoNotExpandEnvironmentNames'))
                $registry.Add([ordered]@{ path = 'HKLM\\' + $path; name = $name; type = $kinds[$kind]; value = $data })
            }
            $key.Close()
        }
        $keysRead.Add('HKLM\\' + $path)
    } catch {
        Add-Unread ('HKLM\\' + $path) $_.Exception.Message
    }
}
$hive.Close()`;

const FIREWALL_RULES = `
# One query for each class of filters, joined by InstanceID: asking rule by rule takes minutes.
function Get-ByInstance([string]$Command, [string]$Store) {
    $found = @{}
    foreach ($filter in & $Command -PolicyStore $Store) { $found[[string]$filter.InstanceID] = $filter }
    return $found
}
function Get-Texts([object]$Filter, [string]$Property) {
    if ($null -eq $Filter -or $null -eq $Filter.$Property) { return , @() }
    return , @($Filter.$Property | ForEach-Object { [string]$_ })
}
function Get-Text([object]$Filter, [string]$Property) {
    if ($null -eq $Filter -or $null -eq $Filter.$Property) { return $null }
    return [string]$Filter.$Property
}

$rules = New-Object 'System.Collections.Generic.List[object]'
# The PC's own rules, and those of group policy. Outbound rules say nothing about offers.
foreach ($store in 'PersistentStore', 'RSOP') {
    try {
        $inbound = @(Get-NetFirewallRule -PolicyStore $store | Where-Object { [string]$_.Direction -eq 'Inbound' })
        $ports = Get-ByInstance 'Get-NetFirewallPortFilter' $store
        $addresses = Get-ByInstance 'Get-NetFirewallAddressFilter' $store
        $applications = Get-ByInstance 'Get-NetFirewallApplicationFilter' $store
        $services = Get-ByInstance 'Get-NetFirewallServiceFilter' $store
        $interfaces = Get-ByInstance 'Get-NetFirewallInterfaceTypeFilter' $store
        $securities = Get-ByInstance 'Get-NetFirewallSecurityFilter' $store
        foreach ($rule in $inbound) {
            $id = [string]$rule.InstanceID
            $missing = @($ports, $addresses, $applications, $services, $interfaces, $securities | Where-Object { -not $_.ContainsKey($id) })
            # Without one of its filters a rule would look wider than it is.
            if ($missing.Count -gt 0) {
                Add-Unread ('firewall rule ' + [string]$rule.Name + ', ' + $store) 'a filter of it was not found'
                continue
            }
            $port = $ports[$id]
            $address = $addresses[$id]
            $security = $securities[$id]
            $rules.Add([ordered]@{
                name = [string]$rule.Name
                displayName = [string]$rule.DisplayName
                group = [string]$rule.Group
                enabled = [string]$rule.Enabled
                profile = [string]$rule.Profile
                direction = [string]$rule.Direction
                action = [string]$rule.Action
                protocol = Get-Text $port 'Protocol'
                localPorts = Get-Texts $port 'LocalPort'
                remotePorts = Get-Texts $port 'RemotePort'
                localAddresses = Get-Texts $address 'LocalAddress'
                remoteAddresses = Get-Texts $address 'RemoteAddress'
                program = Get-Text $applications[$id] 'Program'
                package = Get-Text $applications[$id] 'Package'
                service = Get-Text $services[$id] 'Service'
                interfaceType = Get-Text $interfaces[$id] 'InterfaceType'
                authentication = Get-Text $security 'Authentication'
                encryption = Get-Text $security 'Encryption'
                localUsers = Get-Text $security 'LocalUser'
                remoteUsers = Get-Text $security 'RemoteUser'
                remoteMachines = Get-Text $security 'RemoteMachine'
                policyStoreSource = [string]$rule.PolicyStoreSource
                policyStoreSourceType = $(if ($store -eq 'RSOP') { 'GroupPolicy' } else { 'Local' })
            })
        }
    } catch {
        Add-Unread ('firewall rules, ' + $store) $_.Exception.Message
    }
}`;

const REST = `
# As they are in force, whoever set them.
$profiles = New-Object 'System.Collections.Generic.List[object]'
try {
    foreach ($one in Get-NetFirewallProfile -PolicyStore ActiveStore) {
        $profiles.Add([ordered]@{
            name = [string]$one.Name
            enabled = [string]$one.Enabled
            defaultInboundAction = [string]$one.DefaultInboundAction
            allowInboundRules = [string]$one.AllowInboundRules
            allowLocalFirewallRules = [string]$one.AllowLocalFirewallRules
        })
    }
} catch {
    Add-Unread 'firewall profiles' $_.Exception.Message
}

$networks = New-Object 'System.Collections.Generic.List[object]'
try {
    foreach ($one in Get-NetConnectionProfile) {
        $networks.Add([ordered]@{
            name = [string]$one.Name
            interfaceAlias = [string]$one.InterfaceAlias
            networkCategory = [string]$one.NetworkCategory
        })
    }
} catch {
    Add-Unread 'network profiles' $_.Exception.Message
}

$collected = [ordered]@{
    schema = $schema
    collectedAt = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
    computer = [Environment]::MachineName
    windows = [Environment]::OSVersion.Version.ToString()
    registryKeys = $keysRead.ToArray()
    registry = $registry.ToArray()
    firewallRules = $rules.ToArray()
    firewallProfiles = $profiles.ToArray()
    networkProfiles = $networks.ToArray()
    unread = $unread.ToArray()
}
$json = ConvertTo-Json -InputObject $collected -Depth 5 -Compress
$json = [regex]::Replace($json, '[^ -~]', { param($match) '\\u{0:x4}' -f [int][char]$match.Value })
if ($OutFile) {
    $target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutFile)
    [IO.File]::WriteAllText($target, $json, [Text.Encoding]::ASCII)
} else {
    Write-Output $json
}`;

/**
 * A script for PowerShell 5.1, in ASCII with CRLF, that writes what `policy check` reads whole: the registry values about offers,
 * DCOM and RPC, the firewall's inbound rules with their six filters, its profiles and the networks.
 */
export const collectorScript = (): string => {
  const tables = [
    `$schema = ${literal(COLLECTED_SCHEMA)}`,
    `$keys = @(\n${COLLECTED_KEYS.map((key) => `    ${literal(key)}`).join('\n')}\n)`,
  ];
  return `${[HEAD, ...tables, REGISTRY, FIREWALL_RULES, REST].join('\n')}\n`.replaceAll('\n', '\r\n');
};
