import type { HostReport, PortReport } from '../model/report.ts';
import {
  DYNAMIC_PORTS,
  inRange,
  LEGACY_PORTS,
  MIDDLE_PORTS,
  MODERN_PORTS,
  type PortRange,
  portCount,
} from '../model/target.ts';

/** A set of things that a machine shows, or a novice needs: bits of ZONE_RANGES in their order, and DESKTOP. */
export type Zones = number;

/** Where Windows allocated before Vista, what no Windows uses, and where it has allocated since. */
export const ZONE_RANGES: readonly PortRange[] = [LEGACY_PORTS, MIDDLE_PORTS, MODERN_PORTS];

/** TCP 3389. */
export const DESKTOP: Zones = 1 << ZONE_RANGES.length;

/** The range that a report on a host is about; null where it says nothing of any. */
const spanOf = ({ ranges }: HostReport): PortRange | null => {
  const [first] = ranges;
  const last = ranges.at(-1);
  return first && last ? { from: first.from, to: last.to } : null;
};

/** A zone as far as a run looked into it, with the ports that were asked there. */
export interface ZoneSeen {
  readonly zone: Zones;
  readonly range: PortRange;
  readonly ports: readonly PortReport[];
}

/** The dynamic ports of a report by zone; zones of which nothing was asked are left out. */
export const zonesOf = (report: HostReport): ZoneSeen[] => {
  const span = spanOf(report);
  if (!span) return [];
  return ZONE_RANGES.flatMap((whole, i) => {
    const range = { from: Math.max(whole.from, span.from), to: Math.min(whole.to, span.to) };
    const ports = report.ports.filter(
      ({ port, requirement }) => requirement === 'dynamic-rpc' && inRange(port, range),
    );
    return ports.length === 0 ? [] : [{ zone: 1 << i, range, ports }];
  });
};

/** The zones in which this novice uses dynamic ports: all that were asked where its Windows is not known, or the range was given. */
export const zonesUsedBy = (report: HostReport): ZoneSeen[] => {
  const seen = zonesOf(report);
  const { generation } = report.novice;
  if (generation === 'unknown' || report.coverage.population < portCount(DYNAMIC_PORTS)) return seen;
  const own = 1 << ZONE_RANGES.indexOf(generation === 'xp-2003' ? LEGACY_PORTS : MODERN_PORTS);
  return seen.filter(({ zone }) => zone === own);
};

/** The set of some zones. */
export const setOf = (zones: readonly Pick<ZoneSeen, 'zone'>[]): Zones =>
  zones.reduce((set, { zone }) => set | zone, 0);
