import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portableFolder, UnderWine, whyNoWine } from './under-wine.ts';

const why = await whyNoWine();

const RUNS: Readonly<Record<string, string>> = {
  version: '--version',
  doctor: 'doctor --format json',
  check: 'check 127.0.0.1 --rpc-ports 5002-5003 --seed 7 --no-locate -o aus.json',
  audit: "audit 127.0.0.2 --rpc-ports 5002-5003 -o 'Gr\u00f6\u00dfe.csv'",
  history: 'history --format json',
  usage: 'check --rate nothing 127.0.0.1',
  offer: 'check 127.0.0.1 --offer',
  tasks: `schedule install --task-scheduler --into "$(winepath -w "$AT")\\\\tasks" --config "$(winepath -w "$AT")\\\\c.toml"`,
};

const CONFIG = `db = ':memory:'
[[schedule]]
name = "nightly"
cron = "0 6 * * *"
targets = ["127.0.0.2"]
formats = ["csv"]
out = 'reports'
`;

describe('the portable zip, unzipped to a folder with blanks, an ampersand and umlauts, under Wine', () => {
  const wine = new UnderWine();
  beforeAll(async () => {
    if (why) return;
    writeFileSync(join(wine.folder, 'c.toml'), CONFIG);
    await wine.run('portable', RUNS);
  }, 300_000);
  afterAll(() => wine.close());

  test('starts by its .cmd, with the native parts and SQLite of its own', ({ skip }) => {
    if (why) return skip(why);
    expect(wine.of('version').out.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    const { findings, history } = JSON.parse(wine.of('doctor').out);
    expect(findings.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    expect(history).toMatch(/^C:\\users\\.*\\AppData\\Local\\ra-preflight\\Data\\history\.db$/i);
  });

  test('writes reports where it was told to, and ends with the exit code of the program', ({ skip }) => {
    if (why) return skip(why);
    expect(wine.of('check').code).toBe(1);
    const { hosts } = JSON.parse(readFileSync(join(portableFolder(), 'aus.json'), 'utf8'));
    expect(hosts).toMatchObject([{ target: '127.0.0.1', verdict: 'blocked' }]);
    expect(wine.of('audit').code).toBe(1);
    expect(existsSync(join(portableFolder(), 'Gr\u00f6\u00dfe.csv'))).toBe(true);
    expect(wine.of('usage')).toMatchObject({ code: 2, err: expect.stringMatching(/--rate 'nothing'/) });
  });

  test('keeps the audit in the history of the user, outside of its folder', ({ skip }) => {
    if (why) return skip(why);
    const { runs } = JSON.parse(wine.of('history').out) as { runs: { targets: string[] }[] };
    expect(runs.some(({ targets }) => targets.includes('127.0.0.2'))).toBe(true);
  });

  test('writes tasks for the Task Scheduler with the paths of its own folder, in UTF-16', ({ skip }) => {
    if (why) return skip(why);
    const { code, err } = wine.of('tasks');
    expect(code).toBe(0);
    expect(err).toMatch(/schtasks \/Create .*\\tasks\\nightly\.xml"/);
    const task = readFileSync(join(wine.folder, 'tasks/nightly.xml'));
    expect([...task.subarray(0, 2)]).toEqual([0xff, 0xfe]);
    const xml = task.toString('utf16le');
    expect(xml).toMatch(
      /<Command>Z:\\.*\\J\u00f6rg &amp; S\u00f6hne\\ra-preflight-[^\\]*\\node\.exe<\/Command>/,
    );
    expect(xml).toMatch(
      /<Arguments>&quot;Z:\\.*\\app\\bin\\ra-preflight\.js&quot; schedule once nightly --config /,
    );
  });

  test('offers nothing where there is no msra.exe', ({ skip }) => {
    if (why) return skip(why);
    expect(wine.of('offer')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^ra-preflight: --offer: there is no C:.*System32.msra\.exe; .*\r?\n$/),
    });
  });
});
