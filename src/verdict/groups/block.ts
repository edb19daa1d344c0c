import type { FilterReport, HostReport, RangeReport, RequirementState } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { inRange, type PortRange } from '../../model/target.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { stretchesBy } from '../extents.ts';
import { traitsOf } from '../rules.ts';
import { setOf, type Zones, zonesOf, zonesUsedBy } from '../zones.ts';
import { type Bits, bit, countBits } from './bits.ts';
import {
  type Cause,
  causesOf,
  type How,
  hopBehind,
  isLocated,
  isSameFilter,
  type Needs,
  namesIn,
  needsOf,
  placeOf,
} from './cause.ts';

/** Hosts that must share a proven filter before it speaks for their silent neighbours, or is named as one cause. */
export const ENOUGH = 8;

/** What makes a neighbour silent: routers ration ICMP errors, and nobody rations resets. */
const MAKES_SILENCE: ReadonlySet<How> = new Set<How>(['drop', 'icmp']);
/** Exact stretches beyond which a filter has no range to be named by. */
const MOST_STRETCHES = 4;

/** What nothing speaks against on a host: requirements that are in doubt by silence alone, and those that it does not need. */
export interface Doubt {
  readonly silent: Needs;
  readonly spare: Needs;
  /** Where its Windows allocates dynamic ports: a filter of others stops nothing that it needs. None where that is not known. */
  readonly zones: Zones;
  /** What the host is called without its neighbours. */
  readonly verdict: 'ready' | 'clear-so-far' | 'undetermined' | 'blocked';
}

/** The hosts of a block that showed one cause, with the same left in doubt. */
export interface FilterObservation {
  readonly cause: Cause;
  readonly doubt: Doubt;
  hosts: Bits;
  /** Of them, those that prove it: the filter showed itself, and where. */
  proven: Bits;
  /** The parts of the dynamic range in which something is filtered for them. */
  zones: Zones;
  /** How often which hop answered behind the filter. */
  readonly behind: Map<string, number>;
  /** The exact filtered ranges of these hosts. */
  extent: Extent;
}

/** Undetermined hosts of a block, and those ready by a few servers, with the same doubt. `reports` counts them, two names of one address as two. */
interface SilentHosts {
  readonly doubt: Doubt;
  hosts: Bits;
  reports: number;
}

/** Exactly known filtered ranges that hosts share, ascending: undefined until one is known, null when they differ. */
export type Extent = readonly PortRange[] | null | undefined;

/** Two extents as one. */
export const sameExtent = (a: Extent, b: Extent): Extent => {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const isSame =
    a?.length === b?.length && a?.every(({ from, to }, i) => from === b?.[i]?.from && to === b[i].to);
  return isSame ? a : null;
};

/** The exactly known filtered stretches of the dynamic range, ascending; TCP 3389 by itself is none of them. */
export const exactStretches = ({ ranges }: HostReport): RangeReport[] =>
  ranges.filter(
    ({ state, exact, from, to }) => state === 'filtered' && exact && !(from === 3389 && to === 3389),
  );

/** Whether a filter of a report is what this cause is. */
const isOf = (
  { how, by, afterHop, beforeHop }: Cause,
  filter: FilterReport,
  { address }: HostReport,
): boolean => {
  const place = placeOf(filter, address === null ? null : canonicalAddress(address));
  return (
    (how === 'some-flows' || filter.how === how) &&
    place.by === by &&
    place.afterHop === afterHop &&
    place.beforeHop === beforeHop
  );
};

/** Of the exactly known stretches those that this cause stops, and not another filter of the host. */
const stretchesOf = (report: HostReport, cause: Cause): PortRange[] => {
  const dynamic = new Set(
    report.ports.filter(({ requirement }) => requirement === 'dynamic-rpc').map(({ port }) => port),
  );
  const filters = report.path.filters
    .map((filter) => ({ ...filter, ports: filter.ports.filter((port) => dynamic.has(port)) }))
    .filter(({ ports }) => ports.length > 0);
  const lists = stretchesBy(filters, exactStretches(report));
  const mine = filters.flatMap((filter, i) => (isOf(cause, filter, report) ? (lists[i] ?? []) : []));
  return [...new Set(mine)].toSorted((a, b) => a.from - b.from);
};

