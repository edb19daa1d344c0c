import {
  CHANGE_KINDS,
  type Change,
  type ChangeKind,
  type RunDiff,
  type Uncertain,
} from '../model/history.ts';
import { inPieces } from '../model/in-pieces.ts';
import type { HostReport } from '../model/report.ts';
import { SHOWN_WORDS, shownVerdict } from '../model/shown-verdict.ts';
import { kindOf } from './changes/change-kind.ts';
import { sideBySide } from './changes/change-order.ts';
import { hostFailureWords, hostSnapshotOf } from './changes/host-snapshot.ts';

/** `blocked: TCP 135 (silently dropped)` */
const verdictWords = (report: HostReport): string =>
  report.verdict === 'blocked' ? `blocked: ${hostFailureWords(report)}` : SHOWN_WORDS[shownVerdict(report)];

const absence = (report: HostReport | null, run: string): string =>
  report === null ? `not part of the ${run} run` : 'unreachable';

/** The change in one sentence; without the name of the host, which may be anything. */
const textOf = (kind: ChangeKind, before: HostReport | null, after: HostReport | null): string => {
  const was = before ? verdictWords(before) : '';
  const is = after ? verdictWords(after) : '';
  switch (kind) {
    case 'newly-blocked':
      return `Was ready, now ${is}.`;
    case 'mended':
      return `Was ${was}; now ready.`;
    case 'appeared':
      return `Was ${absence(before, 'earlier')}; answers now and is ${is}.`;
    case 'gone':
      return `Is ${absence(after, 'later')}; answered before and was ${was}.`;
    case 'changed-cause':
      return `Still blocked, but by something else: before ${before ? hostFailureWords(before) : ''}, now ${after ? hostFailureWords(after) : ''}.`;
  }
};

const changeOf = (before: HostReport | null, after: HostReport | null): Change | null => {
  const kind = kindOf(before, after);
  const host = after ?? before;
  if (kind === null || !host) return null;
  return {
    kind,
    target: host.target,
    address: after?.address ?? before?.address ?? null,
    before: before && hostSnapshotOf(before),
    after: after && hostSnapshotOf(after),
    text: textOf(kind, before, after),
  };
};

/** `blocked on weak evidence: TCP 135 (silently dropped)`; undetermined hosts are in doubt by that word. */
const doubtWords = (report: HostReport): string => {
  const words = verdictWords(report);
  return report.confidence === 'weak' && report.verdict !== 'undetermined'
    ? words.replace(report.verdict, `${report.verdict} on weak evidence`)
    : words;
};

/** A host without a change whose verdicts differ, as people read and count them; null when they do not. */
const uncertainOf = (before: HostReport, after: HostReport): Uncertain | null =>
  shownVerdict(before) === shownVerdict(after)
    ? null
    : {
        target: after.target,
        address: after.address ?? before.address,
        before: hostSnapshotOf(before),
        after: hostSnapshotOf(after),
        text: `Was ${doubtWords(before)}, now ${doubtWords(after)}.`,
      };

/** What two runs differ in. */
type Compared = Pick<RunDiff, 'changes' | 'uncertain' | 'summary'>;

/**
 * What changed between two runs, with an empty text after every few hosts, when whoever compares may see to other things. Both sides come
 * ascending by target in the order of their UTF-8 bytes, are walked once, and only what differs is kept. Throws RangeError for hosts out of order.
 */
export function* diffSteps(
  before: Iterable<HostReport>,
  after: Iterable<HostReport>,
): Generator<'', Compared> {
  const changes: Change[] = [];
  const uncertain: Uncertain[] = [];
  let compared = 0;
  let same = 0;
  yield* inPieces(sideBySide(before, after), ([old, now]) => {
    const change = changeOf(old, now);
    if (change) changes.push(change);
    if (!old || !now) return;
    compared += 1;
    if (change) return;
    same += 1;
    const doubt = uncertainOf(old, now);
    if (doubt) uncertain.push(doubt);
  });
  const counts = CHANGE_KINDS.map((kind) => [kind, changes.filter((one) => one.kind === kind).length]);
  return {
    changes,
    uncertain,
    summary: {
      ...(Object.fromEntries(counts) as Record<ChangeKind, number>),
      compared,
      same,
      uncertain: uncertain.length,
    },
  };
}

/** The same without pauses. */
export const diffHosts = (before: Iterable<HostReport>, after: Iterable<HostReport>): Compared => {
  const steps = diffSteps(before, after);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};
