import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endAll, startIn } from './pty.ts';

let folder = '';
beforeAll(async () => {
  // Inside the checkout, where the bundle finds its packages.
  folder = await mkdtemp(join('node_modules', '.audit-demo-'));
  await build({
    entryPoints: ['test/tui/audit-demo.ts'],
    outfile: join(folder, 'demo.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    jsx: 'automatic',
    logLevel: 'warning',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

afterEach(endAll);

/** The demo in a pseudo-terminal. */
const start = (
  args: readonly number[],
  size: { cols: number; rows: number },
  env: Record<string, string> = {},
) => {
  const started = startIn(size, [join(folder, 'demo.mjs'), ...args.map(String)], {
    NODE_ENV: 'production',
    ...env,
  });
  return {
    ...started,
    look: started.text,
    /** The colour behind the first cell that shows `letter` in row `y`; -1 for the terminal's own. */
    ground: (letter: string, y: number): number | undefined => {
      const { terminal } = started;
      const line = terminal.buffer.active.getLine(y);
      for (let x = 16; x < terminal.cols; x++)
        if (line?.getCell(x)?.getChars() === letter) return line.getCell(x)?.getBgColor();
      return undefined;
    },
  };
};

describe('an audit of 65,536 hosts on a terminal', () => {
  it('draws the map in its colours, obeys keys and the size of the window, and stops', async () => {
    const term = start([65_536, 2000, 20_000], { cols: 80, rows: 24 });
    await term.sees(/^ 10\.0\.5\.0\/24 {3}\?{64}$/m);
    expect(term.isAlternate()).toBe(true);
    const row = (await term.look()).split('\n').findIndex((line) => line.startsWith(' 10.0.3.0/24'));
    expect(term.ground('R', row)).toBe(26);
    expect(term.ground('B', row)).toBe(166);
    term.press('\u001B[B\u001B[B\u001B[B');
    await term.sees(/^ 10\.0\.3\.0\/24 {2}►/m);
    term.press('p');
    await term.sees('PAUSED');
    term.press('2');
    await term.sees('[List] blocked');
    term.press('/10.0.3.2');
    await term.sees('/10.0.3.2_');
    term.press('\r');
    await term.sees(/"10\.0\.3\.2" ─+ 1 of \d+ ──/);
    term.press('\r');
    await term.sees(/── 10\.0\.3\.2\d* ─+ BLOCKED proven ──/);
    term.resize(40, 12);
    await term.sees('esc back  ↑↓ scroll  ? help  q quit    ↓');
    for (const line of (await term.look()).split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    term.resize(200, 60);
    term.press('m');
    await term.sees(/^ 10\.0\.5\.0\/24 {3}\?{128} {2}\? 211 {2}- 45$/m);
    term.press('\u0003');
    expect(await term.exited()).toBe(130);
    expect(term.isAlternate()).toBe(false);
    expect((await term.look()).trim()).toBe('here the summary stands');
    expect(term.written().lastIndexOf('\u001B[?25h')).toBeGreaterThan(
      term.written().lastIndexOf('\u001B[?25l'),
    );
  }, 60_000);

  it('says when it is done, and stays until q', async () => {
    const term = start([300, 5000], { cols: 80, rows: 24 }, { NO_COLOR: '1' });
    await term.sees('q leave');
    await term.sees('300 of 300 hosts');
    await term.sees('done in 3.4 s');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the start of a colour or of bold text
    expect(term.written()).not.toMatch(/\u001B\[[1-9][0-9;]*m/);
    term.press('q');
    expect(await term.exited()).toBe(0);
    expect((await term.look()).trim()).toBe('here the summary stands');
  }, 60_000);

  it('only adds lines for a screen reader', async () => {
    const term = start([300, 5000], { cols: 120, rows: 40 }, { INK_SCREEN_READER: 'true' });
    expect(await term.exited()).toBe(0);
    const text = await term.look();
    expect(text).toContain('Auditing 300 hosts from helpdesk-7.');
    expect(text).toMatch(/Done after .*, 300 of 300 hosts: /);
    expect(term.written()).not.toContain('\u001B[?1049h');
  }, 60_000);
});
