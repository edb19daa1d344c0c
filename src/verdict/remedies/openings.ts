import type { FilterReport } from '../../model/report.ts';
import { portOf, type RequirementName } from '../../model/requirement.ts';
import { inRange, LEGACY_PORTS, MODERN_PORTS, type PortRange } from '../../model/target.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { stretches } from '../dynamic-facts.ts';
import { stretchesBy } from '../extents.ts';
import { relevantRange } from '../requirements.ts';
import type { Situation } from './situation.ts';

/** What to open at one place. `place` is a sentence that follows another; empty where nothing is known of it. */
export interface FilterOpening {
  readonly title: string;
  readonly place: string;
  /** Ascending. */
  readonly ports: readonly PortRange[];
}

/** Requirements that a filter in the network stops, or may. */
const stoppedNames = ({ rulings, notes }: Situation): RequirementName[] =>
  // Behind address translation no port rule helps.
  notes.has('address-translation')
    ? []
    : [...rulings].flatMap(([name, { state, side }]) =>
        state === 'fail' && (side === 'network' || side === 'either') ? [name] : [],
      );

/** The dynamic ports that are asked for where no exact range is known. Nobody opens 1025-65535. */
const generalRange = ({ generation, facts }: Situation): PortRange =>
  generation === 'unknown' && !facts.plan.narrowed ? MODERN_PORTS : relevantRange(generation, facts.plan);

const overlap = (a: PortRange, b: PortRange): PortRange | null => {
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return both.from > both.to ? null : both;
};

/** The part of a filtered stretch that Remote Assistance needs. */
const neededPart = (stretch: PortRange, situation: Situation): PortRange | null => {
  const general = overlap(stretch, generalRange(situation));
  if (general || situation.generation !== 'unknown' || situation.facts.plan.narrowed) return general;
  return overlap(stretch, LEGACY_PORTS);
};

/** A filter and the dynamic stretches that it stops. */
interface Placed {
  readonly filter: FilterReport;
  readonly dynamic: readonly PortRange[];
}

const placed = (situation: Situation): Placed[] => {
  const { facts, filters } = situation;
  const dynamic = new Set(facts.dynamic.map(({ port }) => port));
  const own = filters.map(({ ports, ...filter }) => ({
    ...filter,
    ports: ports.filter((port) => dynamic.has(port)),
  }));
  const exact = stretches(facts, facts.plan.rpcRange, 'filtered').filter((one) => one.exact);
  const lists = stretchesBy(
    own.filter(({ ports }) => ports.length > 0),
    exact,
  );
  let at = 0;
  return filters.map((filter, i) => {
    const asked = own[i]?.ports ?? [];
    if (asked.length === 0) return { filter, dynamic: [] };
    const list = lists[at++] ?? [];
    const needed = list.flatMap((stretch) => neededPart(stretch, situation) ?? []);
    if (needed.length > 0) return { filter, dynamic: needed };
    const general = generalRange(situation);
    return {
      filter,
      dynamic: list.length > 0 || !asked.some((port) => inRange(port, general)) ? [] : [general],
    };
  });
};

/** Where a filter sits: a word for each different place, the title of what to do, and a sentence. */
const placeOf = (
  { by, afterHop, beforeHop, how }: FilterReport,
  isSure: boolean,
): Omit<FilterOpening, 'ports'> => {
  if (by !== null) return { title: `Open the filter at ${by}`, place: ` The filter is ${by} itself.` };
  if (afterHop !== null && how === 'reset')
    return {
      title: `Open the filter at ${afterHop} or the device behind it`,
      place: ` The filter is ${afterHop} or the device behind it.`,
    };
  if (afterHop !== null)
    return isSure
      ? {
          title: `Open the filter after ${afterHop}`,
          place: ` The filter is ${afterHop} or the next device behind it.`,
        }
      : {
          title: 'Open the filter on the path, if there is one',
          place: ` The last hop that forwards these packets is ${afterHop}; the filter is there, behind it, on the way back, or the host's own firewall.`,
        };
  if (beforeHop !== undefined)
    return {
      title: `Open the filter before ${beforeHop}`,
      place: ` The filter sits somewhere before ${beforeHop}, the first router that answers.`,
    };
  return { title: 'Open the filter on the path', place: '' };
};

/** What to open in the network, place by place; what no filter explains last. */
export const openingsOf = (situation: Situation): FilterOpening[] => {
  const { rulings, facts } = situation;
  const names = stoppedNames(situation);
  const openings = new Map<string, Omit<FilterOpening, 'ports'> & { readonly ports: PortRange[] }>();
  const explained = new Set<RequirementName>();
  const add = (
    name: RequirementName,
    place: Omit<FilterOpening, 'ports'>,
    ports: readonly PortRange[],
  ): void => {
    if (ports.length === 0) return;
    explained.add(name);
    const known = openings.get(place.title) ?? { ...place, ports: [] };
    openings.set(place.title, known);
    for (const range of ports)
      if (!known.ports.some(({ from, to }) => from === range.from && to === range.to))
        known.ports.push(range);
  };
  for (const { filter, dynamic } of placed(situation)) {
    if (filter.by !== null && canonicalAddress(filter.by) === facts.own) continue;
    for (const name of names) {
      const place = placeOf(filter, rulings.get(name)?.side === 'network');
      const port = portOf(name);
      if (port === null) add(name, place, dynamic);
      else if (filter.ports.includes(port)) add(name, place, [{ from: port, to: port }]);
    }
  }
  const nowhere = { title: 'Open the filter on the path', place: '' };
  for (const name of names.filter((one) => !explained.has(one))) {
    const port = portOf(name);
    add(name, nowhere, port === null ? [generalRange(situation)] : [{ from: port, to: port }]);
  }
  return [...openings.values()].map((one) => ({
    ...one,
    ports: one.ports.toSorted((a, b) => a.from - b.from),
  }));
};
