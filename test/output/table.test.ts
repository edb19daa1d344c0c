import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../src/output/table.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { auditOf } from './audit-reports.ts';
import { plain } from './plain.ts';
import { blocked, clear, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const CASES = {
  blocked: [blocked],
  clear: [clear],
  ready: [ready],
  unreachable: [unreachable],
  unnamed: [unnamed],
  hostile: [hostile],
  several: [ready, blocked, clear, unreachable, unnamed],
};

describe('renderTable', () => {
  const golden = Object.entries(CASES).flatMap(([name, hosts]) =>
    [40, 80, 120].map((width) => ({ name, hosts, width })),
  );

  it.each(golden)('$name at $width columns', async ({ name, hosts, width }) => {
    await expect(textOf(renderTable(reportOf(hosts), plain(width)))).toMatchFileSnapshot(
      `golden/${name}-${width}.txt`,
    );
  });

  it.each(golden)('$name at $width columns fits, but for commands', ({ hosts, width }) => {
    const text = textOf(renderTable(reportOf(hosts), plain(width)));
    const commands = new Set(
      hosts.flatMap(({ remedies }) =>
        remedies.flatMap((one) => one.commands.map((command) => cleanText(command, 2000))),
      ),
    );
    for (const line of text.split('\n')) {
      // A single word that is longer than the line (an IPv6 address) cannot be broken.
      if (line.length > width && !commands.has(line.trim()))
        expect(line.trim().split(' ').length).toBeLessThanOrEqual(4);
      expect(line).toBe(line.trimEnd());
    }
    expect(text.endsWith('\n')).toBe(true);
  });

  it('lets nothing from the network steer the terminal', () => {
    for (const verbose of [false, true]) {
      for (const colour of [false, true]) {
        const text = textOf(renderTable(reportOf([hostile, ready]), { width: 100, colour, verbose }));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
        expect(stripVTControlCharacters(text)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
        // What is left of escapes is colour, and only where colour was asked for.
        const sequences = text.split('\u001b').slice(1);
        expect(sequences.every((sequence) => /^\[[0-9;]*m/.test(sequence))).toBe(true);
        if (!colour) expect(sequences).toEqual([]);
      }
    }
  });

  it('shows every port when asked for all', () => {
    const text = textOf(renderTable(reportOf([ready]), { width: 100, colour: false, verbose: true }));
    expect(text).toMatch(/│ 1100 /);
  });

  it('shows the endpoints that the mapper names when asked for all', () => {
    const named = 'Endpoints listed by the mapper\n  - TCP 49664: 12345778-1234-abcd-ef00-0123456789ac v1.0';
    expect(textOf(renderTable(reportOf([blocked]), { ...plain(100), verbose: true }))).toContain(named);
    expect(textOf(renderTable(reportOf([blocked]), plain(100)))).not.toContain('Endpoints that');
  });

  it('gives each of several hosts one line of the overview', () => {
    const wide = { ...ready, target: '日本語'.repeat(20), address: null };
    for (const width of [40, 71, 80, 120, 200]) {
      const text = textOf(renderTable(reportOf([wide, ready, ready]), plain(width)));
      const rows = (text.split('\n\n')[0] ?? '').split('\n').filter((line) => line.startsWith('│'));
      expect(rows).toHaveLength(4);
      for (const row of rows) expect(stringWidth(row)).toBeLessThanOrEqual(width);
    }
  });

  it('counts wide characters as the two columns they take', () => {
    const text = Array.from({ length: 40 }, () => '日本語').join(' ');
    const host = { ...ready, because: [{ rule: 'x', text, ports: [] }] };
    for (const line of textOf(renderTable(reportOf([host]), plain(60))).split('\n'))
      expect(stringWidth(line)).toBeLessThanOrEqual(60);
  });

  it('names the findings of a few hosts too, and none for a single one', () => {
    const { groups } = auditOf(1000);
    const text = textOf(renderTable({ ...reportOf([ready, blocked]), groups }, plain(80)));
    expect(text).toContain('Findings\n  1. Between 10.64.1.1 and 10.64.2.2, TCP 50000-54999 is silently');
    expect(text).toContain('BLOCKED  pc0417.corp.example (10.77.1.2)');
    expect(textOf(renderTable({ ...reportOf([blocked]), groups }, plain(80)))).not.toContain('Findings');
  });

  it('ends with the verdict and its cause, behind which only the run follows', () => {
    const lines = textOf(renderTable(reportOf([blocked]), plain(100)))
      .trimEnd()
      .split('\n');
    expect(lines.slice(-4)).toEqual([
      'BLOCKED  pc0417.corp.example (10.77.1.2)  confidence: proven',
      '  Dynamic RPC ports are silently dropped after 10.64.1.1: TCP 50000-54999. Left open: 1025-49999,',
      '  55000-65535.',
      '1 host: 1 blocked. 197 probes in 2.2 s, engine linux, seed 7.',
    ]);
  });

  it('labels the commands of each tool', () => {
    const text = textOf(renderTable(reportOf([blocked]), plain(100)));
    expect(text).toMatch(
      / {5}nftables:\n {7}nft insert .*\n {5}Cisco access list:\n {7}permit .*\n {7}permit /,
    );
    // A report of an older version does not say what its commands are for.
    const old = blocked.remedies.map(({ tools: _, ...remedy }) => remedy);
    const unlabelled = textOf(renderTable(reportOf([{ ...blocked, remedies: old }]), plain(100)));
    expect(unlabelled).toContain('       permit tcp EXPERT host');
    expect(unlabelled).not.toContain('nftables:');
  });

  it('has a word of its own for hosts that are clear so far, and counts them', () => {
    expect(textOf(renderTable(reportOf([clear]), plain(80)))).toContain(
      'CLEAR SO FAR  10.77.1.43\n  TCP 135 answers',
    );
    const several = textOf(renderTable(reportOf([clear, unnamed]), plain(80)));
    expect(several).toMatch(/│ 10\.77\.1\.43 +│ CLEAR SO FAR +│/);
    expect(several).toContain('2 hosts: 1 clear so far, 1 unreachable.');
  });

  it('leaves out remedies for XP and 2003 where the Windows is not known', () => {
    const old = {
      id: 'firewall-xp-sp2',
      title: 'Old',
      where: 'novice',
      text: 'x',
      commands: ['netsh'],
    } as const;
    const host = { ...clear, remedies: [...clear.remedies, old] };
    const shown = (one: typeof clear, verbose = false) =>
      textOf(renderTable(reportOf([one]), { ...plain(80), verbose }));
    expect(shown(host)).not.toContain('Old');
    expect(shown(host, true)).toContain('Old');
    expect(shown({ ...host, novice: { generation: 'xp-2003', evidence: [] } })).toContain('Old');
  });

  it('calls silence no answer, and never filtered', () => {
    const text = textOf(renderTable(reportOf([blocked]), { ...plain(100), verbose: true }));
    expect(text).toContain('no answer, probed 3 times');
    expect(text).not.toMatch(/no-response|filtered \(no/);
  });

  it('ends the path of a host of which nothing answered where the answers end', () => {
    const path = { ...blocked.path, filters: [] };
    const from = '10.64.3.3';
    const ports = unreachable.ports.map((one) => ({ ...one, reason: 'net-unreach' as const, from }));
    const shown = (host: typeof blocked) => textOf(renderTable(reportOf([host]), plain(100)));
    expect(shown({ ...unreachable, path })).toContain('Path: here > 10.64.1.1 > 10.64.2.2 > *\n');
    expect(shown({ ...unreachable, path, ports })).toContain('> 10.64.2.2 > 10.64.3.3 > *\n');
  });
});

describe('cleanText', () => {
  it('leaves nothing that steers, hides or breaks, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u);
        expect([...cleanText(text, 10)].length).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('leaves ordinary text as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abc ÄÖ日本 -.:/'), maxLength: 50 }),
        (text) => cleanText(text) === text,
      ),
    );
  });
});
