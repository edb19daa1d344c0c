import { commandsFor } from '../../model/commands.ts';
import type { PortObservation } from '../../model/evidence.ts';
import { inRange, MODERN_PORTS, type PortRange, portCount } from '../../model/target.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { type HostFacts, isOwnRefusal, speaksRpc } from '../host-facts.ts';
import { networkRules } from './network-rules.ts';
import { type FilterOpening, openingsOf } from './openings.ts';
import type { Advice, Make, MakeSome, Situation } from './situation.ts';

/** What the rule leaves out: the ports of other generations. */
const remarkOn = (ports: readonly PortRange[], { generation }: Situation): string => {
  if (
    generation === 'unknown' &&
    ports.some(({ from, to }) => from === MODERN_PORTS.from && to === MODERN_PORTS.to)
  )
    return ` XP and Server 2003 need ${ports.some(({ from }) => from === 3389) ? '' : '3389 and '}1025-5000 instead of ${rangeWords(MODERN_PORTS)}.`;
  return '';
};

const opening = (situation: Situation, { title, place, ports }: FilterOpening, index: number): Advice => {
  const list = ports.map(rangeWords).join(', ');
  const remark = remarkOn(ports, situation);
  return (address) =>
    address === null
      ? null
      : {
          id: index === 0 ? 'open-network-filter' : `open-network-filter-${index + 1}`,
          title,
          where: 'network',
          text: `Allow TCP ${list} from the experts' network to ${address}, and return traffic.${place} Replace EXPERT with the experts' network.${remark}`,
          ...networkRules(address, ports),
        };
};

/** A filter on the path, or what may be one: a remedy for each place. */
export const openFilters: MakeSome = (situation) =>
  openingsOf(situation).map((one, index) => opening(situation, one, index));

/** netsh takes no fewer; KB154596 asks for 100. */
const FEWEST = 255;
/** How many ports the example has: outgoing connections of the novice draw from the same range. */
const WIDTH = 1000;
/** KB154596 wants them above 5000. */
const LOWEST = 5001;
/** Where nothing is known to pass. */
const CUSTOMARY: PortRange = { from: 50_000, to: 50_000 + WIDTH - 1 };

/** The beginning of a stretch that passes now, from a round number on; null when that is too narrow. */
const beginning = ({ from, to }: PortRange): PortRange | null => {
  const start = Math.ceil(Math.max(from, LOWEST) / 1000) * 1000;
  const end = Math.min(to, start + WIDTH - 1);
  return end - start + 1 < FEWEST ? null : { from: start, to: end };
};

/** Whether a port shows that packets get through: RPC was spoken there, or the refusal is the host's own. */
const isShownOpen = (facts: HostFacts, one: PortObservation): boolean =>
  speaksRpc(one) || isOwnRefusal(facts, one.reply);

/** Ports that pass now, those where Windows has allocated since Vista before others; null when none is known. */
const passing = (facts: HostFacts): PortRange | null => {
  const open = facts.evidence.mapped
    .filter(
      (stretch) =>
        stretch.state === 'reachable' &&
        facts.dynamic.some((one) => inRange(one.port, stretch) && isShownOpen(facts, one)),
    )
    .flatMap((stretch) => beginning(stretch) ?? []);
  return open.find(({ from }) => inRange(from, MODERN_PORTS)) ?? open[0] ?? null;
};

/** Instead of opening the whole range. */
export const narrowOnNovice: Make = ({ rulings, facts, notes }) => {
  const ruling = rulings.get('dynamic-rpc');
  if (ruling?.state !== 'fail' || ruling.side === 'host' || ruling.side === 'near') return null;
  if (facts.plan.narrowed || notes.has('address-translation')) return null;
  const known = passing(facts);
  const range = known ?? CUSTOMARY;
  const ports = rangeWords(range);
  const why = known
    ? `TCP ${ports} already gets through.`
    : `The network must then allow TCP 135 and TCP ${ports}.`;
  return {
    id: 'narrow-rpc-range',
    title: 'Or narrow the dynamic port range',
    where: 'novice',
    text: `${why} KB300083 narrows the ports of RPC servers: at least 100 above 5000, and a restart. On Vista and later the session port probably follows the system's dynamic port range (netsh) instead, so set both to the same ports, then check again with --rpc-ports ${ports}. Outgoing connections use the netsh range too, so keep it as wide as you can.`,
    ...commandsFor([
      'cmd',
      [
        `reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v Ports /t REG_MULTI_SZ /d ${ports} /f`,
        'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v PortsInternetAvailable /t REG_SZ /d Y /f',
        'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v UseInternetPorts /t REG_SZ /d Y /f',
        ...['ipv4', 'ipv6'].map(
          (family) => `netsh int ${family} set dynamicport tcp start=${range.from} num=${portCount(range)}`,
        ),
      ],
    ]),
  };
};

/** DCOM hands out addresses that the expert cannot reach. */
export const noTranslation: Make = ({ notes }) =>
  notes.has('address-translation')
    ? {
        id: 'address-translation',
        title: 'Reach the novice without address translation (NAT)',
        where: 'network',
        text: "DCOM messages carry the host's own addresses, so no port rule helps: use a route or VPN in which expert and novice see the same addresses, or an invitation instead of an offer.",
        commands: [],
      }
    : null;
