import { REQUIREMENTS, type RequirementName } from '../../model/evidence.ts';
import type { HostTrend, Trend, TrendRun } from '../../model/trend.ts';

/**
 * How often a host was there and ready. `asked` runs; `answered` of them did not find it unreachable; `ready` of them
 * found it ready; `share` is ready / asked, 0..1.
 */
export interface HostAvailability {
  readonly target: string;
  readonly address: string | null;
  readonly asked: number;
  readonly answered: number;
  readonly ready: number;
  readonly share: number;
}

/** Hosts of one run by the state of a requirement. Those that do not need it count nowhere. */
export interface RequirementCounts {
  readonly pass: number;
  readonly fail: number;
  readonly undetermined: number;
}

/** How the hosts of one run did, by requirement. */
export type RequirementRun = Readonly<Record<RequirementName, RequirementCounts>>;

/** A shared cause over the runs of a trend: its hosts in each run, 0 where it was not seen. Words of the newest run that saw it. */
export interface GroupTrend {
  readonly id: string;
  readonly signature: string;
  readonly text: string;
  readonly hosts: readonly number[];
}

/** How available a host was. A host that was in no run has share 0. */
export const hostAvailability = ({ target, address, marks }: HostTrend): HostAvailability => {
  const asked = marks.filter((mark) => mark !== null);
  const answered = asked.filter(({ verdict }) => verdict !== 'unreachable').length;
  const ready = asked.filter(({ verdict }) => verdict === 'ready').length;
  return {
    target,
    address,
    asked: asked.length,
    answered,
    ready,
    share: asked.length === 0 ? 0 : ready / asked.length,
  };
};

type Counting = Record<keyof RequirementCounts, number>;

/** Counts requirements host by host; `counts` has an entry for each of `runs` runs. */
export const requirementCounter = (runs: number) => {
  const zero = (): Counting => ({ pass: 0, fail: 0, undetermined: 0 });
  const counts = Array.from(
    { length: runs },
    () => Object.fromEntries(REQUIREMENTS.map((name) => [name, zero()])) as Record<RequirementName, Counting>,
  );
  return {
    add: ({ marks }: HostTrend): void => {
      for (const [at, mark] of marks.entries()) {
        const run = counts[at];
        if (!mark || !run) continue;
        for (const name of REQUIREMENTS) {
          const state = mark.states[name];
          if (state !== 'not-needed') run[name][state] += 1;
        }
      }
    },
    counts: counts as readonly RequirementRun[],
  };
};

/** The shared causes of all runs, those of most hosts in the newest run first, then by most hosts ever, then by id. */
export const groupTrends = (runs: readonly TrendRun[]): GroupTrend[] => {
  const found = new Map<string, GroupTrend & { hosts: number[] }>();
  for (const [at, { groups }] of runs.entries()) {
    for (const { id, signature, text, hosts } of groups) {
      const before = found.get(id)?.hosts ?? runs.map(() => 0);
      before[at] = hosts;
      found.set(id, { id, signature, text, hosts: before });
    }
  }
  const lastOf = ({ hosts }: GroupTrend): number => hosts.at(-1) ?? 0;
  const mostOf = ({ hosts }: GroupTrend): number => hosts.reduce((most, one) => Math.max(most, one), 0);
  return [...found.values()].toSorted(
    (a, b) => lastOf(b) - lastOf(a) || mostOf(b) - mostOf(a) || (a.id < b.id ? -1 : 1),
  );
};

/**
 * Availability by host, requirement and shared cause. `hosts` ascend by target, may be walked more than once and are not
 * kept; `requirements` has an entry for each run.
 */
export const availabilityOf = (
  trend: Trend,
): {
  readonly hosts: Iterable<HostAvailability>;
  readonly requirements: readonly RequirementRun[];
  readonly groups: readonly GroupTrend[];
} => {
  const counter = requirementCounter(trend.runs.length);
  for (const host of trend.hosts) counter.add(host);
  return {
    hosts: {
      *[Symbol.iterator]() {
        for (const host of trend.hosts) yield hostAvailability(host);
      },
    },
    requirements: counter.counts,
    groups: groupTrends(trend.runs),
  };
};
