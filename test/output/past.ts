import type { RunDiff, RunEntry } from '../../src/model/history.ts';
import type { ReportSource, RequirementState, Verdict } from '../../src/model/report.ts';
import type { HostMark, Trend } from '../../src/model/trend.ts';
import type { FlappingHost, PageHistory } from '../../src/output/html.ts';

/** A made-up past for the hosts of a report: runs, changes since the last one, and hosts that go to and fro. */

const verdictAt = (verdict: Verdict, index: number, age: number): Verdict => {
  if (age > 0 && index % 40 === 7) return age % 2 ? 'blocked' : 'ready';
  return verdict === 'blocked' && age > 6 ? 'ready' : verdict;
};

const markOf = (verdict: Verdict): HostMark => {
  const state: RequirementState =
    verdict === 'ready' ? 'pass' : verdict === 'blocked' ? 'fail' : 'undetermined';
  return {
    verdict,
    clearSoFar: false,
    confidence: 'proven',
    states: {
      'endpoint-mapper': state === 'fail' ? 'pass' : state,
      'remote-desktop': 'not-needed',
      'dynamic-rpc': state,
    },
  };
};

const entryOf = (report: ReportSource): RunEntry => ({
  ...report.run,
  id: '20251231T000000Z-000000',
  startedAt: '2025-12-31T00:00:00.000Z',
  state: 'finished',
  targets: ['10.64.0.0/16'],
  hosts: report.summary.hosts,
  summary: report.summary,
});

/** `count` daily runs, the last of them this one. */
export const trendOf = (report: ReportSource, count: number): Trend => {
  const marks = function* () {
    let index = 0;
    for (const { target, address, verdict } of report.hosts) {
      yield {
        target,
        address,
        marks: Array.from({ length: count }, (_, run) => {
          const age = count - 1 - run;
          return age === count - 1 && index % 9 === 0 ? null : markOf(verdictAt(verdict, index, age));
        }),
      };
      index++;
    }
  };
  return {
    runs: Array.from({ length: count }, (_, run) => {
      const summary = { hosts: 0, ready: 0, blocked: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 };
      for (const host of marks()) {
        const mark = host.marks[run];
        if (!mark) continue;
        summary.hosts++;
        summary[mark.verdict]++;
      }
      return {
        id: `run-${run}`,
        startedAt: new Date(Date.UTC(2025, 11, 1 + run)).toISOString(),
        summary,
        groups: [],
      };
    }),
    hosts: { [Symbol.iterator]: marks },
  };
};

/** Everything that a scheduled report can know. */
export const pastOf = (
  report: ReportSource,
  count = 12,
): Required<Omit<PageHistory, 'site' | 'underway'>> => {
  const trend = trendOf(report, count);
  const flapping: FlappingHost[] = [...trend.hosts]
    .filter((_, index) => index % 40 === 7)
    .map((host) => ({ ...host, changes: count - 2 }));
  const standing = (verdict: Verdict) => ({ verdict, confidence: 'proven', causes: [] }) as const;
  const changes = [...report.hosts]
    .slice(0, 30)
    .map(({ target, address, verdict }, index): RunDiff['changes'][number] =>
      index % 2
        ? {
            kind: 'newly-blocked',
            target,
            address,
            before: standing('ready'),
            after: standing('blocked'),
            text: `${target} was ready and is blocked.`,
          }
        : {
            kind: 'gone',
            target,
            address,
            before: standing(verdict),
            after: null,
            text: `${target} is gone.`,
          },
    );
  const before = entryOf(report);
  return {
    diff: {
      schema: 'ra-preflight/diff@1',
      before,
      after: before,
      changes,
      uncertain: [],
      summary: {
        'newly-blocked': 15,
        mended: 0,
        appeared: 0,
        gone: 15,
        'changed-cause': 0,
        compared: report.summary.hosts,
        same: report.summary.hosts - 30,
        uncertain: 0,
      },
    },
    trend,
    flapping,
  };
};
