import type { HostReport, PortReport } from '../../model/report.ts';
import { portCount } from '../../model/target.ts';
import { hopsPassed } from '../../model/ttl.ts';
import { canonicalAddress } from '../canonical-address.ts';
import type { RuleName } from '../rules.ts';
import { DESKTOP, setOf, type ZoneSeen, type Zones, zonesOf } from '../zones.ts';
import { type RouterPath, routerPathOf } from './router-path.ts';

/** Answers from which on they speak for a zone: of five ports drawn from it at most half of it may be filtered (95 % bound). */
const ENOUGH_ANSWERS = 5;
/** Services that only a listener of the host itself speaks, so that an accept is its own. */
const SPOKEN: ReadonlySet<string> = new Set(['msrpc', 'ms-wbt-server']);

/** What one machine shows of the network before it. */
export interface WitnessEvidence {
  /** In its one spelling. */
  readonly address: string;
  readonly route: RouterPath | null;
  /** Where everything asked was answered by the machine itself. */
  readonly clear: Zones;
  /** The wire can tell whose resets are; if not, a device that resets for this one machine looks the same. */
  readonly isSure: boolean;
  /** Where a filter stops something, on the path or nobody knows where. */
  readonly against: Zones;
  /** Of a machine that is silent in all of that: the ports as one word, the same for machines that are filtered alike; else null. */
  readonly silent: string | null;
  /** Its packets were seen to end before the last router. */
  readonly endsEarly: boolean;
}

/** The remark on what passes by resets of which the wire cannot tell the sender. */
const UNSEEN: RuleName = 'refusals-unseen';

const isUnseen = ({ because }: HostReport): boolean => because.some(({ rule }) => rule === UNSEEN);

/** Whether the machine itself refused: by the TTL of its accepts, or because the reset passed as many routers as lie before it. */
const isOwnRefusal = (port: PortReport, report: HostReport): boolean => {
  const { address, path } = report;
  const { distance } = path;
  if (port.state !== 'closed') return false;
  // No reset came back before the last router, and the judgement takes them for the host's.
  if (isUnseen(report)) return distance !== undefined;
  if (distance === 1 || (port.from !== null && port.from === address)) return true;
  return port.ttl !== null && distance !== undefined && hopsPassed(port.ttl) === distance - 1;
};

const isOwnAnswer = (port: PortReport, report: HostReport): boolean =>
  isOwnRefusal(port, report) || (port.state === 'open' && port.service !== null && SPOKEN.has(port.service));

/**
 * Whether something keeps a port of a machine from answering. An ICMP rejection from the machine's own address crossed the network, as any answer
 * does; and a listed port may be silent for the machine's own rule for that one program.
 */
const stopsIn = ({ address, endpoints }: HostReport): ((port: PortReport) => boolean) => {
  const listed = new Set(endpoints.map(({ port }) => port));
  return ({ port, state, from, reason }) =>
    state === 'filtered' &&
    (from === null || from !== address) &&
    !(reason === 'no-response' && listed.has(port));
};

/** Whether the machine refuses unused ports, so that its silence on others is somebody's filter. */
const refusesUnused = (report: HostReport): boolean =>
  report.ports.filter((port) => port.requirement === 'dynamic-rpc' && isOwnRefusal(port, report)).length >=
  ENOUGH_ANSWERS;

const isClear = ({ range, ports }: ZoneSeen, report: HostReport): boolean => {
  if (ports.some(({ state }) => state === 'filtered' || state === 'unknown')) return false;
  const own = ports.filter((port) => isOwnAnswer(port, report));
  return own.length >= Math.min(ENOUGH_ANSWERS, portCount(range));
};

/** Whether some filter that the machine met sits before the last router on its way. */
const endsEarly = ({ path: { filters } }: HostReport, route: RouterPath | null): boolean =>
  route !== null &&
  filters.some(({ afterHop, beforeHop }) => {
    const last = afterHop === null ? null : canonicalAddress(afterHop);
    return beforeHop !== undefined || (last !== null && route.slice(0, -1).some((at) => at.includes(last)));
  });

const desktopOf = ({ ports }: HostReport): PortReport | undefined =>
  ports.find(({ requirement }) => requirement === 'remote-desktop');

const fails = ({ requirements }: HostReport, name: string): boolean =>
  requirements.some((one) => one.name === name && one.state === 'fail');

/** What a machine shows; null for one that has no address or gave no answer. */
export const witnessEvidenceOf = (report: HostReport): WitnessEvidence | null => {
  const address = report.address === null ? null : canonicalAddress(report.address);
  if (address === null || report.verdict === 'unreachable') return null;
  const zones = zonesOf(report);
  const desktop = desktopOf(report);
  const clear = setOf(zones.filter((zone) => isClear(zone, report)));
  const isStopped = stopsIn(report);
  const stopped =
    fails(report, 'dynamic-rpc') || refusesUnused(report)
      ? zones.map((zone) => ({ ...zone, ports: zone.ports.filter(isStopped) }))
      : [];
  const isDesktopStopped = desktop !== undefined && fails(report, 'remote-desktop') && isStopped(desktop);
  const ports = [...stopped.flatMap((zone) => zone.ports), ...(isDesktopStopped ? [desktop] : [])];
  const isSilent = ports.length > 0 && ports.every(({ reason }) => reason === 'no-response');
  const route = routerPathOf(report);
  return {
    address,
    route,
    clear: clear | (desktop && isOwnAnswer(desktop, report) ? DESKTOP : 0),
    isSure: !isUnseen(report),
    against: setOf(stopped.filter((zone) => zone.ports.length > 0)) | (isDesktopStopped ? DESKTOP : 0),
    silent: isSilent ? ports.map(({ port }) => port).join(' ') : null,
    endsEarly: endsEarly(report, route),
  };
};
