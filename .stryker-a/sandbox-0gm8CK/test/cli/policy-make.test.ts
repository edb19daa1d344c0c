import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { endAll, startIn } from '../tui/pty.ts';
import { BIN, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-make-'));
afterAll(endAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HELPERS = ['--helpers', 'CONTOSO\\Helpdesk'];
const XP = ['policy', 'make', '--novice', 'xp-sp2'];
const VISTA = ['policy', 'make', '--novice', 'vista-or-later'];

describe('policy make', () => {
  it.each([
    [[...VISTA, '--format', 'reg'], /^--helpers is missing/],
    [['policy', 'make', ...HELPERS, '--format', 'reg'], /^--novice is missing/],
    [[...VISTA, ...HELPERS], /^--format is missing/],
    [[...VISTA, ...HELPERS, '-o', 'x.txt'], /^--format is missing/],
    [
      ['policy', 'make', '--novice', 'xp', ...HELPERS, '--format', 'reg'],
      /^--novice 'xp': expected one of xp-sp2/,
    ],
    [[...VISTA, '--helpers', 'Helpdesk', '--format', 'reg'], /^--helpers 'Helpdesk': has no domain/],
    [
      [...VISTA, ...HELPERS, '--helpers', 'a@b', '--format', 'reg'],
      /^--helpers 'a@b': is a user principal name/,
    ],
    [[...VISTA, ...HELPERS, '--format', 'adm'], /^--format 'adm': expected one of pol/],
    [
      [...VISTA, ...HELPERS, '--from', '10.1.0.0/33', '--format', 'reg'],
      /^--from '10\.1\.0\.0\/33': is not a block/,
    ],
    [[...VISTA, ...HELPERS, '--from', 'helpdesk', '--format', 'reg'], /^--from 'helpdesk': is not a block/],
    [
      [...VISTA, ...HELPERS, '--from', '010.0.0.1', '--format', 'reg'],
      /^--from '010\.0\.0\.1': is not a block/,
    ],
    [
      [...VISTA, ...HELPERS, '--from', '10.1.2.5/24', '--format', 'reg'],
      /write 10\.1\.2\.0\/24, or only 10\.1\.2\.5$/,
    ],
    [[...VISTA, ...HELPERS, '--from', '0.0.0.0/0', '--format', 'reg'], /is everybody; leave --from out/],
    [[...XP, ...HELPERS, '--from', 'fd00::/8', '--format', 'reg'], /is IPv6, which/],
    [
      [...VISTA, ...HELPERS, '--rpc-ports', '5199-5000', '--format', 'reg'],
      /is reversed, did you mean 5000-5199/,
    ],
    [[...VISTA, ...HELPERS, '--rpc-ports', '80-90', '--format', 'reg'], /above 1024/],
    [[...VISTA, ...HELPERS, '--rpc-ports', '5000,5001', '--format', 'reg'], /expected one range like/],
  ])('refuses %j in one line', async (args, why) => {
    const { code, stdout, stderr } = await run(args, { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [line = '', ...more] = stderr.split('\n');
    expect(more).toEqual(['']);
    expect(line.replace('ra-preflight: ', '')).toMatch(why);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets no typed text steer a terminal', async () => {
    const { code, stderr } = await run([...VISTA, '--helpers', 'x\u001b]0;owned\u0007', '--format', 'reg']);
    expect(code).toBe(2);
    expect(stderr).toContain('owned');
    expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('takes the format from the ending, and writes as the tools of Windows do', async () => {
    const made = async (name: string, ...more: string[]): Promise<Buffer> => {
      const file = join(folder, name);
      const ran = await run([...XP, ...HELPERS, ...more, '-o', file]);
      expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
      return readFileSync(file);
    };
    const pol = await made('Registry.pol');
    expect(pol.subarray(0, 8).toString('latin1')).toBe('PReg\u0001\0\0\0');
    const reg = await made('novice.reg');
    expect(reg.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
    const text = reg.subarray(2).toString('utf16le');
    expect(text.startsWith('Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\')).toBe(true);
    expect(text).toContain('"CONTOSO\\\\Helpdesk"="CONTOSO\\\\Helpdesk"\r\n');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect((await made('novice.PS1')).toString('ascii')).toContain('Set-GPRegistryValue');
    // One name has a dash that is not ASCII.
    const lgpo = await made('novice.txt', '--format', 'lgpo');
    expect(lgpo.subarray(2).toString('utf16le')).toContain('\r\nComputer\r\nSOFTWARE\\Policies\\');
    expect(lgpo.subarray(2).toString('utf16le')).toContain('\r\nfAllowUnsolicited\r\nDWORD:1\r\n\r\n');
    const ascii = await run([...VISTA, ...HELPERS, '--format', 'lgpo']);
    expect(ascii.stdout).toMatch(/^; Offer Remote Assistance \(KB301527\)\r\nComputer\r\n[\r\n -~]+$/);
  });

  it.each(['pol', 'reg', 'txt'])('and policy check finds that ready: .%s', async (ending) => {
    const file = join(folder, `ready.${ending}`);
    const format = ending === 'txt' ? ['--format', 'lgpo'] : [];
    await run(['policy', 'make', '--novice', 'server-2003-sp1', ...HELPERS, ...format, '-o', file]);
    const checked = await run(['policy', 'check', file, '--novice', 'server-2003-sp1', '--format', 'json']);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(checked.stdout)).toMatchObject({ verdict: 'ready', novice: 'server-2003-sp1' });
  });

  it('says what a narrow RPC range and a scope do not reach', async () => {
    const file = join(folder, 'x.pol');
    const args = ['--rpc-ports', '5000-5050', '--from', '10.1.0.0/16', '-o', file];
    const { code, stderr } = await run([...VISTA, ...HELPERS, ...args]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/at least 100 ports, none below 5000 \(KB154596\)/);
    expect(stderr).toMatch(/netsh int ipv4 show dynamicport/);
    expect(stderr).toMatch(/rules that a novice has of its own stay open/);
  });

  it('takes the range that the documents take themselves', async () => {
    const args = ['--rpc-ports', '5000-5199', '-o', join(folder, 'range.reg')];
    const { code, stderr } = await run([...XP, ...HELPERS, ...args]);
    expect(code).toBe(0);
    expect(stderr).not.toContain('KB154596');
  });

  it.each([
    ['pol', 2, /--format pol is binary and not written to a terminal; name a file with -o/],
    // A terminal cannot show UTF-16.
    ['reg', 0, /"fAllowUnsolicited"=dword:00000001/],
  ])('on a terminal, as %s', async (format, code, says) => {
    const shown = startIn({ cols: 100, rows: 60 }, [BIN, ...VISTA, ...HELPERS, '--format', format]);
    expect(await shown.exited()).toBe(code);
    expect(await shown.sees(says)).not.toContain('PReg');
  });

  it('writes a binary file through a pipe, byte for byte', async () => {
    const args = [...XP, ...HELPERS, '--rpc-ports', '6000-6999'];
    await run([...args, '-o', join(folder, 'a.pol')]);
    const piped = await run(['policy', 'make', '--help']);
    expect(piped.stdout).toMatch(/Exit codes: 0 written, 2 usage\./);
    const { stdout } = await run([...args, '--format', 'pol']);
    // `run` reads UTF-8, which these bytes are: ASCII and zeros, but for the dash of one name.
    const file = readFileSync(join(folder, 'a.pol')).toString('utf8');
    expect(stdout).toBe(file);
  });
});

describe('policy collector', () => {
  it('prints a script, or writes it', async () => {
    const { code, stdout, stderr } = await run(['policy', 'collector']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^#Requires -Version 5\.1\r\n/);
    await run(['policy', 'collector', '-o', join(folder, 'collect.ps1')]);
    expect(readFileSync(join(folder, 'collect.ps1'), 'ascii')).toBe(stdout);
  });
});
