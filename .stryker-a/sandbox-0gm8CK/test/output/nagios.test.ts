import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report, Summary } from '../../src/model/report.ts';
import { nagiosStatus, renderNagios } from '../../src/output/nagios.ts';
import { nastyHost } from './hostile.ts';
import { blocked, clear, ready, reportOf, textOf, unreachable } from './reports.ts';

const render = (report: Report): string =>
  textOf(renderNagios(report, { width: 80, colour: false, verbose: false }));

const summary = (changes: Partial<Summary>): Summary => ({
  hosts: Object.values(changes).reduce((sum, count) => sum + count, 0),
  ready: 0,
  blocked: 0,
  undetermined: 0,
  clearSoFar: 0,
  unreachable: 0,
  ...changes,
});

const ENDED = { interrupted: false };
const CUT = { interrupted: true };
const RUNNING = { interrupted: false, running: true } as const;

describe('nagiosStatus', () => {
  it.each([
    [summary({ ready: 3 }), ENDED, 'OK', 0],
    [summary({ ready: 3, blocked: 1, undetermined: 1 }), ENDED, 'CRITICAL', 2],
    [summary({ ready: 3, undetermined: 1 }), ENDED, 'WARNING', 1],
    [summary({ unreachable: 2 }), ENDED, 'WARNING', 1],
    [summary({}), ENDED, 'UNKNOWN', 3],
    [summary({ ready: 3 }), CUT, 'UNKNOWN', 3],
    [summary({ ready: 3 }), RUNNING, 'UNKNOWN', 3],
    [summary({ blocked: 1 }), CUT, 'CRITICAL', 2],
  ] as const)('%j, %j: %s', (counts, run, word, code) => {
    expect(nagiosStatus(counts, run, 0)).toEqual({ word, code });
  });

  it.each([
    [summary({ ready: 3, undetermined: 1 }), 1, 'OK'],
    [summary({ undetermined: 2 }), 1, 'WARNING'],
    [summary({ undetermined: 1, unreachable: 1 }), 1, 'WARNING'],
    [summary({ undetermined: 1, blocked: 1 }), 1, 'CRITICAL'],
  ] as const)('%j, %i of them accepted: %s', (counts, accepted, word) => {
    expect(nagiosStatus(counts, ENDED, accepted).word).toBe(word);
  });
});

/** `'label'=value[UOM];[warn];[crit];[min];[max]` of the plugin guidelines. */
const PERFORMANCE = /^[a-z]+=\d+(\.\d+)?s?;\d*;\d*;\d*;\d*$/;

describe('renderNagios', () => {
  it('is one status line with performance data when all is well', () => {
    expect(render(reportOf([ready, ready]))).toBe(
      'RA-PREFLIGHT OK - 2 of 2 hosts ready | ready=2;;;0;2 blocked=0;;0;0;2 undetermined=0;0;;0;2 clear=0;;;0;2 unreachable=0;0;;0;2 probes=197;;;0; time=2.200s;;;0;\n',
    );
  });

  it('tells hosts that are clear so far from those of which nothing is known, and counts them as ready when asked to', () => {
    const report = reportOf([ready, clear]);
    expect(render(report)).toMatch(
      /^RA-PREFLIGHT WARNING - 1 of 2 hosts ready, 1 undetermined \(1 clear so far\) \| .* clear=1;/,
    );
    expect(render(report)).toContain('\nCLEAR SO FAR: 10.77.1.43: TCP 135 answers');
    const options = { width: 80, colour: false, verbose: false, clearIsReady: true };
    const accepted = textOf(renderNagios(report, options));
    expect(accepted).toMatch(/^RA-PREFLIGHT OK - 1 of 2 hosts ready, 1 undetermined \(1 clear so far\) \|/);
    expect(accepted.trimEnd().split('\n')).toHaveLength(1);
    const unknown = { ...clear, because: clear.because.slice(1) };
    expect(textOf(renderNagios(reportOf([unknown, clear]), options))).toMatch(
      /^RA-PREFLIGHT WARNING .*\nUNDETERMINED: /,
    );
  });

  it('names the hosts that are not ready, 50 at most, and stays below 8 KiB', () => {
    const long = { ...blocked, target: 'x'.repeat(250) };
    const text = render(reportOf([...Array(30).fill(unreachable), ready, ...Array(33).fill(long)]));
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(52);
    expect(lines[1]).toMatch(/^UNREACHABLE: 2001:db8:/);
    expect(lines.at(-1)).toBe('and 13 more');
    expect(Buffer.byteLength(text)).toBeLessThan(8192);
  });

  it('stays below 8 KiB in any script, and says how many it left out', () => {
    const wide = { ...blocked, target: '𠮷'.repeat(250) };
    const text = render(reportOf(Array(60).fill(wide)));
    expect(Buffer.byteLength(text)).toBeLessThan(8192);
    const lines = text.trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`and ${60 - (lines.length - 2)} more`);
  });

  it('keeps performance data, lines and markup its own, whatever the network said', () => {
    fc.assert(
      fc.property(nastyHost, (host) => {
        const [first = '', ...lines] = render(reportOf([host]))
          .trimEnd()
          .split('\n');
        const [status, data = '', ...more] = first.split(' | ');
        expect(status).toBe('RA-PREFLIGHT CRITICAL - 0 of 1 host ready, 1 blocked');
        expect(more).toEqual([]);
        for (const one of data.split(' ')) expect(one).toMatch(PERFORMANCE);
        expect(lines).toHaveLength(1);
        expect(lines[0]).not.toMatch(/[|\\<>&]/);
        expect([...(lines[0] ?? '')].length).toBeLessThanOrEqual(140);
      }),
      { numRuns: 100 },
    );
  });
});
