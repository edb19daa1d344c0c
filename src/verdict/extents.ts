import type { FilterReport } from '../model/report.ts';
import type { PortRange } from '../model/target.ts';

/** How far a port lies from a stretch, 0 inside of it. */
const distance = (port: number, { from, to }: PortRange): number => Math.max(from - port, port - to, 0);

/**
 * For each of some filters the stretches that it stops: those in which ports lie that met it, and of those in which no such port
 * lies the ones to which its ports are nearest. A stretch in which ports met two filters is in the list of both.
 */
export const stretchesBy = <Stretch extends PortRange>(
  filters: readonly Pick<FilterReport, 'ports'>[],
  stretches: readonly Stretch[],
): Stretch[][] => {
  const lists = filters.map((): Stretch[] => []);
  for (const stretch of stretches) {
    const distances = filters.map(({ ports }) =>
      ports.reduce((least, port) => Math.min(least, distance(port, stretch)), Number.POSITIVE_INFINITY),
    );
    const nearest = distances.indexOf(Math.min(...distances));
    for (const [i, list] of lists.entries()) if (distances[i] === 0 || i === nearest) list.push(stretch);
  }
  return lists;
};
