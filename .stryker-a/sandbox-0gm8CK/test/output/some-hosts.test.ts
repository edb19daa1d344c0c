import { expect, it } from 'vitest';
import { renderTable } from '../../src/output/table.ts';
import { blocked, ready, reportOf, textOf } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };
const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...(index === 0 ? ready : blocked),
    target: `10.77.1.${index}`,
    address: `10.77.1.${index}`,
  }));

it('tells of a dozen hosts what they share, and a line each', () => {
  const text = textOf(renderTable(reportOf(hosts(12)), OPTIONS));
  expect(text.split('\n').length).toBeLessThan(60);
  for (let host = 0; host < 12; host++) expect(text).toContain(`10.77.1.${host} `);
  expect(text).toContain('11 hosts');
  expect(text).not.toMatch(/^BLOCKED/m);
});

it('tells of six hosts each in full, and of a dozen with -v', () => {
  const count = (text: string): number => text.match(/^BLOCKED/gm)?.length ?? 0;
  expect(count(textOf(renderTable(reportOf(hosts(6)), OPTIONS)))).toBe(5);
  expect(count(textOf(renderTable(reportOf(hosts(12)), { ...OPTIONS, verbose: true })))).toBe(11);
});
