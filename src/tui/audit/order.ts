import type { AuditTargets, Order, SortColumn } from './state.ts';

/** Names of more hosts would take longer to sort than the loop that takes round-trip times may be held up: 150 ms. */
const MOST_SORTED = 65_536;

/** Numbers in a name count as numbers: pc-9 before pc-10, 10.0.2.1 before 10.0.10.1. */
const keyOf = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));

const byName = ({ size, textOf }: AuditTargets): Order['names'] => {
  const keys = Array.from({ length: size }, (_, index) => keyOf(textOf(index)));
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
  if (order.by === by) return { ...order, reversed: !order.reversed };
  if (by !== 'host') return { ...order, by, reversed: false };
  if (targets.size > MOST_SORTED) return order;
  return { by, reversed: false, names: order.names ?? byName(targets) };
};

/** The columns in the order in which a key goes through them; names only where they can be sorted. */
export const nextColumn = ({ by }: Order, { size }: AuditTargets): SortColumn => {
  const columns: readonly SortColumn[] = size > MOST_SORTED ? ['run', 'verdict'] : ['run', 'verdict', 'host'];
  return columns[(columns.indexOf(by) + 1) % columns.length] ?? 'run';
};
