import { REQUIREMENTS, type RequirementName } from '../../model/evidence.ts';
import type { FilterReport, HostReport } from '../../model/report.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { type RuleName, traitsOf } from '../rules.ts';

/** `by` of a filter that the host itself is. */
export const SELF = 'self';

/**
 * Where a filter sits, in canonical addresses: who rejects, and the last hop that passed. Null where not known. `beforeHop`: the
 * first router that answers, where no hop before it does.
 */
export interface Place {
  readonly by: string | null;
  readonly afterHop: string | null;
  readonly beforeHop?: string;
}

/** How a filter stops packets, on some flows only perhaps, or that they are refused by the host or by somebody in its name. */
export type How = FilterReport['how'] | 'refused' | 'some-flows';

/** A filter that one requirement of one host met. */
export interface Met extends Place {
  readonly requirement: RequirementName;
  readonly how: FilterReport['how'];
}

/** What stops one requirement, whether a filter is known to or not. */
type Stopped = Omit<Met, 'how'> & { readonly how: How };

/** A set of requirements, as bits in the order of REQUIREMENTS. */
export type Needs = number;

/** What hosts may share: the requirements that fail by one filter, how it stops them, and where it sits. */
export interface Cause extends Place {
  /** One word for each different cause. */
  readonly key: string;
  readonly needs: Needs;
  readonly how: How;
}

/** The set of some requirements. */
export const needsOf = (names: readonly RequirementName[]): Needs =>
  names.reduce((needs, name) => needs | (1 << REQUIREMENTS.indexOf(name)), 0);

/** The requirements of a set, in their order. */
export const namesIn = (needs: Needs): RequirementName[] =>
  REQUIREMENTS.filter((_, i) => (needs & (1 << i)) !== 0);

/** Whether the filter was found on the way. */
export const isLocated = ({ by, afterHop }: Place): boolean =>
  by !== SELF && (by !== null || afterHop !== null);

/** Whether two filters do the same at the same place. */
export const isSameFilter = (a: Cause, b: Cause): boolean =>
  a.how === b.how && a.by === b.by && a.afterHop === b.afterHop;

/** The place of a filter that a host with this address met. */
export const placeOf = ({ by, afterHop, beforeHop }: FilterReport, own: string | null): Place => {
  const sender = by === null ? null : canonicalAddress(by);
  if (sender !== null && sender === own) return { by: SELF, afterHop: null };
  const last = afterHop === null ? null : canonicalAddress(afterHop);
  const before = beforeHop === undefined ? null : canonicalAddress(beforeHop);
  return {
    by: sender,
    afterHop: last === sender ? null : last,
    ...(before === null ? {} : { beforeHop: before }),
  };
};

/** Routers and hosts ration their ICMP errors, so silence beside rejections is the same filter, unless it sits elsewhere. */
const isRationed = (met: Met, all: readonly Met[]): boolean =>
  met.how === 'drop' &&
  all.some(
    ({ requirement, how, afterHop }) =>
      requirement === met.requirement &&
      how === 'icmp' &&
      (met.afterHop === null || afterHop === null || met.afterHop === afterHop),
  );

/** The filters that the failing requirements of a host met. What fails for another reason than a filter is not in there. */
export const filtersMet = ({ address, requirements, ports, path }: HostReport): Met[] => {
  const failing = requirements.filter(({ state }) => state === 'fail').map(({ name }) => name);
  const own = address === null ? null : canonicalAddress(address);
  const needing = new Map<number, RequirementName>();
  for (const { port, requirement } of ports) needing.set(port, requirement);
  const met = path.filters.flatMap((filter) => {
    const stopped = new Set(filter.ports.map((port) => needing.get(port)));
    return failing
      .filter((requirement) => stopped.has(requirement))
      .map((requirement) => ({ requirement, how: filter.how, ...placeOf(filter, own) }));
  });
  return met.filter((one) => !isRationed(one, met));
};

/** TCP 135 refused by nobody knows whom: one router that resets everything makes many such hosts. */
const refusalsMet = ({ requirements }: HostReport): Stopped[] =>
  requirements
    .filter(({ rule, confidence }) => traitsOf(rule).failsBy === 'closed' && confidence !== 'proven')
    .map(({ name }) => ({ requirement: name, how: 'refused', by: null, afterHop: null }));

const TRANSLATION: RuleName = 'address-translation';

/** The causes of a blocked host, each once; none for any other host, nor behind address translation, where opening a filter helps nobody. */
export const causesOf = (report: HostReport): Cause[] => {
  if (report.verdict !== 'blocked' || report.because.some(({ rule }) => rule === TRANSLATION)) return [];
  const filters = new Map<string, Stopped & { readonly needs: Needs }>();
  const onSomeFlows = new Set(
    report.requirements.filter(({ rule }) => traitsOf(rule).filter === 'some-flows').map(({ name }) => name),
  );
  const stopped = filtersMet(report).map(
    (met): Stopped => (onSomeFlows.has(met.requirement) ? { ...met, how: 'some-flows' } : met),
  );
  for (const met of [...stopped, ...refusalsMet(report)]) {
    const filter = `${met.how} ${met.by ?? '-'} ${met.afterHop ?? (met.beforeHop ? `<${met.beforeHop}` : '-')}`;
    const needs = (filters.get(filter)?.needs ?? 0) | needsOf([met.requirement]);
    filters.set(filter, { ...met, needs });
  }
  return [...filters].map(([filter, { requirement: _, ...met }]) => ({
    key: `${met.needs} ${filter}`,
    ...met,
  }));
};

/** The next place behind a hop that answered on the way to this host; null when none did. */
export const hopBehind = ({ path }: HostReport, afterHop: string): string | null => {
  const at = path.hops.find(({ address }) => address !== null && canonicalAddress(address) === afterHop);
  if (!at) return null;
  const next = path.hops.find(({ ttl, address }) => ttl > at.ttl && address !== null)?.address;
  return next ? canonicalAddress(next) : null;
};