const extentOf = (report: HostReport, cause: Cause): Extent => {
  if (!namesIn(cause.needs).includes('dynamic-rpc')) return undefined;
  const exact = stretchesOf(report, cause);
  if (exact.length === 0) return undefined;
  return exact.length > MOST_STRETCHES ? null : exact;
};

/** Whether a host proves that a filter stops all of a cause's requirements, and where. */
const proves = ({ requirements }: HostReport, cause: Cause): boolean => {
  const names = namesIn(cause.needs);
  const stopped = requirements.filter(({ name }) => names.includes(name));
  const shown = stopped.every(
    ({ rule, confidence }) => confidence === 'proven' && traitsOf(rule).filter === cause.how,
  );
  return shown && isLocated(cause);
};

const inState = ({ requirements }: HostReport, state: RequirementState): Needs =>
  needsOf(requirements.filter((one) => one.state === state).map(({ name }) => name));

/** What a host leaves in doubt, and what it is called without its neighbours. */
export const doubtOf = (report: HostReport): Doubt => {
  const shown = shownVerdict(report);
  const silent = report.requirements.filter(({ rule }) => {
    const { silence, passesByServers } = traitsOf(rule);
    return silence || passesByServers;
  });
  return {
    silent: needsOf(silent.map(({ name }) => name)),
    spare: inState(report, 'not-needed'),
    zones: setOf(zonesUsedBy(report)),
    verdict: shown === 'unreachable' ? 'undetermined' : shown,
  };
};

const isSameDoubt = (a: Doubt, b: Doubt): boolean =>
  a.silent === b.silent && a.spare === b.spare && a.zones === b.zones && a.verdict === b.verdict;

/** What a host passes on evidence that speaks for all of it. */
const passedBy = ({ requirements }: HostReport): Needs =>
  needsOf(
    requirements
      .filter(({ state, rule }) => state === 'pass' && !traitsOf(rule).passesByServers)
      .map(({ name }) => name),
  );

/** Dynamic ports whose servers answered on a host that passes by them. */
const serversOf = ({ requirements, because }: HostReport): readonly number[] =>
  requirements.some(({ rule }) => traitsOf(rule).passesByServers)
    ? because.filter(({ rule }) => traitsOf(rule).passesByServers).flatMap(({ ports }) => ports)
    : [];

const DYNAMIC = needsOf(['dynamic-rpc']);

/** The parts of the dynamic range in which this cause stops a port of a host. */
const zonesOfCause = (report: HostReport, cause: Cause): Zones => {
  const mine = report.path.filters.filter((filter) => isOf(cause, filter, report));
  const filtered = new Set(mine.flatMap(({ ports }) => ports));
  return setOf(zonesOf(report).filter(({ ports }) => ports.some(({ port }) => filtered.has(port))));
};

/**
 * The doubt of a host that its neighbours may settle: undetermined, ready by a few servers, or blocked by something else, when only
 * the group gains a host. Null when they cannot.
 */
export const silenceOf = (report: HostReport): Doubt | null => {
  if (report.verdict === 'unreachable') return null;
  if (report.because.some(({ rule }) => traitsOf(rule).spoilsSilence)) return null;
  const doubt = doubtOf(report);
  return doubt.silent === 0 ? null : doubt;
};

/**
 * What is kept of the hosts of one /24 (IPv6: /120): who was judged, who answered, which requirements somebody passes,
 * and a set of addresses for each cause and each doubt. Its size does not depend on the number of hosts.
 */
export class Block {
  judged: Bits = 0n;
  answered: Bits = 0n;
  passed: Needs = 0;
  /** Dynamic ports that answered on hosts which pass by their servers. */
  readonly #served = new Set<number>();
  readonly sightings: FilterObservation[] = [];
  readonly silences: SilentHosts[] = [];

