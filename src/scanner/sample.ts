import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type PortRange, portCount, SAMPLE_ZONES } from '../model/target.ts';

interface Zone extends PortRange {
  readonly quarters: number;
  take: number;
}

const zonesOf = (range: PortRange): Zone[] =>
  SAMPLE_ZONES.map((zone) => ({
    from: Math.max(zone.from, range.from),
    to: Math.min(zone.to, range.to),
    quarters: zone.quarters,
    take: 0,
  }));

/** Gives `count` places one by one to the zone that is furthest behind its share and not yet full. */
const shareOut = (zones: readonly Zone[], count: number): void => {
  for (let given = 0; given < count; given++) {
    const open = zones.filter((zone) => zone.take < portCount(zone));
    const next = open.reduce((best, zone) =>
      zone.take / zone.quarters < best.take / best.quarters ? zone : best,
    );
    next.take++;
  }
};

/**
 * Draws `count` ports of `range`: stratified, one at a seeded random place in each stratum, ascending and distinct.
 * The same arguments always draw the same ports. `count` beyond the range gives every port of it.
 */
export const samplePorts = (range: PortRange, count: number, seed: number): number[] => {
  const zones = zonesOf(range);
  shareOut(zones, Math.min(count, portCount(range)));
  const random = xoroshiro128plus(seed);
  return zones
    .flatMap(({ from, to, take }) => {
      const width = (to - from + 1) / Math.max(take, 1);
      return Array.from({ length: take }, (_, stratum) =>
        uniformInt(random, from + Math.floor(stratum * width), from + Math.floor((stratum + 1) * width) - 1),
      );
    })
    .sort((a, b) => a - b);
};
