import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firewallCommands, readState, windowsFirewall } from '../../src/cli/windows-firewall.ts';

const said = (used: readonly string[], on: readonly string[], rules: number): string =>
  JSON.stringify({ used, on, rules });

/** A program in place of PowerShell. */
const standIn = (script: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-firewall-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'powershell');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
};

describe('the Windows Firewall of the novice', () => {
  it.each([
    [
      said(['Private'], ['Domain', 'Private', 'Public'], 0),
      'blocks',
      /is on \(profile Private\) and has no rule/,
    ],
    [
      said(['DomainAuthenticated'], ['Domain'], 1),
      'lets-in',
      /has a rule for the responder \(profile Domain\)/,
    ],
    [said(['DomainAuthenticated'], ['Private', 'Public'], 0), 'lets-in', /is off \(profile Domain\)/],
    [said(['Public', 'DomainAuthenticated'], ['Public'], 0), 'blocks', /profile Public/],
    [said([], ['Public'], 0), 'unknown', /knows of no network/],
    ['', 'unknown', /could not be read/],
    ['{"used":"Private","on":[],"rules":0}', 'unknown', /could not be read/],
    ['Get-NetConnectionProfile : not recognised', 'unknown', /could not be read/],
  ])('%s', (output, state, words) => {
    const read = readState(output);
    expect(read.state).toBe(state);
    expect(read.text).toMatch(words);
  });

  it('is read by one program without a shell, that gets the whole question as one word', async () => {
    const program = standIn(
      `[ $# -eq 4 ] && [ "$3" = -Command ] && echo '${said(['Private'], ['Private'], 0)}'`,
    );
    expect((await windowsFirewall('win32', program))?.state).toBe('blocks');
  });

  it('is not known where that program fails, floods or is not there, and nobody asks elsewhere', async () => {
    expect((await windowsFirewall('win32', standIn('exit 3')))?.state).toBe('unknown');
    expect((await windowsFirewall('win32', standIn('exec yes')))?.state).toBe('unknown');
    expect((await windowsFirewall('win32', '/nonexistent/powershell.exe'))?.state).toBe('unknown');
    expect(await windowsFirewall('linux', standIn('exit 3'))).toBeNull();
  });

  it('is opened for one program by a rule that is found again by its name', () => {
    const { allow, remove } = firewallCommands("C:\\Program Files\\it's\\node.exe");
    expect(allow).toContain("-Program 'C:\\Program Files\\it''s\\node.exe'");
    expect(remove).toBe("Remove-NetFirewallRule -DisplayName 'ra-preflight responder'");
    expect(allow).toContain("-DisplayName 'ra-preflight responder'");
  });
});
