import { describe, expect, it } from 'vitest';
import { fleetDiff } from '../../src/cli/fleet-stored.ts';
import type { HostReport } from '../../src/model/report.ts';
import { openHistory } from '../../src/store/open.ts';
import { resultOf } from '../output/result-of.ts';
import { newRun } from '../store/new-run.ts';
import { host, MAPPER } from '../verdict/changes.ts';

const BLOCKED = host({ confidence: 'proven', stops: [MAPPER] });
const READY = host({ confidence: 'proven' });
const UNDETERMINED = host({ dynamic: ['undetermined', 'dynamic-silent', 'weak'] });

/** What each vantage sees of one host, in one run of the fleet and in the next. */
const SEEN: Readonly<Record<string, readonly [HostReport, HostReport]>> = {
  branch: [BLOCKED, UNDETERMINED],
  hq: [BLOCKED, READY],
};

describe('fleetDiff', () => {
  it('adds up the vantages, with the uncertain hosts of each beside the changes', () => {
    const around = { now: Date.now, pid: process.pid, machine: 'here', isAlive: () => true };
    const history = openHistory(':memory:', around, 'create');
    for (const at of [0, 1] as const)
      for (const [vantage, seen] of Object.entries(SEEN)) {
        const made = newRun(`2026010${at + 1}T020000Z-00000${at}.${vantage}`, 1);
        const run = {
          ...{ ...made.run, vantage, startedAt: `2026-01-0${at + 1}T02:00:00.000Z` },
          fleet: { run: `2026010${at + 1}T020000Z-00000${at}`, vantages: ['branch', 'hq'] },
        };
        const recorder = history.begin({ ...made, run, targets: ['10.1.2.3'] });
        recorder.record({ index: 0, ordinal: 0, report: seen[at] });
        const end = { finishedAt: `2026-01-0${at + 1}T02:01:00.000Z`, probesSent: 9, durationMs: 60_000 };
        recorder.finish({ ...run, ...end, interrupted: false }, []);
      }
    const diff = resultOf(fleetDiff(history, history.fleet('20260102T020000Z-000001')));
    expect(diff?.changes.map(({ kind, target }) => [kind, target])).toEqual([
      ['mended', '10.1.2.3 (from hq)'],
    ]);
    expect(diff?.uncertain.map(({ target, text }) => [target, text])).toEqual([
      ['10.1.2.3 (from branch)', 'Was blocked: TCP 135 (silently dropped after 10.0.3.1), now undetermined.'],
    ]);
    expect(diff?.summary).toMatchObject({ mended: 1, compared: 2, same: 1, uncertain: 1 });
    history.close();
  });
});
