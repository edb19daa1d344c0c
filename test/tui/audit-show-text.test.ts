import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import { speakAudit } from '../../src/tui/audit/audit-speech.ts';
import { auditGroups, auditReport, runFinished, runStarted } from './audit-story.ts';
import { audit, COLOUR, show } from './show-audit.ts';
import { fakeTerminal } from './terminal.ts';

// Ink's colours look at this when they are loaded; without it the tests about colour could not fail.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '2';
});

describe('what showAuditTui writes', () => {
  it('draws no host text that could steer the terminal, and no colour where there is none', async () => {
    const terminal = fakeTerminal(80, 24);
    const hostile = '\u001B]0;owned\u0007\u001B[31mred\u202Egnp';
    const done = show(terminal, audit(3, 3).stream, {
      size: 3,
      colour: false,
      textOf: () => hostile,
      reportOf: () => ({ ...auditReport(0), target: hostile }),
      groups: () =>
        auditGroups(3).map((group) => ({ ...group, text: hostile, signature: hostile, prefixes: [hostile] })),
    });
    await terminal.sees('Findings 2');
    await terminal.press('q');
    await done;
    expect(terminal.written()).toContain('red');
    expect(terminal.written()).not.toContain('owned\u0007');
    expect(terminal.written()).not.toContain('\u202E');
    expect(terminal.written()).not.toMatch(COLOUR);
  });

  it('lets keys through while a resumed run tells of earlier hosts', async () => {
    const terminal = fakeTerminal(80, 24);
    const size = 200_000;
    const again = auditReport(1);
    let told = 0;
    async function* stream(): AsyncGenerator<JudgedEvent> {
      yield runStarted(size);
      for (; told < size; told++) yield { type: 'host-judged', host: told, report: again };
      yield runFinished();
    }
    const done = show(terminal, stream(), { size });
    let turns = 0;
    while (told < size && turns < 1000) {
      await wait(1);
      turns++;
    }
    expect(turns).toBeGreaterThan(1);
    await terminal.sees('200,000 of 200,000 hosts');
    await terminal.press('q');
    await done;
  });

  it('throws what the stream throws, the terminal as it was', async () => {
    const terminal = fakeTerminal(80, 24);
    // biome-ignore lint/correctness/useYield: it fails before it has anything to give
    async function* broken(): AsyncGenerator<JudgedEvent> {
      await wait(20);
      throw new Error('disk full');
    }
    await expect(show(terminal, broken())).rejects.toThrow('disk full');
    expect(await terminal.isAlternate()).toBe(false);
    expect(terminal.isCursorShown()).toBe(true);
  });

  it('only shows, and closes by itself, where there is no keyboard', async () => {
    const terminal = fakeTerminal(80, 24);
    Object.assign(terminal.stdin, { isTTY: undefined });
    await show(terminal, audit(10, 10).stream, { size: 10 });
    expect(terminal.rawModes).toEqual([]);
    expect(terminal.written()).toContain('10 of 10 hosts');
  });

  it('speaks in few lines that stay, for screen readers', async () => {
    const terminal = fakeTerminal(200, 60);
    await show(terminal, audit(1500, 1500).stream, { size: 1500, screenReader: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control sequence at all
    expect(terminal.written()).not.toMatch(/\u001B/);
    const lines = terminal.written().trimEnd().split('\n');
    expect(lines[0]).toBe('Auditing 1,500 hosts from helpdesk-7.');
    expect(lines.filter((line) => line.startsWith('New finding'))).toEqual([
      'New finding, 128 hosts so far: TCP 3389 is rejected by the router 10.0.3.1 (ICMP admin-prohibited).',
      'New finding, 41 hosts so far: Dynamic RPC ports 20000-41999 are silently dropped after 10.0.3.2.',
    ]);
    expect(lines.at(-1)).toMatch(/^Done after 3\.4 s, 1,500 of 1,500 hosts: \d+ blocked, /);
    expect(lines.length).toBe(4);
  });

  it('tells progress in tenths, and no sooner than the last line has been read aloud', async () => {
    const told = async (msForHost: number): Promise<string[]> => {
      let ms = 0;
      const lines: string[] = [];
      const now = (): number => {
        ms += msForHost / 3;
        return ms;
      };
      for await (const line of speakAudit(audit(300, 300).stream, { size: 300, groups: () => [], now }))
        lines.push(line);
      return lines.flatMap((line) => line.match(/^\d0 %/) ?? []);
    };
    expect(await told(3000)).toEqual([
      '10 %',
      '20 %',
      '30 %',
      '40 %',
      '50 %',
      '60 %',
      '70 %',
      '80 %',
      '90 %',
    ]);
    expect((await told(150)).length).toBeLessThan(4);
    expect(await told(1)).toEqual([]);
  });
});
