import { inRange, MODERN_PORTS, type PortRange } from '../../model/target.ts';
import { rangeWords } from '../dynamic-facts.ts';
import type { Facts } from '../facts.ts';
import { relevantRange } from '../requirements.ts';
import { networkRules } from './network-rules.ts';
import type { Make, Situation } from './situation.ts';

/** Ports that a network team is asked to open: what fails on the way, or may, in the range that matters. */
const wantedPorts = ({ facts, generation, rulings }: Situation): PortRange[] =>
  (
    [
      ['endpoint-mapper', { from: 135, to: 135 }],
      ['remote-desktop', { from: 3389, to: 3389 }],
      ['dynamic-rpc', relevantRange(generation, facts.plan)],
    ] as const
  ).flatMap(([name, range]) => {
    const ruling = rulings.get(name);
    return ruling?.state === 'fail' && (ruling.side === 'network' || ruling.side === 'either') ? [range] : [];
  });

/** Where the filter that met one of these ports sits, in a sentence; empty when that is not known. */
const placeWords = ({ filters }: Situation, ports: readonly PortRange[]): string => {
  const met = filters.filter((filter) =>
    filter.ports.some((port) => ports.some((range) => inRange(port, range))),
  );
  const filter = met.find(({ by, afterHop }) => by ?? afterHop);
  if (!filter) return '';
  return filter.by ? ` The filter sits at ${filter.by}.` : ` The filter sits after ${filter.afterHop}.`;
};

/** A filter on the way, or what may be one. */
export const openFilter: Make = (situation) => {
  const ports = wantedPorts(situation);
  const { address } = situation.facts.evidence;
  if (ports.length === 0 || address === null) return null;
  const list = ports.map(rangeWords).join(', ');
  return {
    id: 'open-network-filter',
    title: 'Open the filter on the way',
    where: 'network',
    text: `Let TCP ${list} pass from the machines of the experts to ${address}, and the answers back.${placeWords(situation, ports)} The commands are for nftables and for a Cisco access list; put the experts' network for EXPERT.`,
    commands: networkRules(address, ports),
  };
};

/** How many ports the narrowed range of the example has: KB154596 asks for 100, netsh for 255. */
const NARROW = 255;

/** A stretch that passes now and is wide enough, else ports that are customary. KB154596 wants them above 5000. */
const narrowRange = ({ evidence }: Facts): { readonly range: PortRange; readonly passes: boolean } => {
  const open = evidence.mapped
    .filter(({ state }) => state === 'reachable')
    .map(({ from, to }) => ({ from: Math.ceil(Math.max(from, 5001) / 1000) * 1000, to }))
    .filter(({ from, to }) => to - from + 1 >= NARROW);
  const best = open.find(({ from }) => inRange(from, MODERN_PORTS)) ?? open[0];
  const from = best?.from ?? 50_000;
  return { range: { from, to: from + NARROW - 1 }, passes: best !== undefined };
};

/** Instead of opening the whole range. */
export const narrowOnNovice: Make = ({ rulings, facts }) => {
  const ruling = rulings.get('dynamic-rpc');
  if (ruling?.state !== 'fail' || ruling.side === 'host' || facts.plan.narrowed) return null;
  const { range, passes } = narrowRange(facts);
  const ports = rangeWords(range);
  const why = passes
    ? `TCP ${ports} passes the filter already.`
    : `The network must pass TCP 135 and TCP ${ports} then.`;
  return {
    id: 'narrow-rpc-range',
    title: 'Or narrow the dynamic range on the novice',
    where: 'novice',
    text: `${why} KB300083 narrows what RPC servers use: at least 100 ports above 5000, and a restart. The session port of Vista and later probably follows the dynamic port range of the system (netsh, not on XP and Server 2003) and not that setting, so set both to the same ports, and check again with --rpc-ports ${ports}.`,
    commands: [
      `reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v Ports /t REG_MULTI_SZ /d ${ports} /f`,
      'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v PortsInternetAvailable /t REG_SZ /d Y /f',
      'reg add HKLM\\Software\\Microsoft\\Rpc\\Internet /v UseInternetPorts /t REG_SZ /d Y /f',
      ...['ipv4', 'ipv6'].map(
        (family) => `netsh int ${family} set dynamicport tcp start=${range.from} num=${NARROW}`,
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
