import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../src/store/open.ts';
import { run } from '../cli/run.ts';
import { newRun } from '../store/new-run.ts';
import { range, tallied } from '../verdict/networks.ts';
import { sketch } from '../verdict/reports.ts';
import { sampleOf } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-history-samples-'));
afterAll(() => rmSync(folder, { recursive: true }));
const db = join(folder, 'history.db');

const HOPS = ['10.64.1.1', '10.64.2.2'];
const isBehind = (low: number): boolean => low >= 64 && low < 128;

/** The network of the samples, before and after its filter was opened: the lab's, recorded on 2026-11-26, and made up here since. */
const hostsOf = (isOpen: boolean) =>
  range(0, 255).map((low) =>
    sketch({
      address: `10.77.16.${low}`,
      hops: HOPS,
      // Whether TCP 3389 is needed is known only of those whose mapper answers, and the filter is located on a few.
      ...(isBehind(low) && !isOpen
        ? {
            stops: [
              {
                what: ['endpoint-mapper'] as const,
                how: 'drop' as const,
                ...(low < 74 && { after: '10.64.1.1' }),
              },
            ],
          }
        : { desktop: ['not-needed', 'desktop-not-needed', 'proven'] as const }),
    }),
  );

const RUNS = [
  { id: '20261126T131338Z-faf0a8', startedAt: '2026-11-26T13:13:38.000Z', isOpen: false, probesSent: 11_950 },
  { id: '20261126T131405Z-4d418a', startedAt: '2026-11-26T13:14:05.000Z', isOpen: true, probesSent: 12_672 },
];

describe('samples of the documents that a history of two audits shows', () => {
  beforeAll(() => {
    const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
    const history = openHistory(db, around, 'create');
    for (const { id, startedAt, isOpen, probesSent } of RUNS) {
      const hosts = hostsOf(isOpen);
      const made = newRun(id, hosts.length);
      const started = { ...made.run, id, startedAt, engine: 'syn' as const, seed: 7 };
      const recorder = history.begin({ ...made, run: started, targets: ['10.77.16.0/24'] });
      for (const [index, report] of hosts.entries()) recorder.record({ index, ordinal: index, report });
      const end = {
        finishedAt: '2026-11-26T13:14:30.000Z',
        probesSent,
        durationMs: 25_800,
        interrupted: false,
      };
      recorder.finish({ ...started, ...end }, tallied(hosts).groups());
    }
    history.close();
  });

  const shown = async (...words: string[]): Promise<string> =>
    (await run([...words, '--db', db], { env: { COLUMNS: '98' } })).stdout;

  it('README: the audit, as its report shows it again', async () => {
    expect(await shown('report', 'previous')).toBe(sampleOf('README.md', 'audit 10.77.16.0/24'));
  });

  it('README: what changed when the filter was opened', async () => {
    expect(await shown('diff', 'previous', 'latest')).toBe(sampleOf('README.md', 'diff previous latest'));
  });

  it('docs/history.md: the trend, to where it is cut', async () => {
    const [sample = '', end] = sampleOf('docs/history.md', 'history trend').split('  ...\n');
    expect(end).toBe('');
    expect(await shown('history', 'trend')).toContain(sample);
  });
});
