import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, startIn } from './pty.ts';

const BIN = 'bin/ra-preflight.js';
/** Slow enough to press a key while it runs: two hosts, 34 questions each, this many a second in all. */
const SLOWLY = ['--rate', '8', '--no-ping'];

afterEach(endAll);

/** The program as a user starts it; `look` also says which of the two screens it is on. */
const start = (args: readonly string[], size = { cols: 100, rows: 30 }, env: Record<string, string> = {}) => {
  const started = startIn(size, [BIN, 'check', ...args], env);
  const { terminal, text } = started;
  const look = async () => ({ text: (await text()).trimEnd(), screen: terminal.buffer.active.type });
  return { ...started, look };
};

const isCursorShown = (written: string): boolean =>
  written.lastIndexOf('\u001B[?25h') > written.lastIndexOf('\u001B[?25l');

describe('ra-preflight check on a terminal', () => {
  it('shows the hosts, obeys keys and the size of the window, and leaves the table behind', async () => {
    const plain = spawnSync(process.execPath, [BIN, 'check', '127.0.0.1', '127.0.0.2', '--format', 'json']);
    const term = start(['127.0.0.1', '127.0.0.2']);
    await term.sees('q leave');
    expect((await term.look()).screen).toBe('alternate');
    term.press('\u001B[B');
    await term.sees('► 127.0.0.2');
    await term.sees('2 of 2');
    term.press('\r');
    await term.sees('esc list');
    const { text: wide } = await term.look();
    expect(wide).toMatch(/── 127\.0\.0\.2 ─+ [A-Z]+ (proven|likely|weak) ──/);

    term.resize(50, 16);
    await term.sees(/^── 127\.0\.0\.2 ─+ [A-Z]+ (proven|likely|weak) ──$/m);
    const { text: narrow } = await term.look();
    expect(narrow.split('\n').length).toBeLessThanOrEqual(15);
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(50);
    term.resize(30, 16);
    await term.sees('40x12 needed, this is 30x16');
    term.resize(100, 30);
    await term.sees(wide);

    term.press('?');
    await term.sees('this page');
    term.press('q');
    expect(await term.exited()).toBe(plain.status);
    const { text, screen } = await term.look();
    expect(screen).toBe('normal');
    expect(text).toContain('TCP 135 endpoint mapper');
    expect(text).toContain('127.0.0.2');
    expect(text).not.toContain('q leave');
    expect(isCursorShown(term.written())).toBe(true);
  }, 60_000);

  it('on q stops the run and prints what was learnt', async () => {
    const term = start(['127.0.0.1', '127.0.0.2', ...SLOWLY]);
    await term.sees('► 127.0.0.1');
    term.press('q');
    expect(await term.exited()).toBe(130);
    const { text, screen } = await term.look();
    expect(screen).toBe('normal');
    expect(text).toContain('127.0.0.2');
  }, 60_000);

  it('on Ctrl-C stops the run, prints what was learnt and exits with 130', async () => {
    const term = start(['127.0.0.1', '127.0.0.2', ...SLOWLY]);
    await term.sees('► 127.0.0.1');
    term.press('\u0003');
    expect(await term.exited()).toBe(130);
    const { text, screen } = await term.look();
    expect(screen).toBe('normal');
    expect(text).toContain('127.0.0.2');
    expect(isCursorShown(term.written())).toBe(true);
  }, 60_000);

  it('on a second Ctrl-C leaves at once, the terminal as it was', async () => {
    const term = start(['127.0.0.1', '127.0.0.2', ...SLOWLY]);
    await term.sees('► 127.0.0.1');
    term.press('\u0003\u0003');
    expect(await term.exited()).toBe(130);
    const { text, screen } = await term.look();
    expect({ text, screen }).toEqual({ text: '', screen: 'normal' });
    expect(isCursorShown(term.written())).toBe(true);
  }, 60_000);

  it('only adds lines for a screen reader', async () => {
    const term = start(['127.0.0.1', '127.0.0.2'], undefined, { INK_SCREEN_READER: 'true' });
    await term.exited();
    const { text } = await term.look();
    expect(text).toContain('Checking 2 hosts from ');
    expect(text).toMatch(/^Host: 127\.0\.0\.2; Verdict: [A-Z ]+; 135: /m);
    expect(text).not.toMatch(/[\u2500-\u259f]/);
    expect(term.written()).not.toContain('\u001B[?1049h');
  }, 60_000);
});
