import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHOWN_VERDICTS, shownCounts } from '../../src/model/shown-verdict.ts';
import { renderTable } from '../../src/output/table.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { auditOf } from './audit-reports.ts';
import { nastyHost, steering } from './hostile.ts';
import { plain } from './plain.ts';
import { blocked, hostile, reportOf, textOf } from './reports.ts';

describe('renderTable of many hosts', () => {
  const some = auditOf(12_000);
  const lines = (width: number, verbose = false) =>
    textOf(renderTable(some, { ...plain(width), verbose })).split('\n');

  it.each([40, 80, 120])('an audit at %i columns', async (width) => {
    await expect(lines(width).join('\n')).toMatchFileSnapshot(`golden/audit-${width}.txt`);
  });

  it.each([40, 80, 120])('fits %i columns, but for commands', (width) => {
    for (const line of lines(width))
      if (!/^ +(nft|permit) /.test(line)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('is one screen however many hosts and subnets, and keeps every count', () => {
    const text = textOf(renderTable(auditOf(100_000), plain(100)));
    expect(text.split('\n').length).toBeLessThan(60);
    const counts = shownCounts(auditOf(100_000).summary);
    const sum = [0, 0, 0, 0, 0, 0];
    for (const row of text.split('\n').filter((line) => line.startsWith('│') && !line.includes('Subnet')))
      for (const [i, cell] of row.split('│').slice(2, 8).entries())
        sum[i] = (sum[i] ?? 0) + (Number.parseInt(cell, 10) || 0);
    expect(sum).toEqual([100_000, ...SHOWN_VERDICTS.map((verdict) => counts[verdict])]);
  });

  it('bounds findings, rules and remedies, and says what is left out', () => {
    const kinds = Array.from({ length: 40 }, (_, i) => ({
      ...blocked,
      address: `10.9.${i}.1`,
      because: [{ rule: `rule-${i}`, text: 'x', ports: [] }],
      remedies: [{ ...blocked.remedies[0], id: `r${i}`, commands: ['a', 'b', 'c', 'd'] } as never],
    }));
    const groups = Array.from({ length: 20 }, (_, i) => ({
      id: `g${i}`,
      signature: 's',
      hosts: 9,
      prefixes: Array.from({ length: 50 }, (__, j) => `172.16.${j}.0/24`),
      commands: Array.from({ length: 4 }, (__, j) => `permit tcp EXPERT host 172.16.${i}.${j} eq 3389`),
      text: `Finding ${i}.`,
    }));
    const text = textOf(renderTable({ ...reportOf(kinds), groups }, plain(100)));
    expect(text).toContain('172.16.5.0/24 and 44 more');
    for (const more of [
      '8 more findings',
      '20 more',
      '30 more reasons',
      '34 more remedies',
      '1 more commands',
    ])
      expect(text).toContain(`and ${more}`);
    const all = textOf(renderTable({ ...reportOf(kinds), groups }, { ...plain(100), verbose: true }));
    expect(all).not.toMatch(/and \d+ more/);
  });

  it('shows each host in full when asked for all, host by host', () => {
    let pulled = 0;
    const report = auditOf(20_000, () => pulled++);
    const pieces = renderTable(report, { ...plain(80), verbose: true })[Symbol.iterator]();
    let piece = '';
    for (const found = /^(READY|BLOCKED|UNREACHABLE) /m; !found.test(piece); ) piece = pieces.next().value;
    // Once through to count; then one host for each piece.
    expect(pulled).toBe(20_001);
    for (let i = 2; i < 100; i++) {
      pieces.next();
      expect(pulled).toBe(20_000 + i);
    }
  });

  it('lets no host steer the terminal, few or many', () => {
    fc.assert(
      fc.property(nastyHost, fc.constantFrom(1, 3, 30), fc.boolean(), (host, count, verbose) => {
        const hosts = Array.from({ length: count }, () => host);
        const groups = [
          {
            id: 'x',
            signature: host.target,
            hosts: 1,
            prefixes: [host.target],
            text: host.target,
            commands: [host.target],
          },
        ];
        const report = { ...reportOf(hosts), groups };
        const text = textOf(renderTable(report, { width: 80, colour: false, verbose }));
        expect(text.replaceAll('\n', '')).not.toMatch(steering);
        expect(text).not.toContain('\r');
      }),
      { numRuns: 40 },
    );
  });

  it('lets nothing from the network steer the terminal', () => {
    const hosts = Array.from({ length: 30 }, () => hostile);
    const [first] = hosts;
    const groups = [
      {
        id: 'x',
        signature: '\u001b[2J',
        hosts: 30,
        prefixes: ['10.0.0.0/8\u202e'],
        text: 'a\u009bb\nc',
        commands: ['x\u001b[2J'],
      },
    ];
    for (const verbose of [false, true]) {
      const report = { ...reportOf(hosts), groups };
      const text = textOf(renderTable(report, { width: 100, colour: false, verbose }));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(text).toContain(cleanText(first?.target ?? ''));
    }
  });
});
