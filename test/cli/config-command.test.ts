import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config-file.ts';
import { SCAN } from '../../src/cli/options/scan.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-config-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('config init', () => {
  it('writes every option that a config file may hold, and nothing that changes anything', async () => {
    const env = { XDG_CONFIG_HOME: join(folder, 'home') };
    const { code, stderr } = await run(['config', 'init'], { env });
    const path = join(folder, 'home/ra-preflight/config.toml');
    expect([code, stderr]).toEqual([0, `ra-preflight: written: ${path}\n`]);
    const text = readFileSync(path, 'utf8');
    expect(parseConfig(text, path)).toMatchObject({ options: {}, schedules: [] });
    // What stands behind the # is right: what has a default is read as it.
    const bare = text
      .replaceAll(/^# (?=[a-z0-9-]+ = (?!"<))/gm, '')
      .replaceAll(/^(cron|targets|formats|out|name) =.*\n/gm, '');
    const { options } = parseConfig(bare.replaceAll(/^(allow|deny) =.*\n/gm, ''), path);
    expect(options).toMatchObject({
      rate: 1000,
      map: true,
      quiet: false,
      engine: 'auto',
      excludes: [],
      sample: 32,
    });
    for (const { long, config } of Object.values(SCAN)) {
      expect(text.includes(`# ${long} = `), long).toBe(config.startsWith('top'));
      if (config === 'schedule') expect(text).toMatch(new RegExp(`^# here: .*\\b${long}\\b`, 'm'));
    }
    expect((await run(['config', 'init'], { env })).stderr).toBe(
      `ra-preflight: ${path}: already exists; --force replaces it\n`,
    );
  });
});

describe('config show', () => {
  it('says what is in effect and where it comes from', async () => {
    const path = file('show.toml', 'rate = 200\ndb = "kept.db"\n[scope]\ndeny = ["10.1.9.0/24"]\n');
    const { code, stdout } = await run(['config', 'show', '--config', path]);
    expect(code).toBe(0);
    const row = (key: string) =>
      stdout
        .split('\n')
        .find((line) => line.startsWith(`${key} `))
        ?.split(/ {2,}/);
    expect(row('rate')).toEqual(['rate', '200', path]);
    expect(row('subnet-rate')).toEqual(['subnet-rate', '100', 'default']);
    expect(row('db')).toEqual(['db', JSON.stringify(join(folder, 'kept.db')), path]);
    expect(stdout).toContain('scope.deny: 10.1.9.0/24\n');
    const json = JSON.parse(
      (await run(['config', 'show', '--config', path, '--format', 'json', '--for', 'check'])).stdout,
    );
    expect(json).toMatchObject({ command: 'check', file: path, scope: { allow: [], deny: ['10.1.9.0/24'] } });
    expect(json.options.rate).toEqual({ value: 200, from: path });
    expect(json.options['subnet-rate']).toBeUndefined();
  });

  it('says that there is no file', async () => {
    expect((await run(['config', 'show'])).stdout).toMatch(
      /\nfile: none \(\/nonexistent\/.* would be read\)\n$/,
    );
  });
});

describe('config check', () => {
  it('prints one line for each mistake, and exits with 2', async () => {
    const path = file(
      'bad.toml',
      `rate = 0
engine = "linx"
exclude = ["10.0.0.0/99"]
[scope]
allow = ["10.0.0.0/8"]
deny = ["everything"]
[[schedule]]
name = "nightly"
cron = "61 * * * *"
targets = ["10.1.0.0/24"]
[[schedule]]
cron = "@daily"
`,
    );
    const { code, stdout, stderr } = await run(['config', 'check', '--config', path]);
    expect([code, stderr]).toEqual([2, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line.startsWith(`${path}: `)).toBe(true);
    expect(lines[0]).toContain("--rate '0': expected a whole number from 1 to 1000000");
    expect(lines[1]).toContain("--engine 'linx': expected one of");
    expect(lines[1]).toContain('; did you mean linux?');
    expect(lines[2]).toContain("scope.deny: 'everything'");
    expect(lines[3]).toContain("exclude '10.0.0.0/99'");
    expect(lines[4]).toContain("schedule 'nightly': cron");
    expect(lines[5]).toContain('schedule 2: name: is missing');
  });

  it('names every key that it does not know, with the one that was meant', async () => {
    const path = file('keys.toml', 'sampel = 3\nrtae = 5\n');
    const { stdout } = await run(['config', 'check', '--config', path]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/"sampel": is not a known key, .*; did you mean sample\?$/);
    expect(lines[1]).toMatch(/"rtae": is not a known key, .*; did you mean rate\?$/);
  });

  it('is content with a good file, and says so', async () => {
    const path = file('good.toml', 'rate = 5\n');
    const { code, stdout, stderr } = await run(['config', 'check', '--config', path]);
    expect([code, stdout, stderr]).toEqual([0, '', `ra-preflight: ${path}: no mistakes\n`]);
  });
});
