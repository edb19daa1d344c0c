import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PolicyReport } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import { dword, entry, pol, polOf, TS, utf16, VISTA } from '../policy/files.ts';
import { BIN, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};

const READY = file('ready.pol', polOf(VISTA));
const OFF = file('off.pol', pol(dword(TS, 'fAllowUnsolicited', 0)));

const check = async (...args: readonly string[]) => {
  const ran = await run(['policy', 'check', ...args, '--format', 'json']);
  expect(ran.stderr).toBe('');
  return { code: ran.code, report: JSON.parse(ran.stdout) as PolicyReport };
};

describe('policy check', () => {
  it.each([
    ['lets offers through', [READY], 0, 'ready'],
    ['stops them', [READY, OFF], 1, 'blocked'],
    ['leaves something open', [file('open.pol', polOf(VISTA, { dcom: [] }))], 3, 'undetermined'],
  ])('a policy that %s', async (_, files, code, verdict) => {
    const ran = await check(...files, '--novice', 'vista-or-later');
    expect([ran.code, ran.report.schema, ran.report.verdict]).toEqual([
      code,
      'ra-preflight/policy@1',
      verdict,
    ]);
  });

  it('the file that is named last wins', async () => {
    expect((await check(OFF, READY)).report.verdict).toBe('ready');
  });

  it('a GPO backup is named by its display name, whatever the spelling of its folders', async () => {
    const root = 'backups/{11111111-1111-1111-1111-111111111111}';
    file(
      `${root}/bkupInfo.xml`,
      '<BackupInst xmlns="http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest"><GPODisplayName><![CDATA[Baseline & more]]></GPODisplayName></BackupInst>',
    );
    file(`${root}/DomainSysvol/GPO/machine/registry.pol`, pol(dword(TS, 'fAllowUnsolicited', 0)));
    file(
      `${root}/DomainSysvol/GPO/Machine/microsoft/windows nt/SecEdit/GptTmpl.inf`,
      utf16(
        '\ufeff[Registry Values]\r\nMACHINE\\Software\\Policies\\Microsoft\\Windows NT\\DCOM\\MachineLaunchRestriction=1,"D:(A;;CC;;;BA)"\r\n',
      ),
    );
    for (const path of ['backups', root]) {
      const { report } = await check(join(folder, path));
      const of = (code: string) => report.findings.filter((one) => one.code === code);
      expect(of('offers-disabled')).toMatchObject([{ gpo: 'Baseline & more' }]);
      expect(of('dcom-limits-deny')).toMatchObject([{ gpo: 'Baseline & more' }]);
    }
  });

  it('a GPO backup whose computer settings are disabled sets nothing', async () => {
    const root = 'disabled';
    file(
      `${root}/Backup.xml`,
      '<GroupPolicyBackupScheme><GroupPolicyObject><GroupPolicyCoreSettings><DisplayName>Off</DisplayName><Options>2</Options></GroupPolicyCoreSettings></GroupPolicyObject></GroupPolicyBackupScheme>',
    );
    file(`${root}/DomainSysvol/GPO/Machine/Registry.pol`, polOf(VISTA));
    const { report } = await check(join(folder, root));
    expect(report.findings.map(({ code }) => code)).toContain('gpo-disabled');
    expect(report.verdict).toBe('blocked');
  });

  it('a folder of the local policy', async () => {
    file('GroupPolicy/Machine/Registry.pol', polOf(VISTA));
    file('GroupPolicy/User/Registry.pol', pol(dword(TS, 'fAllowUnsolicited', 0)));
    expect((await check(join(folder, 'GroupPolicy'))).report.verdict).toBe('ready');
  });

  it('each file that cannot be read gets a line with the offset, and exit code 2', async () => {
    const cut = file('cut.pol', polOf(VISTA).subarray(0, 100));
    const { code, stdout, stderr } = await run(['policy', 'check', cut, join(folder, 'none.pol'), READY]);
    expect([code, stdout]).toEqual([2, '']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/cut\.pol: ends in the middle of the name of a key \(offset 100\)$/);
    expect(lines[1]).toMatch(/none\.pol: cannot be read: no such file or folder \(/);
  });

  it('-o picks the format by its ending', async () => {
    const out = join(folder, 'out.html');
    expect((await run(['policy', 'check', READY, '-o', out])).code).toBe(0);
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(out, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('64 MiB of one file take less than 200 MiB', async () => {
    const size = 64 * 2 ** 20;
    const part = entry('A\\'.padEnd(200, 'k'), 'b'.repeat(100), 1, utf16('中'.repeat(2000)));
    const reg = 'Windows Registry Editor Version 5.00\r\n[HKEY_LOCAL_MACHINE\\A]\r\n';
    const kinds = {
      'large.pol': pol(...Array<Buffer>(Math.floor((size - 8) / part.length)).fill(part)),
      'large.reg': Buffer.from(reg + '"a"="b"\r\n'.repeat(Math.floor((size - reg.length) / 9))),
      'large.xml': Buffer.from(`<Rsop><ComputerResults>${'a'.repeat(size - 30)}`),
      'large.json': Buffer.from(`[${'{},'.repeat((size - 4) / 3)}`),
      'larger.pol': Buffer.alloc(size + 1),
    };
    const measure = `import { spawnSync } from 'node:child_process';
      const ran = spawnSync(process.execPath, ['--import', 'data:text/javascript,process.on("exit",()=>console.error("RSS",process.resourceUsage().maxRSS))', ${JSON.stringify(BIN)}, 'policy', 'check', process.argv[1]], { encoding: 'utf8' });
      console.log(JSON.stringify([ran.status, Number(/RSS (\\d+)/.exec(ran.stderr)?.[1])]));`;
    const peak = async (path: string): Promise<readonly [number, number]> => {
      const { execFileSync } = await import('node:child_process');
      return JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', measure, path], { encoding: 'utf8' }),
      );
    };
    const [, base] = await peak(OFF);
    for (const [name, bytes] of Object.entries(kinds)) {
      const path = file(name, bytes);
      const [status, kibibytes] = await peak(path);
      expect([name, status]).toEqual([name, 2]);
      expect(kibibytes - base).toBeLessThan(200 * 1024);
      rmSync(path);
    }
  }, 120_000);
});

describe('check and audit with --policy', () => {
  it('join what the files say with the network', async () => {
    const { code, stdout } = await run([
      'check',
      '127.0.26.1',
      '--no-ping',
      '--policy',
      READY,
      '--policy',
      OFF,
      '--format',
      'json',
    ]);
    const [host] = (JSON.parse(stdout) as Report).hosts;
    expect(code).toBe(1);
    expect(host?.policy).toMatchObject({ novice: 'vista-or-later', verdict: 'blocked', forbids: true });
    expect(host?.because.map(({ rule }) => rule)).toContain('policy-offers-disabled');
  });

  it('audit keeps it in the history, so that its report has it', async () => {
    const db = join(folder, 'history.db');
    await run(['audit', '127.0.26.2', '--no-ping', '--policy', OFF, '--db', db, '-q']);
    const { stdout } = await run(['report', '--db', db, '--format', 'json']);
    const [host] = (JSON.parse(stdout) as Report).hosts;
    expect(host?.policy?.findings[0]).toMatchObject({ code: 'offers-disabled', file: OFF });
  });

  it('a file among the targets is told what it lacks', async () => {
    for (const command of ['check', 'audit']) {
      const { code, stderr } = await run([command, '127.0.26.4', '--policy', READY, OFF]);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/is a file; each policy file has a --policy of its own/),
      ]);
    }
  });

  it('a file that cannot be read ends it before anything is sent', async () => {
    const { code, stdout, stderr } = await run(['check', '127.0.26.3', '--policy', join(folder, 'none.pol')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^ra-preflight: policy .*none\.pol: cannot be read/);
  });
});
