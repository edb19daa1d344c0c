import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import { speakAudit } from '../../src/tui/audit/audit-speech.ts';
import { type AuditTuiOptions, showAuditTui } from '../../src/tui/audit/show-audit-tui.tsx';
import {
  addressOf,
  auditGroups,
  auditReport,
  fakeSteering,
  hostEventsOf,
  runFinished,
  runStarted,
} from './audit-story.ts';
import { fakeTerminal } from './terminal.ts';

// Ink's colours look at this when they are loaded; without it the tests about colour could not fail.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '2';
});

const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

// biome-ignore lint/suspicious/noControlCharactersInRegex: the start of a colour or of bold text
const COLOUR = /\u001B\[[1-9][0-9;]*m/;

/** Hosts 0 to `done - 1` are judged, then the run waits until it is stopped. */
const audit = (size: number, done: number) => {
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  async function* stream(): AsyncGenerator<JudgedEvent> {
    yield runStarted(size);
    for (let host = 0; host < done; host++) yield* hostEventsOf(host);
    if (done < size) await stopped;
    yield runFinished(done < size);
  }
  return { stream: stream(), stop: () => stop() };
};

const show = (
  terminal: ReturnType<typeof fakeTerminal>,
  events: AsyncIterable<JudgedEvent>,
  options: Partial<AuditTuiOptions> = {},
): Promise<void> => {
  const size = options.size ?? 600;
  return showAuditTui(events, {
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    colour: true,
    screenReader: false,
    clean,
    onStop: () => {},
    copy: ({ name }) => Promise.resolve(`${name} is copied`),
    commandsFor: (target) => [{ says: 'Again:', command: `ra-preflight audit ${target ?? 'all'}` }],
    size,
    textOf: addressOf,
    reportOf: auditReport,
    groups: () => auditGroups(size),
    steering: fakeSteering(),
    onExport: () => Promise.resolve('written to x.html'),
    ...options,
  });
};

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
