import { describe, expect, it } from 'vitest';
import { reduceCheck } from '../../src/tui/check/check-reduce.ts';
import { type CheckView, initialCheckView } from '../../src/tui/check/check-state.ts';
import { checkLayout } from '../../src/tui/check/layout/check-frame.ts';
import type { StyledLine } from '../../src/tui/kit/layout/line.ts';
import type { Key } from '../../src/tui/kit/press.ts';
import { someHosts, story } from './story.ts';

const textOf = (lines: readonly StyledLine[]): string =>
  lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');

const view = (columns: number, rows: number, hosts: number, ...keys: readonly Key[]): CheckView =>
  keys.reduce(
    (before, key) => reduceCheck(before, { type: 'key', key: { name: key, letter: '' } }),
    reduceCheck(initialCheckView({ columns, rows }, 0), { type: 'events', events: story(someHosts(hosts)) }),
  );

const screen = (...args: Parameters<typeof view>): string => textOf(checkLayout(view(...args)));

describe('the screen', () => {
  it('shows an only host with its verdict, what breaks and why', () => {
    const text = screen(80, 60, 1);
    for (const words of [
      'pc-0412.corp.example 10.1.2.12',
      'BLOCKED proven',
      'PASS        Mapper   135    open  ',
      'FAIL        Desktop  3389   rejected (admin-prohibited), from 10.0.3.1  1.4 ms',
      'What breaks',
      'Remote Desktop, TCP 3389  proven',
      'Why we think so',
      'remote-desktop-rejected · 3389',
      'How sure',
      'What to change',
      'nft add rule inet filter forward',
    ])
      expect(text).toContain(words);
  });

  it('lists several hosts and shows the chosen one under them', () => {
    const text = screen(120, 40, 5, 'down', 'down');
    expect(text).toMatch(/► pc-0414\.corp\.example +10\.1\.2\.14 +PASS +PASS +UNSURE .*UNDETERMINED$/m);
    expect(text).toMatch(/── pc-0414\.corp\.example 10\.1\.2\.14 ─+ UNDETERMINED ──/);
    expect(text).toContain('2 blocked  1 undetermined  1 unreachable  1 ready');
    expect(text).toContain('3 of 5');
  });

  it.each([2, 3, 4])('has the first thing to do in 24 rows under a list of %i hosts', (hosts) => {
    for (let chosen = 0; chosen < hosts; chosen++) {
      const shown = view(80, 24, hosts, ...Array.from({ length: chosen }, () => 'down' as const));
      const { title } = shown.hosts[chosen]?.report?.remedies[0] ?? {};
      const text = textOf(checkLayout(shown));
      if (title !== undefined) expect(text).toContain(title.slice(0, 40));
    }
  });

  it('draws the path with the filter behind the hop that it follows, and the exact ranges', () => {
    const lines = screen(100, 90, 5, 'end', 'open')
      .split('\n')
      .map((line) => line.trim());
    const at = lines.indexOf('Path');
    expect(lines.slice(at, at + 12)).toEqual([
      'Path',
      '■  helpdesk-7  expert',
      '│',
      'o  1     10.9.0.1                     0.3 ms',
      '│',
      ':  2-3   no answer',
      '│',
      'o  4     10.0.3.1                     1.1 ms',
      '×  FILTER TCP 3389 rejected by ICMP from 10.0.3.1',
      '×  FILTER TCP 20000-41999 silently dropped after 10.0.3.1',
      '│',
      'o  5     10.1.2.16                    1.2 ms  novice',
    ]);
    expect(lines).toContain('20000-41999  FILTERED');
  });

  it('says nothing of paths and ranges where there are none', () => {
    const text = screen(100, 90, 1);
    expect(text).not.toMatch(/Path|Ranges/);
  });

  it('puts evidence beside the explanation where there is room, and below it where there is none', () => {
    expect(screen(160, 60, 1)).toMatch(/What breaks +Ping/);
    expect(screen(100, 60, 1)).not.toMatch(/What breaks +Ping/);
  });

  it('keeps the list readable at 40x12', () => {
    expect(screen(40, 12, 3)).toBe(
      [
        '1 blocked  1 undetermined  1 ready 3.4 s',
        '━━━━━━━━━━━━━━━━━━━━━━━━━━  3 of 3 hosts',
        '',
        '  Host                     Verdict',
        '► pc-0412.corp.example     BLOCKED',
        '  pc-0413.corp.example     READY',
        '  pc-0414.corp.example     UNDETERMINED',
        '',
        '',
        '',
        'enter open   ↑↓ choose   ? help   q quit',
      ].join('\n'),
    );
  });

  it('says on 40 columns what the ports said in fewer words, not in half of them', () => {
    const shown = screen(40, 130, 1);
    expect(shown).toMatch(/^━+ 34 of 34 ports$/m);
    expect(shown).toMatch(/^FAIL {3}3389 {3}rejected +1\.4 ms$/m);
    expect(shown).toMatch(/^ {2}1100 {2}closed {4}conn-refused {3}0\.9 ms$/m);
    expect(shown).toMatch(/^ {2}3389 {2}rejected {2}admin-prohibited\n {8}from 10\.0\.3\.1$/m);
    expect(shown).toMatch(/^ {8}epmap: lists 14 endpoints, DCOM$/m);
    const located = reduceCheck(initialCheckView({ columns: 40, rows: 24 }, 0), {
      type: 'events',
      events: story([{ name: 'pc', address: '10.1.2.3', kind: 'located' }]),
    });
    expect(textOf(checkLayout(located))).toMatch(/^FAIL {3}>1024 {2}\d+ reachable, \d+ silent/m);
  });

  it('marks what was found with a sign, too, for screens without colours', () => {
    const found = (
      [
        ['search', ''],
        ['other', 'w'],
        ['other', 'i'],
        ['other', 'r'],
        ['other', 'e'],
        ['open', ''],
      ] as const
    ).reduce(
      (before, [name, letter]) => reduceCheck(before, { type: 'key', key: { name, letter } }),
      view(80, 60, 1),
    );
    const [marked, ...more] = textOf(checkLayout(found))
      .split('\n')
      .filter((line) => line.startsWith(' ►'));
    expect([marked, more]).toEqual([expect.stringMatching(/^ ► - Proven by packets seen on the wire/), []]);
  });

  it('says where more lines follow, with a mark at least', () => {
    expect(screen(80, 24, 1)).toMatch(/ 1-16 of \d+ ↓$/);
    expect(screen(40, 24, 1)).toMatch(/q quit +↓$/);
    expect(screen(40, 24, 1, 'end')).not.toMatch(/↓$/);
  });

  it('is one line where even that does not fit', () => {
    expect(screen(39, 30, 1)).toBe('40x12 needed, this is 39x30');
    expect(screen(80, 11, 1)).toBe('40x12 needed, this is 80x11');
    expect(screen(10, 11, 1)).toBe('40x12 nee…');
  });

  it('says how it closes, and that it stops', () => {
    const done = reduceCheck(view(80, 24, 2), { type: 'ended', now: 0, stays: true });
    expect(textOf(checkLayout(done))).toContain('q leave');
    expect(screen(80, 24, 2, 'quit')).toContain('Stopping');
  });

  it('shows notices and help', () => {
    const noticed = reduceCheck(view(80, 24, 2), {
      type: 'events',
      events: [{ type: 'notice', text: 'EMFILE: slower' }],
    });
    expect(textOf(checkLayout(noticed))).toContain('note: EMFILE: slower');
    expect(screen(80, 32, 2, 'help')).toContain('stop and keep the results so far');
  });

  it('renders only the rows that show', () => {
    const big = view(120, 40, 2000);
    const made = new Set<number>();
    const hosts = big.hosts.map((host) => {
      const { index, report: judged } = host;
      if (!judged) return host;
      const ranges = {
        get: () => {
          made.add(index);
          return judged.ranges;
        },
      };
      return { ...host, report: Object.defineProperty({ ...judged }, 'ranges', ranges) };
    });
    checkLayout({ ...big, hosts });
    expect(made.size).toBeGreaterThan(2);
    expect(made.size).toBeLessThan(40);
  });
});
