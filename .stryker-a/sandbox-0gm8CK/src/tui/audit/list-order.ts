import { nameKey, nextColumn, type SortColumn, turned } from '../kit/sorting.ts';
import type { AuditTargets, Order } from './audit-state.ts';

/** Names of more hosts would take longer to sort than the loop that takes round-trip times may be held up: 150 ms. */
const MOST_SORTED = 65_536;

const byName = ({ size, textOf }: AuditTargets): Order['names'] => {
  const keys = Array.from({ length: size }, (_, index) => nameKey(textOf(index)));
  const hosts = Int32Array.from(keys.keys()).sort((a, b) => {
    const [one = '', other = ''] = [keys[a], keys[b]];
    return one < other ? -1 : one > other ? 1 : a - b;
  });
  const places = new Int32Array(size);
  for (const [place, host] of hosts.entries()) places[host] = place;
  return { hosts, places };
};

/** Sorted by this column, the other way round when it was already. By names only as long as that is quick. */
export const sortedBy = (order: Order, by: SortColumn, targets: AuditTargets): Order => {
  const isByName = by === 'host' && order.by !== by;
  if (isByName && targets.size > MOST_SORTED) return order;
  return { ...turned(order, by), names: isByName ? (order.names ?? byName(targets)) : order.names };
};

/** The columns in the order in which a key goes through them; names only where they can be sorted. */
export const nextOf = (order: Order, { size }: AuditTargets): SortColumn =>
  size > MOST_SORTED ? nextColumn(order, ['run', 'verdict']) : nextColumn(order);
