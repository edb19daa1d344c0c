import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { AuditTuiOptions } from '../../src/tui/audit/show-audit-tui.tsx';
import { auditGroups, fakeSteering } from './audit-story.ts';
import { audit, COLOUR, show } from './show-audit.ts';
import { fakeTerminal } from './terminal.ts';

// Ink's colours look at this when they are loaded; without it the tests about colour could not fail.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '2';
});

describe('showAuditTui', () => {
  it('shows map, list, findings and a host, and gives the terminal back', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, audit(600, 600).stream);
    await terminal.sees('done in');
    expect(await terminal.isAlternate()).toBe(true);
    expect(terminal.written()).toMatch(COLOUR);
    await terminal.sees(/10\.0\.0\.0\/24 +►[BR?-]/);
    await terminal.sees('a router on the way rejects TCP 3389.');
    await terminal.press('i');
    await terminal.sees(/\[Findings 2\]/);
    await terminal.press('2');
    await terminal.sees('[List] blocked');
    await terminal.press('/0.1.4\r');
    await terminal.sees(/\[List\] blocked, "0\.1\.4" ─+ 1 of \d/);
    await terminal.press('\r');
    await terminal.sees(/── 10\.0\.1\.4 ─+ BLOCKED proven ──/);
    await terminal.press('q');
    await done;
    expect(await terminal.isAlternate()).toBe(false);
    expect(await terminal.text()).toBe('');
    expect(terminal.isCursorShown()).toBe(true);
    expect(terminal.rawModes).toEqual([true, false]);
    expect(terminal.stdout.listenerCount('resize')).toBe(0);
  });

  it('steers the run, exports, and stops it with q, and at once with a second key', async () => {
    const terminal = fakeTerminal(100, 30);
    const steering = fakeSteering(1000);
    const run = audit(600, 300);
    const stops: string[] = [];
    const done = show(terminal, run.stream, { steering, onStop: (how) => stops.push(how) });
    await terminal.sees('300 of 600');
    await terminal.press('p');
    await terminal.sees('PAUSED');
    expect(steering.paused).toBe(true);
    await terminal.press('p');
    await terminal.press('+');
    await terminal.sees('of at most 1,500 probes/s');
    expect(steering).toMatchObject({ paused: false, rate: 1500 });
    await terminal.press('--');
    await terminal.sees('of at most 667 probes/s');
    await terminal.press('e');
    await terminal.sees('note: written to x.html');
    // Typed, these are letters.
    await terminal.press('/q e+');
    await terminal.sees('/q e+_');
    expect({ stops, rate: steering.rate, paused: steering.paused }).toEqual({
      stops: [],
      rate: 667,
      paused: false,
    });
    await terminal.press('\u001B');
    await terminal.press('q');
    await terminal.sees('Stopping');
    await terminal.press('\u0003');
    expect(stops).toEqual(['quit', 'interrupt']);
    run.stop();
    await done;
  });

  it('says why nothing was exported', async () => {
    const terminal = fakeTerminal(100, 30);
    const done = show(terminal, audit(4, 4).stream, {
      size: 4,
      onExport: () => Promise.reject(new Error('disk full\u001B[2J')),
    });
    await terminal.sees('done in');
    await terminal.press('e');
    await terminal.sees('note: nothing was exported: disk full[2J');
    await terminal.press('q');
    await done;
  });

  it('asks for findings at most once a second', async () => {
    const terminal = fakeTerminal(100, 30);
    const groups = vi.fn(() => auditGroups(600));
    const run = audit(600, 300);
    const began = performance.now();
    const done = show(terminal, run.stream, { groups });
    await terminal.sees('300 of 600');
    for (let i = 0; i < 6; i++) await terminal.press('g\t');
    await wait(300);
    expect(groups.mock.calls.length).toBeLessThanOrEqual(1 + Math.floor((performance.now() - began) / 1000));
    await terminal.press('q');
    run.stop();
    await done;
  });

  it('copies what each page shows, and has its command line', async () => {
    const terminal = fakeTerminal(100, 30);
    const texts: string[] = [];
    const copy: AuditTuiOptions['copy'] = ({ name, text }) => {
      texts.push(text);
      return Promise.resolve(`copied: ${name}`);
    };
    const done = show(terminal, audit(1500, 1500).stream, { size: 1500, copy });
    await terminal.sees('done in');
    await terminal.press('y');
    await terminal.sees('copied: the verdict');
    await terminal.press('Y');
    await terminal.sees('copied: the commands');
    await terminal.press('2');
    await terminal.press('c');
    await terminal.sees(/copied: a list of \d+ hosts/);
    await terminal.press('i');
    await terminal.press('y');
    await terminal.sees('copied: the finding');
    await terminal.press('c');
    await terminal.sees('copied: the prefixes');
    await terminal.press('m');
    await terminal.press('x');
    await terminal.sees('ra-preflight audit 10.0.0.0');
    await terminal.press('y');
    await terminal.sees('copied: the command lines');
    const [verdict, commands, list, finding, prefixes, lines] = texts;
    expect(verdict).toMatch(/^10\.0\.0\.0: BLOCKED, proven\./);
    expect(commands).toMatch(/^# Open TCP 3389 on the way\naccess-list/);
    const [head, ...rows] = list?.split('\n') ?? [];
    expect(head).toBe('host\taddress\tverdict\tconfidence\t135\t3389\t>1024\twhy');
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows)
      expect(row).toMatch(
        /^(10\.0\.\d+\.\d+)\t\1\tblocked\tproven\tpass\tfail\tpass\ta router on the way rejects TCP 3389\.$/,
      );
    expect(finding).toMatch(/^TCP 3389 is rejected.*\n128 hosts, remote-desktop icmp from 10\.0\.3\.1\n/);
    expect(prefixes).toMatch(/^10\.0\.3\.128\/25/);
    expect(lines).toBe('ra-preflight audit all\nra-preflight audit 10.0.0.0');
    await terminal.press('q');
    await done;
  });
});
