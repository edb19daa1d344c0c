import { describe, expect, it } from 'vitest';
import { acceptedClear, exitCode } from '../../src/cli/exit-code.ts';
import type { HostReport, Run } from '../../src/model/report.ts';
import { blocked, clear, ready, reportOf, unreachable } from '../output/reports.ts';

const unknown: HostReport = { ...clear, because: clear.because.slice(1) };

const codeOf = (
  hosts: readonly HostReport[],
  undetermined: 'ok' | 'warn',
  format: 'nagios' | null = null,
  run: Pick<Run, 'interrupted' | 'running'> = { interrupted: false },
) => {
  const report = reportOf(hosts);
  return exitCode(report.summary, run, format, acceptedClear(report, undetermined));
};

describe('the exit code of hosts that are clear so far', () => {
  it.each([
    ['ready beside it', [ready, clear], 0, 0],
    ['alone', [clear], 0, 0],
    ['beside one of which nothing is known', [clear, unknown], 3, 1],
    ['beside one that is off', [clear, unreachable], 3, 1],
    ['beside one that is blocked', [clear, blocked], 1, 2],
  ] as const)('%s, with --undetermined ok', (_, hosts, code, nagios) => {
    expect(codeOf(hosts, 'ok')).toBe(code);
    expect(codeOf(hosts, 'ok', 'nagios')).toBe(nagios);
  });

  it('is never that of a success where no host was judged', () => {
    expect(codeOf([], 'ok')).toBe(3);
    expect(codeOf([], 'warn')).toBe(3);
  });

  it('is that of any undetermined host otherwise', () => {
    expect(codeOf([ready, clear], 'warn')).toBe(3);
    expect(codeOf([ready, clear], 'warn', 'nagios')).toBe(1);
  });
});

describe('the exit code of a run that still goes on', () => {
  const going = { interrupted: false, running: true } as const;

  it('is no success, and a failure once a host is blocked', () => {
    expect(codeOf([ready], 'warn', null, going)).toBe(3);
    expect(codeOf([ready, blocked], 'warn', null, going)).toBe(1);
    expect(codeOf([ready], 'warn', 'nagios', going)).toBe(3);
  });
});
