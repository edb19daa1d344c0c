import { LEGACY_PORTS, MODERN_PORTS, type PortRange } from '../model/target.ts';
import type { RespondOptions } from './options/respond.ts';
import { RULE_NAME } from './windows-firewall.ts';

/** First and last port of a zone and how many of its ports are drawn, as src/responder-protocol/responder-ports.ts does. */
const zonesOf = (range: PortRange | null): string => {
  const zones =
    range === null
      ? [
          [MODERN_PORTS.from, MODERN_PORTS.to, 32],
          [LEGACY_PORTS.from, LEGACY_PORTS.to, 16],
          [LEGACY_PORTS.to + 1, MODERN_PORTS.from - 1, 16],
        ]
      : [[range.from, range.to, 64]];
  return zones.map((zone) => `@(${zone.join(', ')})`).join(', ');
};

const BODY = String.raw`$ErrorActionPreference = 'Stop'
$Latin = [Text.Encoding]::GetEncoding(28591)
$Random = [Security.Cryptography.RandomNumberGenerator]::Create()
function New-Bytes([int]$size) { $bytes = New-Object byte[] $size; $Random.GetBytes($bytes); , $bytes }
function Get-Mac([byte[]]$key, [byte[]]$data) {
  $hmac = New-Object Security.Cryptography.HMACSHA256 (, $key)
  try { , $hmac.ComputeHash($data) } finally { $hmac.Dispose() }
}
function Test-Same([byte[]]$a, [byte[]]$b) {
  if ($a.Length -ne $b.Length) { return $false }
  $different = 0
  for ($i = 0; $i -lt $a.Length; $i++) { $different = $different -bor ($a[$i] -bxor $b[$i]) }
  $different -eq 0
}
function Get-Address([Net.IPAddress]$ip) {
  if ($ip.AddressFamily -eq 'InterNetwork') { $ip = [Net.IPAddress]::Parse('::ffff:' + $ip.ToString()) }
  , $ip.GetAddressBytes()
}
# A frame: magic, kind, flags, port, body, and the MAC over what was said before and the frame itself.
function New-Frame([int]$size, [int]$kind, [int]$port, [byte[]]$body, [byte[]]$key, [byte[]]$before) {
  $frame = New-Object byte[] ($size - 32)
  [Array]::Copy($Latin.GetBytes('RAP1'), $frame, 4)
  $frame[4] = $kind; $frame[6] = $port -shr 8; $frame[7] = $port -band 255
  [Array]::Copy($body, 0, $frame, 8, $body.Length)
  , [byte[]]($frame + (Get-Mac $key ([byte[]]($before + $frame))))
}
function Test-Frame([byte[]]$frame, [int]$kind, [byte[]]$key, [byte[]]$before) {
  $body = [byte[]]$frame[0..($frame.Length - 33)]; $mac = [byte[]]$frame[($frame.Length - 32)..($frame.Length - 1)]
  ($Latin.GetString($frame, 0, 4) -eq 'RAP1') -and ($frame[4] -eq $kind) -and (Test-Same $mac (Get-Mac $key ([byte[]]($before + $body))))
}
# The ports: one in each stratum of each zone, then 3389 and 135.
$Seed = [BitConverter]::ToUInt32((New-Bytes 4), 0) -band 0x1FFFFF
$Sha = [Security.Cryptography.SHA256]::Create()
$Draw = New-Object Collections.Generic.List[int]; $place = 0
foreach ($zone in $Zones) {
  $size = $zone[1] - $zone[0] + 1; $strata = [Math]::Min($zone[2], $size)
  for ($s = 0; $s -lt $strata; $s++) {
    $first = [Math]::Floor($s * $size / $strata); $width = [Math]::Floor(($s + 1) * $size / $strata) - $first
    $hash = $Sha.ComputeHash($Latin.GetBytes("ra-preflight ports 1:$($Seed):$place")); $place++
    $number = [uint64]$hash[0] * 16777216 + [uint64]$hash[1] * 65536 + [uint64]$hash[2] * 256 + [uint64]$hash[3]
    $port = [int]($zone[0] + $first + ($number % [uint64]$width))
    if (-not $Draw.Contains($port)) { $Draw.Add($port) }
  }
}
foreach ($port in 3389, 135) { if (-not $Draw.Contains($port)) { $Draw.Add($port) } }
# The code: 40 bits in public, the range where there is one, 80 bits of secret, a check character.
$Secret = New-Bytes 10
$Key = @{}
foreach ($use in 'challenge, expert to novice', 'answer, novice to expert', 'large segment, expert to novice', 'receipt, novice to expert', 'large segment, novice to expert', 'end of the idle minute, novice to expert') {
  $Key[$use] = Get-Mac $Secret ($Latin.GetBytes("ra-preflight responder 1: $use"))
}
$End = [DateTime]::UtcNow.AddSeconds($Seconds)
$minute = [uint64][Math]::Ceiling(($End - [DateTime]'1970-01-01').TotalMinutes) % 16384
$rules = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules')
$ours = @($rules.GetValueNames() | Where-Object { [string]$rules.GetValue($_) -match ('\|Action=Allow\|Active=TRUE\|Dir=In\|.*\|Name=' + [regex]::Escape($RuleName) + '\|') })
$wall = if ($ours.Count -gt 0) { 1 } else { 3 }
$head = [int64](($Range.Count / 2 * 65536 + $wall * 16384 + $minute) * 2097152 + $Seed)
$bytes = New-Object Collections.Generic.List[byte]
for ($shift = 32; $shift -ge 0; $shift -= 8) { $bytes.Add([byte](($head -shr $shift) -band 255)) }
foreach ($edge in $Range) { $bytes.Add([byte]($edge -shr 8)); $bytes.Add([byte]($edge -band 255)) }
$bytes.AddRange($Secret)
$bits = -join ($bytes | ForEach-Object { [Convert]::ToString($_, 2).PadLeft(8, '0') })
$bits = $bits.PadRight([int][Math]::Ceiling($bits.Length / 5) * 5, '0')
$sum = 0; $text = ''; $letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
for ($i = 0; $i -lt $bits.Length; $i += 5) {
  $value = [Convert]::ToInt32($bits.Substring($i, 5), 2); $text += $letters[$value]
  $sum = ($sum -bxor $value) -shl 1; if ($sum -band 32) { $sum = $sum -bxor 37 }
}
$group = if ($Range.Count -gt 0) { 4 } else { 5 }
$code = (($text + $letters[$sum]) -split "(.{$group})" | Where-Object { $_ }) -join '-'
$Listeners = @{}; $Clients = New-Object Collections.ArrayList; $Used = @{}; $Set = New-Object byte[] 9
try {
  for ($i = 0; $i -lt $Draw.Count; $i++) {
    $listener = New-Object Net.Sockets.TcpListener ([Net.IPAddress]::IPv6Any), $Draw[$i]
    $listener.Server.DualMode = $true; $listener.ExclusiveAddressUse = $true
    try { $listener.Start(64); $Listeners[$Draw[$i]] = $listener; $Set[$i -shr 3] = $Set[$i -shr 3] -bor (128 -shr ($i -band 7)) } catch { }
  }
  "ra-preflight check --responder $code $env:COMPUTERNAME"
  while ([DateTime]::UtcNow -lt $End) {
    foreach ($port in $Listeners.Keys) {
      while ($Listeners[$port].Pending()) {
        $socket = $Listeners[$port].AcceptSocket(); $socket.NoDelay = $true
        if ($Clients.Count -ge 256) { $socket.Close(0); continue }
        [void]$Clients.Add(@{ Socket = $socket; Port = $port; Step = 0; Until = [DateTime]::UtcNow.AddSeconds(5) })
      }
    }
    foreach ($client in @($Clients)) {
      $socket = $client.Socket; $over = [DateTime]::UtcNow -gt $client.Until; $need = @(160, 1400, 1)[$client.Step]
      try {
        if ($socket.Poll(0, 'SelectRead') -and $socket.Available -eq 0) { $over = $true }
        elseif ($client.Step -eq 3) { if ($over) { [void]$socket.Send((New-Frame 40 4 0 @() $Key['end of the idle minute, novice to expert'] $client.Said)); $client.Step = 2; $over = $false; $client.Until = [DateTime]::UtcNow.AddSeconds(10) } }
        elseif ($socket.Available -ge $need -and -not $over) {
          $in = New-Object byte[] $need; [void]$socket.Receive($in); $over = $true
          if ($client.Step -eq 0 -and (Test-Frame $in 1 $Key['challenge, expert to novice'] @()) -and ($in[6] * 256 + $in[7]) -eq $client.Port -and -not $Used[[Convert]::ToBase64String($in, 8, 16)]) {
            $Used[[Convert]::ToBase64String($in, 8, 16)] = $true
            $from = $socket.RemoteEndPoint; $body = [byte[]]((New-Bytes 16) + (Get-Address $from.Address) + [byte]($from.Port -shr 8) + [byte]($from.Port -band 255) + (Get-Address $socket.LocalEndPoint.Address) + $Set)
            $answer = New-Frame 112 2 $client.Port $body $Key['answer, novice to expert'] $in
            [void]$socket.Send($answer); $client.Said = [byte[]]($in + $answer); $over = $false
            $client.Step = @(2, 1, 3)[$in[5]]; $client.Until = [DateTime]::UtcNow.AddSeconds($(if ($in[5] -eq 2) { 60 } else { 10 }))
          } elseif ($client.Step -eq 1 -and (Test-Frame $in 3 $Key['large segment, expert to novice'] $client.Said)) {
            [void]$socket.Send((New-Frame 40 4 0 @() $Key['receipt, novice to expert'] $client.Said)); [void]$socket.Send((New-Frame 1400 3 0 @() $Key['large segment, novice to expert'] $client.Said)); $client.Step = 2; $over = $false
          }
        }
      } catch { $over = $true }
      if ($over) { $socket.Close(0); $Clients.Remove($client) }
    }
    Start-Sleep -Milliseconds 5
  }
} finally { foreach ($client in $Clients) { $client.Socket.Close(0) }; foreach ($listener in $Listeners.Values) { $listener.Stop() } }
`;

/**
 * A script for Windows PowerShell 5.1 that does what `respond` does, with classes of .NET only and without a control connection. It was
 * written and read against the code of this program; nobody has run it yet (docs/responder.md).
 */
export const powershellScript = ({ durationMs, range }: RespondOptions): string => `\
# ra-preflight respond, for Windows PowerShell 5.1: opens TCP ports for a bounded time and answers only those who have the code that it prints.
# If the Windows Firewall is on, an administrator lets it in for the test, and removes the rule afterwards:
#   New-NetFirewallRule -DisplayName '${RULE_NAME}' -Direction Inbound -Action Allow -Protocol TCP -Program "$PSHOME\\powershell.exe"
#   Remove-NetFirewallRule -DisplayName '${RULE_NAME}'
# Run it so: powershell -NoProfile -ExecutionPolicy Bypass -File respond.ps1
$Seconds = ${Math.round(durationMs / 1000)}
$Range = @(${range === null ? '' : `${range.from}, ${range.to}`})
$Zones = @(${range === null ? '' : ', '}${zonesOf(range)})
$RuleName = '${RULE_NAME}'
${BODY}`;
