import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const MODULE = join(ROOT, 'windows/RaPreflight');

/** What `write` writes to standard output in a process of its own, which has the parts of the packer. */
const packing = (write: string, env: NodeJS.ProcessEnv = {}): Buffer => {
  const imports = [
    ['zipOf', 'zip'],
    ['scoopManifest', 'scoop'],
    ['NODE', 'parts'],
  ].map(
    ([name, file]) => `import { ${name} } from ${JSON.stringify(join(ROOT, `scripts/windows/${file}.mjs`))};`,
  );
  const code = `${imports.join('\n')}\nprocess.stdout.write(${write});`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, ...env },
  });
};

const zipIn = (zone: string, entries: string): Buffer =>
  packing(`zipOf(${entries}, new Date('2026-11-26T12:34:56Z'))`, { TZ: zone });

describe('the zip for Windows', () => {
  test('is the same whatever time zone and order it is made in', () => {
    const one = zipIn('Pacific/Auckland', `[['b/x', Buffer.from('1')], ['a/\u00fc', Buffer.from('22')]]`);
    const other = zipIn('America/Denver', `[['a/\u00fc', Buffer.from('22')], ['b/x', Buffer.from('1')]]`);
    expect(one.equals(other)).toBe(true);
    const files = unzipSync(one);
    expect(Object.entries(files).map(([path, bytes]) => [path, String(Buffer.from(bytes))])).toEqual([
      ['a/\u00fc', '22'],
      ['b/x', '1'],
    ]);
  });

  test('has a manifest for scoop with the address and digest of each', () => {
    const zips = ['x64', 'arm64'].map((arch) => ({ arch, name: `ra-1-win-${arch}.zip`, hash: `h-${arch}` }));
    const written = `JSON.stringify(scoopManifest(${JSON.stringify(manifest)}, 'https://example.org/1/', ${JSON.stringify(zips)}))`;
    expect(JSON.parse(String(packing(written)))).toMatchObject({
      version: manifest.version,
      license: 'MIT',
      bin: 'ra-preflight.cmd',
      architecture: {
        '64bit': {
          url: 'https://example.org/1/ra-1-win-x64.zip',
          hash: 'h-x64',
          extract_dir: 'ra-1-win-x64',
        },
        arm64: {
          url: 'https://example.org/1/ra-1-win-arm64.zip',
          hash: 'h-arm64',
          extract_dir: 'ra-1-win-arm64',
        },
      },
    });
  });

  test('holds a Node that has SQLite of its own', () => {
    for (const name of JSON.parse(
      String(packing('JSON.stringify(Object.values(NODE).map((one) => one.package))')),
    )) {
      const [major = 0, minor = 0] = (/@(\d+)\.(\d+)/.exec(name) ?? []).slice(1).map(Number);
      expect(major > 22 || (major === 22 && minor >= 16)).toBe(true);
    }
  });
});

describe('the PowerShell module', () => {
  const files = ['RaPreflight.psd1', 'RaPreflight.psm1'].map((name) =>
    readFileSync(join(MODULE, name), 'utf8'),
  );

  test('has the version of the program, and exports what it defines', () => {
    const [declared = '', code = ''] = files;
    expect(/ModuleVersion\s*=\s*'([^']*)'/.exec(declared)?.[1]).toBe(manifest.version);
    expect(/FunctionsToExport\s*=\s*@\('([^']*)'\)/.exec(declared)?.[1]).toBe('Test-RemoteAssistance');
    expect(code).toMatch(/^function Test-RemoteAssistance \{$/m);
    expect(code).toMatch(/^Export-ModuleMember -Function 'Test-RemoteAssistance'$/m);
  });

  test('is ASCII, which Windows PowerShell 5.1 reads the same in every code page', () => {
    for (const text of files) expect(text).toMatch(/^[\t\n\x20-\x7e]*$/);
  });
});
