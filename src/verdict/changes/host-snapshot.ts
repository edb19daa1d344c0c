import type { HostSnapshot } from '../../model/history.ts';
import type { Confidence, FilterReport, HostReport } from '../../model/report.ts';
import { portOf, type RequirementName } from '../../model/requirement.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { exactStretches } from '../groups/block.ts';
import { filtersMet, type Place } from '../groups/cause.ts';
import { placeWords } from '../groups/words.ts';
import { traitsOf } from '../rules.ts';

/** How a requirement fails: by a filter, or by what listens there instead. */
type How = FilterReport['how'] | 'closed' | 'foreign' | 'filtered';

const HOW_WORDS: Readonly<Record<How, string>> = {
  drop: 'silently dropped',
  icmp: 'rejected with ICMP',
  reset: 'reset',
  closed: 'refused, nothing listens there',
  foreign: 'something else answers',
  filtered: 'filtered',
};
/** Exact stretches beyond which they are not listed. */
const MOST_STRETCHES = 4;

/** One way in which a requirement fails, with the places where it was seen to. */
export interface Failure {
  readonly requirement: RequirementName;
  readonly how: How;
  readonly confidence: Confidence;
  readonly places: readonly Place[];
}

/** How each failing requirement of a host fails, in a stable order. */
export const failuresOf = (report: HostReport): Failure[] => {
  const met = filtersMet(report);
  return report.requirements
    .filter(({ state }) => state === 'fail')
    .flatMap(({ name, rule, confidence }) => {
      const mine = met.filter(({ requirement }) => requirement === name);
      const hows: How[] =
        mine.length > 0 ? mine.map(({ how }) => how) : [traitsOf(rule).failsBy ?? 'filtered'];
      return [...new Set(hows)].toSorted().map((how) => ({
        requirement: name,
        how,
        confidence,
        places: mine.filter((one) => one.how === how),
      }));
    });
};

/** What a run says of a host, as far as changes are concerned: `endpoint-mapper closed`, `dynamic-rpc drop`. */
export const hostSnapshotOf = (report: HostReport): HostSnapshot => ({
  verdict: report.verdict,
  confidence: report.confidence,
  causes:
    report.verdict === 'blocked'
      ? failuresOf(report)
          .map(({ requirement, how }) => `${requirement} ${how}`)
          .toSorted()
      : [],
});

const subject = (report: HostReport, requirement: RequirementName): string => {
  const port = portOf(requirement);
  if (port !== null) return `TCP ${port}`;
  const exact = exactStretches(report);
  return exact.length === 0 || exact.length > MOST_STRETCHES
    ? 'dynamic RPC ports'
    : `TCP ${exact.map(rangeWords).join(', ')}`;
};

/** What stops a host, in words of our own: `TCP 135 (dropped after 10.0.3.1)`. */
export const hostFailureWords = (report: HostReport): string =>
  failuresOf(report)
    .map((failure) => {
      const places = [...new Set(failure.places.map(placeWords))].filter(Boolean).toSorted();
      const where = places.length === 1 ? places[0] : '';
      return `${subject(report, failure.requirement)} (${HOW_WORDS[failure.how]}${where})`;
    })
    .join(' and ');
