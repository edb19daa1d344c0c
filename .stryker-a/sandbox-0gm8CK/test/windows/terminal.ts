import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { OWN_NETWORK } from '../contract/elsewhere/elsewhere.ts';
import { endAll, startIn } from '../tui/pty.ts';
import { inTerminal, whyNoWine, wineEnvironment } from './under-wine.ts';

const why = await whyNoWine();
const SIZE = { cols: 110, rows: 35 };
/** Wine itself takes seconds to start on a busy machine. */
const PATIENCE = { timeout: 90_000, interval: 100 };

/** Runs its arguments in this terminal, and lets them alone have its Ctrl-C. */
const WRAPPER = `process.on('SIGINT', () => {});
const [command, ...args] = process.argv.slice(1);
require('child_process').spawn(command, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));`;

const start = (line: string, folder: string) =>
  startIn(SIZE, ['-e', WRAPPER, ...OWN_NETWORK, 'bash', '-uc', inTerminal(line)], wineEnvironment(folder));

/** What the terminal shows without its blanks: Wine's console breaks lines wherever it likes. */
const dense = async ({ text }: ReturnType<typeof start>): Promise<string> =>
  (await text()).replaceAll(/\s/g, '');

describe('in a terminal, under Wine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-wine-'));
  afterEach(endAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('Ctrl-C ends an audit with what there is so far, and 130', async ({ skip }) => {
    if (why) return skip(why);
    const run = start('audit 127.0.3.0/24 --rate 20 --no-ping --db :memory: --format csv -o out.csv', folder);
    await expect.poll(() => dense(run), PATIENCE).toMatch(/[1-9]\d*of256hosts/);
    run.press('\u0003');
    expect(await run.exited()).toBe(130);
    expect(existsSync(join(folder, 'out.csv'))).toBe(true);
  }, 200_000);

  test('the live screen starts, takes keys, says that there is no msra.exe, and gives the terminal back', async ({
    skip,
  }) => {
    if (why) return skip(why);
    const run = start('check 127.0.0.1 127.0.0.2 --no-ping', folder);
    await expect.poll(() => dense(run), PATIENCE).toMatch(/qleave/);
    expect(run.isAlternate()).toBe(true);
    run.press('o');
    await expect.poll(() => dense(run), PATIENCE).toMatch(/noofferfromhere:thereisnoC:/);
    run.press('q');
    expect(await run.exited()).toBe(1);
    expect(run.isAlternate()).toBe(false);
    expect(await dense(run)).toMatch(/2hosts:2blocked/);
  }, 200_000);
});
