import type { Trend, TrendRun } from '../../model/trend.ts';
import {
  type GroupTrend,
  groupTrends,
  type HostAvailability,
  hostAvailability,
  type RequirementRun,
  requirementCounter,
} from './availability.ts';
import { type Firm, type FlappingBound, flappingOf, type SettlingBound, settledChange } from './marks.ts';
import { type Most, mostOf } from './most.ts';

/** Hosts that a list names unless told otherwise. */
const NAMED = 200;

/** What is looked for. `named`: the most hosts that each list names, 200 unless given. */
export interface TrendOptions {
  readonly flapping: FlappingBound;
  readonly settling: SettlingBound;
  readonly named?: number;
}

/** Three changes in ten runs are flapping; two runs in a row settle a verdict. */
export const USUAL_TREND: TrendOptions = {
  flapping: { changes: 3, runs: 10 },
  settling: { agree: 2, runs: 2 },
};

/** `changes` of its verdict in the last runs; `verdict` is the newest settled one. */
export interface FlappingHost {
  readonly target: string;
  readonly address: string | null;
  readonly changes: number;
  readonly verdict: Firm | null;
}

/** A host whose verdict changed for good. */
export interface SettledHost {
  readonly target: string;
  readonly address: string | null;
}

/** What several runs say together. Lists are bounded and their order is stable: by weight, then as the hosts came. */
export interface TrendInsights {
  readonly runs: readonly TrendRun[];
  /** Hosts that were in some run. */
  readonly hosts: number;
  readonly requirements: readonly RequirementRun[];
  readonly groups: readonly GroupTrend[];
  /** Most changes first. */
  readonly flapping: Most<FlappingHost>;
  /** Hosts that were not always ready, the lowest share first, then those asked most. */
  readonly worst: Most<HostAvailability>;
  /** Hosts that the newest run settled as blocked after ready, and the other way round. */
  readonly newlyBlocked: Most<SettledHost>;
  readonly mended: Most<SettledHost>;
}

/** Walks the hosts of a trend once and keeps only counts and bounded lists. Throws RangeError for senseless options. */
export const trendInsights = (trend: Trend, options: TrendOptions = USUAL_TREND): TrendInsights => {
  const { flapping: flappingBound, settling, named = NAMED } = options;
  const counter = requirementCounter(trend.runs.length);
  const flapping = mostOf<FlappingHost>(named, (a, b) => b.changes - a.changes);
  const worst = mostOf<HostAvailability>(named, (a, b) => a.share - b.share || b.asked - a.asked);
  const newlyBlocked = mostOf<SettledHost>(named, () => 0);
  const mended = mostOf<SettledHost>(named, () => 0);
  let hosts = 0;
  for (const host of trend.hosts) {
    hosts += 1;
    counter.add(host);
    const { target, address, marks } = host;
    const available = hostAvailability(host);
    if (available.ready < available.asked) worst.add(available);
    const { verdict, changed } = settledChange(marks, settling);
    if (changed) (changed.to === 'blocked' ? newlyBlocked : mended).add({ target, address });
    const { flaps, changes } = flappingOf(marks, flappingBound);
    if (flaps) flapping.add({ target, address, changes, verdict });
  }
  return {
    runs: trend.runs,
    hosts,
    requirements: counter.counts,
    groups: groupTrends(trend.runs),
    flapping: flapping.list(),
    worst: worst.list(),
    newlyBlocked: newlyBlocked.list(),
    mended: mended.list(),
  };
};
