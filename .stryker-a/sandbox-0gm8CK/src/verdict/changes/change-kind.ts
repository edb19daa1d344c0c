import type { ChangeKind } from '../../model/history.ts';
import type { HostReport, RequirementReport } from '../../model/report.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { exactStretches } from '../groups/block.ts';
import type { Place } from '../groups/cause.ts';
import { traitsOf } from '../rules.ts';
import { type Failure, failuresOf } from './host-snapshot.ts';

/** What a run can say of a host: that it is there, that it is not, or neither for sure. */
type Presence = 'answers' | 'absent' | 'unknown';

const presenceOf = (report: HostReport | null): Presence => {
  if (report === null) return 'absent';
  if (report.because.some(({ rule }) => traitsOf(rule).saysNothing)) return 'unknown';
  if (report.verdict !== 'unreachable') return 'answers';
  return report.confidence === 'weak' ? 'unknown' : 'absent';
};

/** Whether a verdict is sure enough to be compared. */
const isFirm = ({ verdict, confidence }: HostReport): boolean =>
  verdict !== 'undetermined' && confidence !== 'weak';

const isFirmState = ({ state, confidence }: RequirementReport): boolean =>
  (state === 'fail' || state === 'pass') && confidence !== 'weak';

/** Whether two places differ in something that is known of both. */
const differ = (a: Place, b: Place): boolean =>
  (a.by !== null && b.by !== null && a.by !== b.by) ||
  (a.afterHop !== null && b.afterHop !== null && a.afterHop !== b.afterHop);

const isMoved = (a: Failure, b: Failure): boolean =>
  a.confidence === 'proven' &&
  b.confidence === 'proven' &&
  a.places.length > 0 &&
  a.places.every((one) => b.places.length > 0 && b.places.every((other) => differ(one, other)));

const isOther = (a: readonly Failure[], b: readonly Failure[]): boolean =>
  a.length !== b.length ||
  a.some((one, i) => one.how !== b[i]?.how || (b[i] !== undefined && isMoved(one, b[i])));

const isOtherRange = (before: HostReport, after: HostReport): boolean => {
  const [old, now] = [exactStretches(before), exactStretches(after)];
  return old.length > 0 && now.length > 0 && old.map(rangeWords).join() !== now.map(rangeWords).join();
};

/** Whether two reports on a blocked host blame different things. Requirements that either run is in doubt of do not count. */
const hasOtherCause = (before: HostReport, after: HostReport): boolean => {
  const [old, now] = [failuresOf(before), failuresOf(after)];
  return before.requirements.some((one) => {
    const same = after.requirements.find(({ name }) => name === one.name);
    if (!same || !isFirmState(one) || !isFirmState(same)) return false;
    const isMine = ({ requirement }: Failure): boolean => requirement === one.name;
    if (isOther(old.filter(isMine), now.filter(isMine))) return true;
    const bothFail = one.state === 'fail' && same.state === 'fail';
    return one.name === 'dynamic-rpc' && bothFail && isOtherRange(before, after);
  });
};

/**
 * How a host changed between two runs, null for no change. A side is null when the host was not in that run. Doubt is no
 * change: weak or undetermined evidence on either side tells at most whether the host answers.
 */
export const kindOf = (before: HostReport | null, after: HostReport | null): ChangeKind | null => {
  const [was, is] = [presenceOf(before), presenceOf(after)];
  if (was === 'absent' && is === 'answers') return 'appeared';
  if (was === 'answers' && is === 'absent') return 'gone';
  if (!before || !after || was !== 'answers' || is !== 'answers') return null;
  if (!isFirm(before) || !isFirm(after)) return null;
  if (before.verdict !== after.verdict) return after.verdict === 'blocked' ? 'newly-blocked' : 'mended';
  return after.verdict === 'blocked' && hasOtherCause(before, after) ? 'changed-cause' : null;
};