  add(low: number, report: HostReport): void {
    const own = bit(low);
    this.judged |= own;
    if (report.verdict === 'unreachable') return;
    this.answered |= own;
    this.passed |= passedBy(report);
    for (const port of serversOf(report)) this.#served.add(port);
    for (const cause of causesOf(report)) this.#see(low, cause, report);
    const doubt = silenceOf(report);
    if (doubt) this.#doubt(low, doubt);
  }

  #see(low: number, cause: Cause, report: HostReport): void {
    const doubt = doubtOf(report);
    let seen = this.sightings.find((one) => one.cause.key === cause.key && isSameDoubt(one.doubt, doubt));
    if (!seen) {
      seen = { cause, doubt, hosts: 0n, proven: 0n, zones: 0, behind: new Map(), extent: undefined };
      this.sightings.push(seen);
    }
    seen.hosts |= bit(low);
    seen.extent = sameExtent(seen.extent, extentOf(report, cause));
    if (proves(report, cause)) seen.proven |= bit(low);
    seen.zones |= zonesOfCause(report, cause);
    const next = cause.afterHop === null ? null : hopBehind(report, cause.afterHop);
    if (next !== null) seen.behind.set(next, (seen.behind.get(next) ?? 0) + 1);
  }

  #doubt(low: number, doubt: Doubt): void {
    const known = this.silences.find((one) => isSameDoubt(one.doubt, doubt));
    if (!known) this.silences.push({ doubt, hosts: bit(low), reports: 1 });
    else {
      known.hosts |= bit(low);
      known.reports += 1;
    }
  }

  /** Causes that enough hosts of this block prove at one place, with how many. Resets are not rationed: their silence is another's. */
  #proven(): { readonly cause: Cause; readonly hosts: number; readonly zones: Zones }[] {
    const found = new Map<string, { readonly cause: Cause; proven: Bits; zones: Zones }>();
    for (const { cause, proven, zones, extent } of this.sightings) {
      if (proven === 0n || !MAKES_SILENCE.has(cause.how) || this.#isServedIn(extent)) continue;
      const known = found.get(cause.key) ?? { cause, proven: 0n, zones: 0 };
      known.proven |= proven;
      known.zones |= zones;
      found.set(cause.key, known);
    }
    return [...found.values()]
      .map(({ cause, proven, zones }) => ({ cause, zones, hosts: countBits(proven) }))
      .filter(({ hosts }) => hosts >= ENOUGH);
  }

  /** Whether somebody's server answers where a filter is known to drop: then it does not stop all of the block. */
  #isServedIn(extent: Extent): boolean {
    return extent?.some((range) => [...this.#served].some((port) => inRange(port, range))) ?? false;
  }

  /**
   * The filters that a host in this doubt most likely meets: its neighbours prove them, nobody of the block passes what
   * they stop, and for each requirement there is one such filter only.
   */
  likely({ silent, spare, zones }: Doubt): { readonly cause: Cause; readonly hosts: number }[] {
    const fitting = this.#proven().filter(({ cause, zones: filtered }) => {
      const wanted = cause.needs & ~spare;
      const isElsewhere = (wanted & DYNAMIC) !== 0 && zones !== 0 && (filtered & zones) === 0;
      return wanted !== 0 && !isElsewhere && (wanted & ~silent) === 0 && (wanted & this.passed) === 0;
    });
    return fitting.filter(({ cause }) =>
      fitting.every(
        ({ cause: other }) =>
          (other.needs & cause.needs) === 0 ||
          (isSameFilter(other, cause) && (other.needs & ~cause.needs) === 0),
      ),
    );
  }

  /** Reports that the filters of their neighbours make blocked, by what they were called without them. */
  raised(): Readonly<Record<Doubt['verdict'], number>> {
    const count = { ready: 0, 'clear-so-far': 0, undetermined: 0, blocked: 0 };
    for (const { doubt, reports } of this.silences) {
      if (this.likely(doubt).length > 0) count[doubt.verdict] += reports;
    }
    return count;
  }
}
