/** Address family as people write it: 4 or 6. */
export type Family = 4 | 6;

/** One target as the user gave it, before any look-up. `text` is what was typed, kept for the report. */
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
/** Between the two: asked for by KB301527, used by no Windows by default. */
export const MIDDLE_PORTS: PortRange = { from: LEGACY_PORTS.to + 1, to: MODERN_PORTS.from - 1 };

/**
 * The zones of the dynamic range with the quarters of a sample that each gets: half where Windows has allocated since Vista, a
 * quarter where XP and Server 2003 do, a quarter in between. Their order is part of what a seed draws.
 */
export const SAMPLE_ZONES: readonly (PortRange & { readonly quarters: number })[] = [
  { ...MODERN_PORTS, quarters: 2 },
  { ...LEGACY_PORTS, quarters: 1 },
  { ...MIDDLE_PORTS, quarters: 1 },
];

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
