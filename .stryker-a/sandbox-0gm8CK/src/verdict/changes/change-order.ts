import type { HostReport } from '../../model/report.ts';

/** Surrogates stand for code points above all others, so they rank behind the units from E000 on. */
const rank = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

/**
 * Compares by code point, which is the order of the UTF-8 bytes and so that of SQLite (BINARY). `<` compares UTF-16 units,
 * which puts what lies beyond FFFF before what lies between E000 and FFFF.
 */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/**
 * The hosts of one run, each target once. Throws RangeError when they do not ascend: joined out of order, every host
 * would look gone.
 */
function* ascending(hosts: Iterable<HostReport>): Generator<HostReport, undefined> {
  let last: string | null = null;
  for (const host of hosts) {
    const order = last === null ? 1 : compareText(host.target, last);
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
    const order = !old ? 1 : !now ? -1 : compareText(old.target, now.target);
    yield [order <= 0 && old ? old : null, order >= 0 && now ? now : null];
    if (order <= 0) old = left.next().value;
    if (order >= 0) now = right.next().value;
  }
}
