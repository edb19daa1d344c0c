import type { HostReport } from '../../model/report.ts';
import { compareTargets } from '../../model/target-order.ts';

/**
 * The hosts of one run, each target once. Throws RangeError when they do not ascend: joined out of order, every host
 * would look gone.
 */
function* ascending(hosts: Iterable<HostReport>): Generator<HostReport, undefined> {
  let last: string | null = null;
  for (const host of hosts) {
    const order = last === null ? 1 : compareTargets(host.target, last);
    if (order < 0) throw new RangeError('the hosts of a run must ascend by target');
    if (order > 0) yield host;
    last = host.target;
  }
}

/** The hosts of two runs side by side, both ascending by target; null where a run does not have one. */
export function* sideBySide(
  before: Iterable<HostReport>,
  after: Iterable<HostReport>,
): Generator<readonly [HostReport | null, HostReport | null]> {
  const [left, right] = [ascending(before), ascending(after)];
  let [old, now] = [left.next().value, right.next().value];
  while (old || now) {
    const order = !old ? 1 : !now ? -1 : compareTargets(old.target, now.target);
    yield [order <= 0 && old ? old : null, order >= 0 && now ? now : null];
    if (order <= 0) old = left.next().value;
    if (order >= 0) now = right.next().value;
  }
}
