import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../src/output/clean-text.ts';
import { renderTable } from '../../src/output/table.ts';
import { blocked, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const plain = (width: number) => ({ width, colour: false, verbose: false });

const CASES = {
  blocked: [blocked],
  ready: [ready],
  unreachable: [unreachable],
  unnamed: [unnamed],
  hostile: [hostile],
  several: [ready, blocked, unreachable, unnamed],
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

  it('stays quick with 200 hosts', () => {
    const hosts = Array.from({ length: 200 }, (_, i) => ({
      ...ready,
      target: `10.77.2.${i}`,
      address: `10.77.2.${i}`,
    }));
    const text = textOf(renderTable(reportOf(hosts), plain(100)));
    expect(text).toContain('200 hosts: 200 ready.');
    expect(text.split('\n').length).toBeLessThan(900);
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
