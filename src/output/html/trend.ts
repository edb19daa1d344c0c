import type { RunDiff } from '../../model/history.ts';
import { inPieces } from '../../model/in-pieces.ts';
import { VERDICT_LETTERS } from '../../model/letter-codes.ts';
import { CLEAR_SO_FAR } from '../../model/report.ts';
import { forEachRequirement, REQUIREMENTS, type RequirementName } from '../../model/requirement.ts';
import type { HostTrend, Trend, TrendRun } from '../../model/trend.ts';
import type { PageLinks } from './page-links.ts';

/** A host whose verdict went to and fro. `changes`: how often, over the runs of `marks`. */
export interface FlappingHost extends HostTrend {
  readonly changes: number;
}

/** What a report knows beyond its own run. Each part that is absent is left out of the page. */
export interface PageHistory {
  /** Compared with the run before. */
  readonly diff?: RunDiff;
  /** The last runs, this one included, oldest first. */
  readonly trend?: Trend;
  /** Hosts that went to and fro in these runs, the most restless first. */
  readonly flapping?: readonly FlappingHost[];
  /** The pages around it. */
  readonly site?: PageLinks;
  /** Of a run that a process still makes, the hosts that were asked for. */
  readonly underway?: number;
}

/** In one run, the hosts at which a requirement was met, and those at which that is known. */
export interface Availability {
  readonly pass: number;
  readonly known: number;
}

/** One run of the trend with what its hosts add up to. */
export interface RunRead extends TrendRun {
  readonly availability: Readonly<Record<RequirementName, Availability>>;
}

/** A trend read once: the runs, and for each host its verdicts in letters, a dot where it was not probed. */
export interface TrendRead {
  readonly runs: readonly RunRead[];
  readonly letters: ReadonlyMap<string, string>;
}

/** Runs that the page shows, the last ones. */
const MOST_RUNS = 60;
/** Of these, runs in the strip of a host. */
const STRIP_RUNS = 20;

/** The verdicts of a host in letters, oldest first. */
export const lettersOf = ({ marks }: Pick<HostTrend, 'marks'>): string =>
  marks
    .slice(-STRIP_RUNS)
    .map((mark) => (mark ? VERDICT_LETTERS[mark.clearSoFar ? CLEAR_SO_FAR : mark.verdict] : '.'))
    .join('');

type Counters = Record<RequirementName, { pass: number; known: number }>;

/** Walks the hosts of a trend once, with empty pieces on the way. Strips are kept of the first `most` hosts. */
export const readTrend = function* ({ runs, hosts }: Trend, most: number): Generator<'', TrendRead> {
  const skipped = Math.max(0, runs.length - MOST_RUNS);
  const counters = runs.slice(skipped).map((): Counters => forEachRequirement(() => ({ pass: 0, known: 0 })));
  const letters = new Map<string, string>();
  yield* inPieces(hosts, (host) => {
    if (letters.size < most) letters.set(host.target, lettersOf(host));
    for (const [i, counter] of counters.entries())
      for (const name of REQUIREMENTS) {
        const state = host.marks[skipped + i]?.states[name];
        if (state !== 'pass' && state !== 'fail') continue;
        counter[name].known++;
        if (state === 'pass') counter[name].pass++;
      }
  });
  return {
    letters,
    runs: runs.slice(skipped).flatMap((run, i) => {
      const availability = counters[i];
      return availability ? [{ ...run, availability }] : [];
    }),
  };
};
