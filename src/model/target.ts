/** Address family as people write it: 4 or 6. */
export type Family = 4 | 6;

/** One thing the user asked about, before any look-up. `text` is what was typed, kept for the report. */
export type Target =
  | { readonly kind: 'address'; readonly text: string; readonly address: string; readonly family: Family }
  | { readonly kind: 'name'; readonly text: string; readonly name: string };

/** Where a connection goes. `address` is canonical text, IPv6 without brackets, a zone kept (`fe80::1%eth0`). */
export interface Endpoint {
  readonly address: string;
  readonly family: Family;
  readonly port: number;
}

/** Inclusive range of TCP ports. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** KB301527: "all TCP ports that are greater than 1024". */
export const DYNAMIC_PORTS: PortRange = { from: 1025, to: 65535 };
/** Dynamic range of XP and Server 2003 (KB929851). */
export const LEGACY_PORTS: PortRange = { from: 1025, to: 5000 };
/** Dynamic range since Vista and Server 2008 (KB929851). */
export const MODERN_PORTS: PortRange = { from: 49152, to: 65535 };

/** How many ports an inclusive range holds. */
export const portCount = (range: PortRange): number => range.to - range.from + 1;

/** Whether a port lies in an inclusive range. */
export const inRange = (port: number, range: PortRange): boolean => port >= range.from && port <= range.to;

/**
 * Targets by number instead of a list: a /8 costs no more memory than a /24. The same space always gives the same target
 * for the same number, so an order, a place in a journal and a shard are plain numbers.
 */
export interface TargetSpace {
  /** How many targets; a safe integer. */
  readonly size: number;
  /** The target with number `index`, 0 <= index < size. Throws RangeError outside. */
  at(index: number): Target;
}
