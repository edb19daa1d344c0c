import type { PortObservation } from '../../model/evidence.ts';
import { inRange, MODERN_PORTS, type PortRange, portCount } from '../../model/target.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { type Facts, isOwnRefusal, speaksRpc } from '../facts.ts';
import { relevantRange } from '../requirements.ts';
import { networkRules } from './network-rules.ts';
import type { Make, Situation } from './situation.ts';

/** Ports that a network team is asked to open: what fails on the way, or may, in the range that matters. */
const wantedPorts = ({ facts, generation, rulings, notes }: Situation): PortRange[] => {
  // Behind address translation no port rule helps.
  if (notes.has('address-translation')) return [];
  return (
    [
      ['endpoint-mapper', { from: 135, to: 135 }],
      ['remote-desktop', { from: 3389, to: 3389 }],
      ['dynamic-rpc', relevantRange(generation, facts.plan)],
    ] as const
  ).flatMap(([name, range]) => {
    const ruling = rulings.get(name);
    return ruling?.state === 'fail' && (ruling.side === 'network' || ruling.side === 'either') ? [range] : [];
  });
};

/** Where the filter that met one of these ports sits, in a sentence; empty when that is not known. */
const placeWords = ({ filters }: Situation, ports: readonly PortRange[]): string => {
  const filter = filters.find(
    ({ by, afterHop, ports: met }) =>
      (by ?? afterHop) && met.some((port) => ports.some((range) => inRange(port, range))),
  );
  if (!filter) return '';
  if (filter.by) return ` The filter sits at ${filter.by}.`;
  return filter.how === 'reset'
    ? ` The filter is ${filter.afterHop} or the device behind it.`
    : ` The filter sits after ${filter.afterHop}.`;
};

/** A filter on the way, or what may be one. */
export const openFilter: Make = (situation) => {
  const ports = wantedPorts(situation);
  if (ports.length === 0) return null;
  const list = ports.map(rangeWords).join(', ');
  const place = placeWords(situation, ports);
  return (address) =>
    address === null
      ? null
      : {
          id: 'open-network-filter',
          title: 'Open the filter on the way',
          where: 'network',
          text: `Let TCP ${list} pass from the machines of the experts to ${address}, and the answers back.${place} The commands are for nftables and for a Cisco access list; put the experts' network for EXPERT.`,
          commands: networkRules(address, ports),
        };
};

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
const isShownOpen = (facts: Facts, one: PortObservation): boolean =>
  (one.reply.kind === 'accepted' && speaksRpc(one)) || isOwnRefusal(facts, one.reply);

/** Ports that pass now, those where Windows has allocated since Vista before others; null when none is known. */
const passing = (facts: Facts): PortRange | null => {
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
    ? `TCP ${ports} passes the filter already.`
    : `The network must pass TCP 135 and TCP ${ports} then.`;
  return {
    id: 'narrow-rpc-range',
    title: 'Or narrow the dynamic range on the novice',
    where: 'novice',
    text: `${why} KB300083 narrows what RPC servers use: at least 100 ports above 5000, and a restart. The session port of Vista and later probably follows the dynamic port range of the system (netsh, not on XP and Server 2003) and not that setting, so set both to the same ports, and check again with --rpc-ports ${ports}. All connections that the novice opens draw from the netsh range too: the wider the better.`,
    commands: [
      `reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v Ports /t REG_MULTI_SZ /d ${ports} /f`,
      'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v PortsInternetAvailable /t REG_SZ /d Y /f',
      'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v UseInternetPorts /t REG_SZ /d Y /f',
      ...['ipv4', 'ipv6'].map(
        (family) => `netsh int ${family} set dynamicport tcp start=${range.from} num=${portCount(range)}`,
      ),
    ],
  };
};

/** DCOM hands out addresses that the expert cannot reach. */
export const noTranslation: Make = ({ notes }) =>
  notes.has('address-translation')
    ? {
        id: 'address-translation',
        title: 'Reach the novice without address translation',
        where: 'network',
        text: 'DCOM carries the raw addresses of the host in its messages, so no port rule mends this: use a route or a VPN in which expert and novice see the same addresses, or an invitation instead of an offer.',
        commands: [],
      }
    : null;
