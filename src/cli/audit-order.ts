import type { TargetSpace } from '../model/target.ts';
import type { Done } from '../store/reports.ts';
import { permutation } from '../targets/permutation.ts';

/** The order in which an audit asks, and the place of each host that is being asked. */
export interface AuditOrder {
  /** Numbers of hosts, walked once. */
  readonly order: Iterable<number>;
  /** Gives the place of a host that the order handed out, and forgets it. */
  placeOf(index: number): number;
}

/**
 * Spreads the hosts of a space in time: neighbours of one subnet are asked far apart. The same size and seed always give
 * the same order, so that the places of a journal stay true.
 */
export const openOrder = ({ size }: TargetSpace, seed: number, done: Done): AuditOrder => {
  const numberAt = permutation(size, seed);
  const places = new Map<number, number>();
  function* order(): Generator<number> {
    for (let place = done.low; place < size; place++) {
      if (done.above.has(place)) continue;
      const index = numberAt(place);
      places.set(index, place);
      yield index;
    }
  }
  return {
    order: order(),
    placeOf: (index) => {
      const place = places.get(index);
      if (place === undefined) throw new Error(`host ${index} was not asked`);
      places.delete(index);
      return place;
    },
  };
};
