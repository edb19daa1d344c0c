import { describe, expect, it } from 'vitest';
import { type AuditAction, reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { type AuditView, initialAuditView } from '../../src/tui/audit/audit-state.ts';
import { auditLayout } from '../../src/tui/audit/layout/audit-frame.ts';
import { CODE } from '../../src/tui/kit/host-code.ts';
import type { StyledLine } from '../../src/tui/kit/layout/line.ts';
import { addressOf, auditGroups, auditReport, verdictOf } from './audit-story.ts';
import { batchOf, key } from './audit-views.ts';

const text = (lines: readonly StyledLine[]): string =>
  lines
    .map((line) =>
      line
        .map((part) => part.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');

const numbers = (size: number): number[] => Array.from({ length: size }, (_, at) => at);

const view = (columns: number, rows: number, size: number, ...actions: readonly AuditAction[]): AuditView => {
  const targets = { size, textOf: addressOf, titleOf: addressOf };
  const all: readonly AuditAction[] = [
    { type: 'read', most: size },
    batchOf(
      numbers(size),
      numbers(size).map((host) => CODE[verdictOf(host)]),
    ),
    { type: 'found', groups: auditGroups(size) },
    { type: 'opened', index: 0, report: auditReport(0) },
    ...actions,
  ];
  return all.reduce(reduceAudit, initialAuditView(targets, { columns, rows }, 0, 2000));
};

const screen = (...args: Parameters<typeof view>): string => text(auditLayout(view(...args)));

describe('the map', () => {
  it('at 80x24 has a /24 in a line, the worst of four hosts in a cell', () => {
    const shown = screen(80, 24, 65_536);
    expect(shown).toContain('[Map] 4 hosts a cell  Findings 2  List');
    expect(shown).toContain('row 1 of 256 ──');
    expect(shown).toMatch(/^ {15}▼ {15}64 {14}128 {13}192$/m);
    expect(shown).toMatch(/^ 10\.0\.3\.0\/24 {3}RBRRR\?RRBRRBRRBRRR\?RRBRRBRRBRRR\?B{32}$/m);
    expect(shown).toMatch(/^ 10\.0\.5\.0\/24 {3}\?{64}$/m);
    expect(shown).toContain(' B 10.0.0.0 BLOCKED proven, worst of 4');
    expect(shown).toContain('a router on the way rejects TCP 3389.');
    expect(shown).toContain(' 65,536 of 65,536 hosts');
  });

  it('at 200x60 counts each line too', () => {
    const shown = screen(200, 60, 65_536, key('down'));
    expect(shown).toMatch(/^ 10\.0\.0\.0\/24 {3}[BR?-]{128} {2}B 14 {2}\? 7 {2}R 166 {2}- 69$/m);
    expect(shown).toMatch(/^ 10\.0\.1\.0\/24 {2}►/m);
  });

  it('gives each host a cell where all of them fit', () => {
    const shown = screen(80, 24, 300);
    expect(shown).not.toContain('hosts a cell');
    expect(shown).toMatch(/^ 10\.0\.0\.0\/24 {2}►[BR?-]{64}\n {15}[BR?-]{64}\n/m);
  });

  it('keeps readable at 40x12', () => {
    expect(screen(40, 12, 65_536)).toBe(
      [
        'from helpdesk-7, engine node         0 s',
        '━━━━━━━━━━━━━━━━━ 65,536 of 65,536 hosts',
        'B 4,564  ? 9,738  R 35,486  - 15,748',
        '* 0 probing  . 0 queued    limit 2,000/s',
        '── [Map]  Findings 2  List ─ 1 of 256 ──',
        '              ▼       128',
        '10.0.0.0/24  ►BBBB?BB?BB?BBB?B',
        '10.0.1.0/24   B??B??B?????????',
        '10.0.2.0/24   ?????B??BB?BB?BB',
        'B 10.0.0.0 BLOCKED proven, worst of 16',
        'enter open   tab page   ? help   q quit',
      ].join('\n'),
    );
  });
});

describe('the other pages', () => {
  it('list hosts of a verdict', () => {
    const shown = screen(80, 24, 5000, key('only-undetermined'), key('down'));
    expect(shown).toMatch(/\[List\] undetermined ─+ 2 of \d+ ──/);
    expect(shown).toMatch(/^ {3}10\.0\.0\.8 +\? UNDETERMINED$/m);
  });

  it('list findings, and tell one in full', () => {
    expect(screen(80, 24, 5000, key('findings'))).toMatch(/^ ► 256 hosts {2}TCP 3389 is rejected by/m);
    const shown = screen(80, 24, 5000, key('findings'), key('down'), key('open'));
    expect(shown).toContain('dynamic-rpc drop after 10.0.3.2');
    expect(shown).toContain('10.0.9.0/27, 10.0.9.32/29, 10.0.12.7/32');
    expect(shown).not.toContain('What to change');
    expect(screen(80, 40, 5000, key('findings'), key('open'))).toMatch(
      /^ What to change\n {3}nft add rule /m,
    );
  });

  it('have the whole text of the chosen finding under them, also on 40 columns', () => {
    const lines = screen(40, 24, 5000, key('findings')).split('\n');
    expect(lines.slice(-5, -1)).toEqual([
      'TCP 3389 is rejected by the router',
      '10.0.3.1 (ICMP admin-prohibited).',
      '',
      '',
    ]);
    const short = screen(40, 12, 5000, key('findings')).split('\n');
    expect(short.at(-2)).toBe('TCP 3389 is rejected by the router …');
  });

  it('leave no room under what is open, and say how much of it shows', () => {
    const lines = screen(80, 24, 5000, key('open')).split('\n');
    expect(lines).toHaveLength(23);
    expect(lines.slice(5, -2).filter((line) => line === '')).not.toHaveLength(0);
    expect(lines.at(-1)).toMatch(/q quit +1-16 of \d+ ↓$/);
    expect(lines.at(-3)).not.toBe('');
    expect(screen(40, 24, 5000, key('open'))).toMatch(/q quit +↓$/);
    expect(screen(80, 24, 5000, key('help'))).toMatch(/q quit +1-16 of \d+ ↓$/);
  });

  it('open a host on its page', () => {
    const shown = screen(80, 40, 5000, key('open'));
    expect(shown).toMatch(/── 10\.0\.0\.0 ─+ BLOCKED proven ──/);
    expect(shown).toContain('Remote Desktop, TCP 3389  proven');
  });

  it('say what was typed, that the run waits, that it stops, and how it closes', () => {
    const typing: AuditAction[] = [key('search'), { type: 'key', key: { name: 'other', letter: 'x' } }];
    expect(screen(80, 24, 300, ...typing)).toMatch(/^ \/x_ +enter searches {3}esc clears$/m);
    const paused: AuditAction = { type: 'steered', paused: true, rate: 3, sent: 0 };
    expect(screen(80, 24, 300, paused)).toContain('PAUSED  limit 3 probes/s');
    expect(screen(80, 24, 300, key('quit'))).toContain('Stopping');
    const ended: AuditAction = { type: 'ended', now: 0, stays: true };
    expect(screen(80, 24, 300, ended)).toContain('q leave');
    expect(screen(80, 24, 300, { type: 'notice', text: 'written to x.html' })).toContain(
      'note: written to x.html',
    );
    expect(screen(40, 12, 300, { type: 'notice', text: 'written to x.html' })).toContain(
      'note: written to x',
    );
    expect(screen(80, 40, 300, key('help'))).toContain('one cell a host, or several');
  });
});
