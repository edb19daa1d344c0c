import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { OwnFirewall } from '../model/evidence.ts';

/** The name of the rule that lets the responder in, by which it is found and taken back. */
export const RULE_NAME = 'ra-preflight responder';
/** PowerShell starts slowly, and the firewall's module reads every rule. */
const WAIT_MS = 20_000;
const MOST_BYTES = 64 << 10;

/** Asks for the state in words that are the same in every language of Windows. Reads only, and needs no administrator. */
const SCRIPT = `
$ErrorActionPreference = 'Stop'
$used = @(Get-NetConnectionProfile | ForEach-Object { [string]$_.NetworkCategory })
$on = @(Get-NetFirewallProfile -PolicyStore ActiveStore | Where-Object { [string]$_.Enabled -eq 'True' } | ForEach-Object { [string]$_.Name })
$rules = @(Get-NetFirewallRule -PolicyStore ActiveStore -DisplayName '${RULE_NAME}' -ErrorAction SilentlyContinue | Where-Object { [string]$_.Enabled -eq 'True' -and [string]$_.Action -eq 'Allow' -and [string]$_.Direction -eq 'Inbound' })
ConvertTo-Json -Compress @{ used = $used; on = $on; rules = $rules.Count }
`;

const STATE = z.object({
  used: z.array(z.string()),
  on: z.array(z.string()),
  rules: z.number(),
});

/** The profile of the firewall that holds for a category of network. */
const PROFILES: Readonly<Record<string, string>> = { DomainAuthenticated: 'Domain' };

/** The Windows Firewall as far as the responder's ports go, and that in one sentence. */
export interface FirewallState {
  readonly state: OwnFirewall;
  readonly text: string;
}

/** What the output of SCRIPT says; `unknown` for anything that is not its output. */
export const readState = (output: string): FirewallState => {
  let state: z.infer<typeof STATE>;
  try {
    state = STATE.parse(JSON.parse(output));
  } catch {
    return { state: 'unknown', text: 'the state of the Windows Firewall could not be read' };
  }
  const used = state.used.map((category) => PROFILES[category] ?? category);
  if (used.length === 0) return { state: 'unknown', text: 'Windows knows of no network it is connected to' };
  const on = used.filter((profile) => state.on.includes(profile));
  if (on.length === 0)
    return { state: 'lets-in', text: `the Windows Firewall is off (profile ${used.join(', ')})` };
  return state.rules > 0
    ? {
        state: 'lets-in',
        text: `the Windows Firewall has a rule for the responder (profile ${on.join(', ')})`,
      }
    : {
        state: 'blocks',
        text: `the Windows Firewall is on (profile ${on.join(', ')}) and has no rule for the responder`,
      };
};

/** Reads the state of the firewall; null on anything but Windows, whose firewalls nobody asks. Never throws, bounded in time. */
export const windowsFirewall = async (
  platform: NodeJS.Platform,
  program = join(
    process.env['SystemRoot'] ?? 'C:\\Windows',
    'System32',
    'WindowsPowerShell',
    'v1.0',
    'powershell.exe',
  ),
): Promise<FirewallState | null> => {
  if (platform !== 'win32') return null;
  try {
    const args = ['-NoProfile', '-NonInteractive', '-Command', SCRIPT];
    const options = { timeout: WAIT_MS, maxBuffer: MOST_BYTES, windowsHide: true };
    return readState((await promisify(execFile)(program, args, options)).stdout);
  } catch {
    return readState('');
  }
};

/** PowerShell commands, for an administrator, that let one program be reached for the test, and take that back. */
export const firewallCommands = (program: string): { readonly allow: string; readonly remove: string } => ({
  allow: `New-NetFirewallRule -DisplayName '${RULE_NAME}' -Direction Inbound -Action Allow -Protocol TCP -Program '${program.replaceAll("'", "''")}'`,
  remove: `Remove-NetFirewallRule -DisplayName '${RULE_NAME}'`,
});
