import { describe, expect, it, vi } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import { COLOUR, ending, endless, hosts, running, show } from './show-check.ts';
import { type StoryHost, someHosts, story } from './story.ts';
import { fakeTerminal } from './terminal.ts';

// Ink's colours look at this when they are loaded; without it the tests about colour could not fail.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '2';
});

describe('how showCheckTui ends, and what it writes', () => {
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
    await terminal.press('z');
    const before = terminal.written().length;
    await terminal.press('z');
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
    await show(terminal, ending(hosts(1)));
    expect(terminal.rawModes).toEqual([]);
  });

  it('speaks in lines that stay, for screen readers', async () => {
    const terminal = fakeTerminal(200, 60);
    await show(terminal, ending(hosts(1)), { screenReader: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control sequence at all
    expect(terminal.written()).not.toMatch(/\u001B/);
    expect(terminal.written().split('\n').slice(0, 6)).toEqual([
      'Checking 1 host from helpdesk-7.',
      'pc-0412.corp.example: probing 10.1.2.12.',
      'pc-0412.corp.example: Endpoint mapper, port 135: open.',
      'pc-0412.corp.example: Remote Desktop, port 3389: rejected (admin-prohibited).',
      'pc-0412.corp.example: BLOCKED, proven. The network or the host blocks an offer of Remote Assistance.',
      'Done after 3.4 s.',
    ]);
  });
});
