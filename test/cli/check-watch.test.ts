import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PreparedCheck } from '../../src/cli/check-run.ts';
import { watchChecks } from '../../src/cli/check-watch.ts';
import { CHECK } from '../../src/cli/options/scan-mode.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import type { Report } from '../../src/model/report.ts';
import { blocked, ready, reportOf } from '../output/reports.ts';

const results: Report[] = [];
const seeds: number[] = [];
vi.mock('../../src/cli/check-run.ts', () => ({
  checkOnce: async ({ seed }: PreparedCheck, { stop }: { stop: AbortSignal }) => {
    seeds.push(seed);
    const next = results.shift();
    if (!next) throw new Error('checked once more than needed');
    return stop.aborted ? { ...next, run: { ...next.run, interrupted: true } } : next;
  },
}));

const options = {
  ...resolveOptions({}, { options: {}, scope: { allow: [], deny: [] } }, CHECK),
  everyMs: 1,
};
const prepared = { texts: ['pc'], options, seed: 7 } as unknown as PreparedCheck;

let said = '';
beforeEach(() => {
  said = '';
  seeds.length = 0;
  results.length = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

describe('check --watch', () => {
  it('ends when nothing is blocked any more, and says only what changed', async () => {
    results.push(reportOf([blocked]), reportOf([blocked]), reportOf([blocked]), reportOf([ready]));
    const report = await watchChecks(prepared);
    expect(report.hosts).toEqual([ready]);
    expect(seeds).toEqual([7, 7, 7, 7]);
    const lines = said.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/\d\d:\d\d:\d\d \S+ BLOCKED: ./);
    expect(lines[1]).toMatch(/\d\d:\d\d:\d\d \S+ READY$/);
  });

  it('waits for all hosts', async () => {
    results.push(reportOf([blocked, ready]), reportOf([ready, blocked]), reportOf([ready, ready]));
    await watchChecks(prepared);
    expect(seeds).toHaveLength(3);
  });

  it('gives the last whole check when it is interrupted', async () => {
    results.push(reportOf([blocked]), reportOf([ready]));
    const watching = watchChecks({ ...prepared, options: { ...options, everyMs: 60_000 } });
    await vi.waitFor(() => expect(said).toContain('BLOCKED'), 15_000);
    process.emit('SIGINT');
    const report = await watching;
    expect(report.hosts).toEqual([blocked]);
    expect(report.run.interrupted).toBe(false);
  });
});
