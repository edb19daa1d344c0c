import { existsSync, readFileSync } from 'node:fs';
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
};

describe('the portable zip, unzipped to a folder with blanks, an ampersand and umlauts, under Wine', () => {
  const wine = new UnderWine();
  beforeAll(async () => {
    if (why) return;
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
});
