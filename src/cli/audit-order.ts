import type { TargetSpace } from '../model/target.ts';
import type { JudgedOrdinals } from '../store/reports.ts';
import { permutation } from '../targets/permutation.ts';

/** The order in which an audit asks, and the place of each host that is being asked. */
export interface AuditOrder {
  /** Numbers of hosts, walked once. */
  readonly order: Iterable<number>;
  /** The places below this one have been handed out, or were judged before. */
  readonly handedOut: number;
  /** How many earlier processes began a host that the order handed out, and were gone before it was judged. */
  begunBefore(index: number): number;
  /** Gives the place of a host that the order handed out, and forgets it. */
  placeOf(index: number): number;
}

/**
 * Spreads the hosts of a space in time: neighbours of one subnet are asked far apart. The same size and seed always give
 * the same order, so that the places of a journal stay true.
 */
export const openOrder = ({ size }: TargetSpace, seed: number, done: JudgedOrdinals): AuditOrder => {
  const numberAt = permutation(size, seed);
  const places = new Map<number, number>();
  let handedOut = done.low;
  function* order(): Generator<number> {
    for (let place = done.low; place < size; place++) {
      if (done.above.has(place)) continue;
      const index = numberAt(place);
      places.set(index, place);
      handedOut = place + 1;
      yield index;
    }
  }
  const knownPlace = (index: number): number => {
    const place = places.get(index);
    if (place === undefined) throw new Error(`host ${index} was not asked`);
    return place;
  };
  return {
    order: order(),
    get handedOut() {
      return handedOut;
    },
    begunBefore: (index) => {
      const place = knownPlace(index);
      return done.begun.filter((below) => place < below).length;
    },
    placeOf: (index) => {
      const place = knownPlace(index);
      places.delete(index);
      return place;
    },
  };
};
