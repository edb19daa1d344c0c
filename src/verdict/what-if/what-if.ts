import { type HostReport, isClearSoFar } from '../../model/report.ts';
import { BARRED, type Barred, type BarredHosts, type Openings } from '../../model/what-if.ts';
import { Block } from '../groups/block.ts';
import type { Cause } from '../groups/cause.ts';
import { resolver } from '../groups/group-hosts.ts';
import { type BlockPlace, blockPlaceOf } from '../groups/prefixes.ts';
import { obstaclesOf, ownEvidence } from './obstacles.ts';
import { Opening } from './opening.ts';
import { type Needing, orderOpenings } from './order.ts';

/** Barred hosts that are named of each reason. */
const MOST_EXAMPLES = 5;

const placeOf = ({ address }: HostReport): BlockPlace | null =>
  address === null ? null : blockPlaceOf(address);

const blocksOf = (hosts: Iterable<HostReport>): Map<bigint, Block> => {
  const blocks = new Map<bigint, Block>();
  for (const report of hosts) {
    const spot = placeOf(report);
    if (!spot) continue;
    const block = blocks.get(spot.block) ?? new Block();
    blocks.set(spot.block, block);
    block.add(spot.low, ownEvidence(report));
  }
  return blocks;
};

/** Blocked hosts sorted by what they need, one at a time. */
class Sorted {
  readonly openings = new Map<string, Opening>();
  /** Hosts by the keys of all openings that they need. */
  readonly classes = new Map<string, { readonly keys: readonly string[]; hosts: number }>();
  readonly barred = new Map<Barred, { hosts: number; readonly examples: string[] }>();
  readonly counts = { blocked: 0, openable: 0, untested: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 };
  readonly #resolvers = new Map<bigint, ReturnType<typeof resolver>>();

  constructor(readonly blocks: ReadonlyMap<bigint, Block>) {}

  add(report: HostReport): void {
    if (report.verdict === 'ready') return;
    this.counts[report.verdict] += 1;
    if (isClearSoFar(report)) this.counts.clearSoFar += 1;
    if (report.verdict === 'blocked') this.#addBlocked(report);
  }

  #addBlocked(report: HostReport): void {
    const spot = placeOf(report);
    const block = spot && this.blocks.get(spot.block);
    if (!spot || !block) {
      this.#bar('no-filter', report);
      return;
    }
    const resolve = this.#resolvers.get(spot.block) ?? resolver(block.sightings);
    this.#resolvers.set(spot.block, resolve);
    const { causes: met, barred } = obstaclesOf(report, block, resolve);
    const causes = new Map(met.map((cause) => [cause.key, cause]));
    for (const cause of causes.values()) this.#openingOf(cause).add(spot.block, spot.low, barred === null);
    if (barred !== null) {
      this.#bar(barred, report);
      return;
    }
    this.counts.openable += 1;
    if (report.requirements.some(({ state }) => state === 'undetermined')) this.counts.untested += 1;
    const keys = [...causes.keys()].toSorted();
    const name = keys.join('\n');
    const known = this.classes.get(name) ?? { keys, hosts: 0 };
    this.classes.set(name, known);
    known.hosts += 1;
  }

  #openingOf(cause: Cause): Opening {
    const opening = this.openings.get(cause.key) ?? new Opening(cause);
    this.openings.set(cause.key, opening);
    return opening;
  }

  #bar(why: Barred, { target }: HostReport): void {
    const known = this.barred.get(why) ?? { hosts: 0, examples: [] };
    this.barred.set(why, known);
    known.hosts += 1;
    if (known.examples.length < MOST_EXAMPLES) known.examples.push(target);
  }

  /** Adds what the hosts of all blocks show of the ports that each filter stops. */
  narrow(): void {
    for (const [number, { sightings }] of this.blocks) {
      const resolve = this.#resolvers.get(number);
      if (!resolve) continue;
      for (const seen of sightings) this.openings.get(resolve(seen).key)?.narrow(seen.extent);
    }
  }
}

const barredOf = ({ barred }: Sorted): BarredHosts[] =>
  BARRED.flatMap((why) => {
    const found = barred.get(why);
    return found ? [{ why, ...found }] : [];
  });

/**
 * The openings of filters in the network that make blocked hosts ready, one for each group of the report. A host becomes ready when
 * all that stops it is opened, so each opening that some host needs is needed for the most hosts: none can be left out, and what is
 * chosen is the order. Takes the reports as they are stored, and walks them twice; keeps sets of addresses, no reports.
 */
export const openingsFor = (hosts: Iterable<HostReport>): Openings => {
  const sorted = new Sorted(blocksOf(hosts));
  for (const report of hosts) sorted.add(report);
  sorted.narrow();
  const needed = [...sorted.openings.values()]
    .filter((opening) => opening.needed > 0)
    .toSorted((a, b) => b.needed - a.needed || (a.cause.key < b.cause.key ? -1 : 1));
  const numbers = new Map(needed.map(({ cause }, i) => [cause.key, 1n << BigInt(i)]));
  const classes = [...sorted.classes.values()].map(
    ({ keys, hosts: count }): Needing => ({
      openings: keys.reduce((set, key) => set | (numbers.get(key) ?? 0n), 0n),
      hosts: count,
    }),
  );
  const { order, how } = orderOpenings(classes, needed.length);
  let opened = 0n;
  let before = 0;
  const steps = order.flatMap((number) => {
    const opening = needed[number];
    if (!opening) return [];
    opened |= 1n << BigInt(number);
    const ready = classes.reduce((sum, one) => ((one.openings & ~opened) === 0n ? sum + one.hosts : sum), 0);
    const step = { ...opening.ticket(sorted.blocks), makesReady: ready - before, ready };
    before = ready;
    return [step];
  });
  return { ...sorted.counts, order: how, steps, barred: barredOf(sorted) };
};
