import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import { showTui, type TuiOptions } from '../../src/tui/show-tui.tsx';
import { finishedRun, type StoryHost, someHosts, story } from './story.ts';
import { fakeTerminal } from './terminal.ts';

// Ink's colours look at this when they are loaded; without it the tests about colour could not fail.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '2';
});

const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

// biome-ignore lint/suspicious/noControlCharactersInRegex: the start of a colour or of bold text
const COLOUR = /\u001B\[[1-9][0-9;]*m/;

/** A run that goes on until it is stopped, and one that ends by itself. */
const endless = (events: readonly JudgedEvent[]) => {
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  async function* stream(): AsyncGenerator<JudgedEvent> {
    yield* events;
    await stopped;
    yield { type: 'run-finished', run: finishedRun(true) };
  }
  return { stream: stream(), stop: () => stop() };
};

async function* ending(events: readonly JudgedEvent[]): AsyncGenerator<JudgedEvent> {
  yield* events;
}

const show = (
  terminal: ReturnType<typeof fakeTerminal>,
  events: AsyncIterable<JudgedEvent>,
  options: Partial<TuiOptions> = {},
): Promise<void> =>
  showTui(events, {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    colour: true,
    screenReader: false,
    clean,
    onStop: () => {},
    closeAfterMs: 60_000,
    ...options,
  });

const hosts = (count: number): JudgedEvent[] => story(someHosts(count));
const running = (count: number): JudgedEvent[] => hosts(count).slice(0, -1);

describe('showTui', () => {
  it('takes the alternate screen, shows the run to its end, waits for q and gives everything back', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, ending(hosts(3)));
    await terminal.sees('done in 3.4 s');
    expect(await terminal.isAlternate()).toBe(true);
    expect(terminal.isCursorShown()).toBe(false);
    expect(terminal.written()).toMatch(COLOUR);
    await terminal.press('q');
    await done;
    expect(await terminal.isAlternate()).toBe(false);
    expect(await terminal.text()).toBe('');
    expect(terminal.isCursorShown()).toBe(true);
    expect(terminal.rawModes).toEqual([true, false]);
    expect(terminal.stdout.listenerCount('resize')).toBe(0);
  });

  it('closes by itself when nobody presses a key', async () => {
    const terminal = fakeTerminal(100, 30);
    await show(terminal, ending(hosts(1)), { closeAfterMs: 50 });
    expect(terminal.written()).toContain('closes in 1 s - any key keeps it open');
    expect(await terminal.isAlternate()).toBe(false);
  });

  it('stays open once a key was pressed', async () => {
    const terminal = fakeTerminal(100, 30);
    let isOpen = true;
    const done = show(terminal, ending(hosts(2)), { closeAfterMs: 150 }).then(() => {
      isOpen = false;
    });
    await terminal.sees('closes in 1 s');
    await terminal.press('x');
    await wait(200);
    expect(isOpen).toBe(true);
    expect(await terminal.text()).not.toContain('closes in');
    await terminal.press('q');
    await done;
  });

  it('walks with arrows and letters, opens, scrolls, helps and comes back', async () => {
    const terminal = fakeTerminal(80, 24);
    const done = show(terminal, ending(hosts(3)));
    await terminal.sees('done in');
    await terminal.press('\u001B[B');
    await terminal.press('j');
    expect(await terminal.text()).toContain('► pc-0414');
    await terminal.press('k');
    expect(await terminal.text()).toContain('► pc-0413');
    await terminal.press('\r');
    const top = await terminal.text();
    expect(top).toMatch(/── pc-0413.* READY proven ──/);
    expect(top).not.toContain('► ');
    await terminal.press('\u001B[6~');
    expect(await terminal.text()).not.toBe(top);
    await terminal.press('\u001B[H');
    expect(await terminal.text()).toBe(top);
    await terminal.press('?');
    expect(await terminal.text()).toContain('choose a host, scroll its page');
    await terminal.press('\u001B');
    await wait(10);
    expect(await terminal.text()).toBe(top);
    await terminal.press('\r');
    expect(await terminal.text()).toContain('► pc-0413');
    await terminal.press('jjjj');
    expect(await terminal.text()).toContain('► pc-0414');
    await terminal.press('q');
    await done;
  });

  it('on q during a run asks to stop and closes with the stream', async () => {
    const terminal = fakeTerminal(80, 24);
    const { stream, stop } = endless(running(2));
    const stops: string[] = [];
    const done = show(terminal, stream, { onStop: (how) => stops.push(how) });
    await terminal.sees('2 of 2 hosts');
    await terminal.press('q');
    expect(stops).toEqual(['quit']);
    expect(await terminal.text()).toContain('Stopping');
    stop();
    await done;
    expect(await terminal.isAlternate()).toBe(false);
  });

  it('passes on every Ctrl-C of a run', async () => {
    const terminal = fakeTerminal(80, 24);
    const { stream, stop } = endless(running(2));
    const stops: string[] = [];
    const done = show(terminal, stream, { onStop: (how) => stops.push(how) });
    await terminal.sees('2 of 2 hosts');
    await terminal.press('\u0003');
    await terminal.press('\u0003');
    expect(stops).toEqual(['interrupt', 'interrupt']);
    stop();
    await done;
  });

  it('closes at once when the run was stopped from outside', async () => {
    const terminal = fakeTerminal(80, 24);
    await show(terminal, ending(story(someHosts(2), true)));
    expect(await terminal.isAlternate()).toBe(false);
  });

  it('gives the terminal back when the stream breaks, and says why', async () => {
    const terminal = fakeTerminal(80, 24);
    async function* broken(): AsyncGenerator<JudgedEvent> {
      yield* running(1);
      throw new Error('bug in the engine');
    }
    await expect(show(terminal, broken())).rejects.toThrow('bug in the engine');
    expect(await terminal.isAlternate()).toBe(false);
    expect(terminal.isCursorShown()).toBe(true);
    expect(terminal.rawModes).toEqual([true, false]);
  });

  it('gives the terminal back when drawing breaks', async () => {
    const terminal = fakeTerminal(80, 24);
    const bad = running(1).map((event) =>
      event.type === 'host-judged' ? { ...event, report: { ...event.report, requirements: null } } : event,
    );
    await expect(show(terminal, ending(bad as unknown as JudgedEvent[]))).rejects.toThrow(TypeError);
    expect(await terminal.isAlternate()).toBe(false);
    expect(terminal.isCursorShown()).toBe(true);
  });

  it('leaves no ghosts when the window grows and shrinks', async () => {
    const terminal = fakeTerminal(120, 40);
    const done = show(terminal, ending(hosts(5)));
    await terminal.sees('done in');
    const before = await terminal.text();
    for (const size of [
      { columns: 60, rows: 18 },
      { columns: 200, rows: 50 },
      { columns: 30, rows: 8 },
    ])
      await terminal.resize(size);
    expect(await terminal.text()).toBe('40x12 needed, this is 30x8');
    await terminal.resize({ columns: 120, rows: 40 });
    expect(await terminal.text()).toBe(before);
    await terminal.press('q');
    await done;
  });

  it('writes only the rows that changed', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, ending(hosts(3)));
    await terminal.sees('done in');
    await terminal.press('x');
    const before = terminal.written().length;
    await terminal.press('x');
    expect(terminal.written().length).toBe(before);
    await terminal.press('?');
    await terminal.press('?');
    await terminal.press('q');
    await done;
  });

  it('lets no name of a host steer the terminal', async () => {
    const terminal = fakeTerminal(100, 30);
    const hostile: StoryHost[] = [
      { name: '\u001B[2J\u001B]0;owned\u0007\u009B31mred', address: '10.0.0.1', kind: 'blocked' },
      { name: 'ab\u202Ecd\nnext line', address: '10.0.0.2\u001B[H', kind: 'ready' },
      { name: '文'.repeat(200), address: null, kind: 'unreachable' },
    ];
    const done = show(terminal, ending(story(hostile)));
    const text = await terminal.sees('done in');
    expect(text).toContain('abcd next line');
    for (const steering of ['\u0007', '\u009B', '\u202E', '\u001B]', '10.0.0.2\u001B[H'])
      expect(terminal.written()).not.toContain(steering);
    expect(text.split('\n').length).toBeLessThan(30);
    await terminal.press('q');
    await done;
  });

  it('uses no colour when told so, and loses no word by it', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, ending(hosts(3)), { colour: false });
    const text = await terminal.sees('done in');
    expect(text).toMatch(/PASS +FAIL +PASS/);
    expect(terminal.written()).not.toMatch(COLOUR);
    await terminal.press('q');
    await done;
  });

  it('only shows, and closes by itself, where there is no keyboard', async () => {
    const terminal = fakeTerminal(100, 30);
    Object.assign(terminal.stdin, { isTTY: false });
    await show(terminal, ending(hosts(1)), { closeAfterMs: 20 });
    expect(terminal.rawModes).toEqual([]);
  });

  it('speaks in lines that stay, for screen readers', async () => {
    const terminal = fakeTerminal(200, 60);
    await show(terminal, ending(hosts(1)), { screenReader: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control sequence at all
    expect(terminal.written()).not.toMatch(/\u001B/);
    expect(terminal.written().split('\n').slice(0, 8)).toEqual([
      'Checking 1 host from helpdesk-7.',
      'pc-0412.corp.example: probing 10.1.2.12.',
      'pc-0412.corp.example: Endpoint mapper, port 135: open, syn-ack.',
      'pc-0412.corp.example: Remote Desktop, port 3389: filtered, admin-prohibited.',
      'pc-0412.corp.example: BLOCKED, proven. The network or the host blocks an offer of Remote Assistance.',
      'Endpoint mapper: PASS.',
      'Remote Desktop: FAIL.',
      'Dynamic RPC: PASS.',
    ]);
    expect(terminal.written()).toContain('What to change:\nOpen TCP 3389 on the way: Ask whoever');
    expect(terminal.written().trimEnd().endsWith('Done after 3.4 s.')).toBe(true);
  });
});
