import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { renderCsv } from '../../src/output/csv.ts';
import { nastyHost } from './hostile.ts';
import { blocked, ready, reportOf, textOf, unnamed } from './reports.ts';

const render = (hosts: readonly HostReport[]): string =>
  textOf(renderCsv(reportOf(hosts), { width: 80, colour: false, verbose: false }));
const rowsOf = (hosts: readonly HostReport[]): Record<string, string>[] =>
  parse(render(hosts), { columns: true, record_delimiter: '\r\n' });

/** As a spreadsheet decides that a cell is to be computed: the first character that is not a blank or a quote. */
const computed = /^[\s"]*[=+\-@＝＋－＠﹦﹢﹣﹫]/u;

describe('renderCsv', () => {
  it('has a row a host, with what was found', () => {
    const [first, second, third] = rowsOf([blocked, ready, unnamed]);
    expect(first).toMatchObject({
      target: 'pc0417.corp.example',
      address: '10.77.1.2',
      verdict: 'blocked',
      if_xp_2003: 'ready',
      endpoint_mapper: 'pass',
      endpoint_mapper_reason: 'syn-ack',
      dynamic_rpc: 'fail',
      sampled: '6',
      filtered_ports: '50400 53000',
      filtered_ranges: '50000-54999',
      filter_after_hop: '10.64.1.1',
      filter_how: 'drop',
      rule: 'dynamic-dropped-on-way',
    });
    expect(second).toMatchObject({
      verdict: 'ready',
      filtered_ranges: '',
      ports: expect.stringContaining('135/open'),
    });
    expect(third).toMatchObject({ address: '', ports: '', rule: 'name-not-found' });
  });

  it('ends every line with CR LF and begins without a byte order mark', () => {
    const text = render([blocked, ready]);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.startsWith('target,address,')).toBe(true);
  });

  it('says how many ports it left out', () => {
    const [port] = blocked.ports;
    if (!port) throw new Error('a report without ports');
    const ports = Array.from({ length: 70 }, (_, i) => ({ ...port, port: 1025 + i }));
    expect(rowsOf([{ ...blocked, ports }])[0]?.['ports']).toMatch(/1088\/open\/syn-ack and 6 more$/);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['\u3000＝1', "'\u3000＝1"],
    ['"=1', `'"=1`],
    ['\t=1', '\\u{9}=1'],
    ['\r=1', '\\u{d}=1'],
    ['a;=1', "a;'=1"],
    ['a-b', 'a-b'],
    ['1=1', '1=1'],
  ])('writes %j as %j', (text, cell) => {
    expect(rowsOf([{ ...ready, target: text }])[0]?.['target']).toBe(cell);
  });

  it('parses back, and no cell is a formula, whatever separator a spreadsheet is set to', () => {
    fc.assert(
      fc.property(nastyHost, (host) => {
        const text = render([ready, host]);
        const rows: string[][] = parse(text, { record_delimiter: '\r\n' });
        expect(rows).toHaveLength(3);
        for (const row of rows) {
          expect(row).toHaveLength(rows[0]?.length ?? 0);
          for (const cell of row) expect(cell).not.toMatch(computed);
        }
        for (const separator of ['\t', ';', '|'])
          for (const cell of text.split(/\r\n/).flatMap((line) => line.split(separator)))
            expect(cell).not.toMatch(computed);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps numbers numbers', () => {
    const coverage = { ...ready.coverage, sampled: -1 };
    expect(rowsOf([{ ...ready, coverage }])[0]?.['sampled']).toBe('-1');
  });
});
