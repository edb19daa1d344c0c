import { dotted } from '../../ip/ip.ts';
import { type Commands, commandsFor } from '../../model/commands.ts';
import type { PortRange } from '../../model/target.ts';
import { canonicalAddress } from '../canonical-address.ts';

/** Past so many prefixes nobody pastes rules: they are for somebody to think about. */
const MOST_PREFIXES = 16;

const nftPorts = (ports: readonly PortRange[]): string =>
  `{ ${ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(', ')} }`;

const ciscoPorts = ({ from, to }: PortRange): string => (from === to ? `eq ${from}` : `range ${from} ${to}`);

const nftRule = (family: 'ip' | 'ip6', hosts: string, ports: readonly PortRange[]): string =>
  `nft insert rule inet filter forward ${family} saddr EXPERT ${family} daddr ${hosts} tcp dport ${nftPorts(ports)} accept`;

const ciscoRules = (host: string, ports: readonly PortRange[]): string[] => [
  ...ports.map((range) => `permit tcp EXPERT ${host} ${ciscoPorts(range)}`),
  `permit tcp ${host} EXPERT established`,
];

/**
 * Rules for a network team to paste, from the experts' network (`EXPERT`, in the notation of each device) to one host:
 * nftables, put before what drops now, and the lines of a Cisco extended access list with the answers back. The address
 * is brought into its canonical form, which needs no quoting; none comes out for what is not an address.
 */
export const networkRules = (text: string, ports: readonly PortRange[]): Commands => {
  const host = canonicalAddress(text);
  if (host === null) return commandsFor();
  const family = host.includes(':') ? 'ip6' : 'ip';
  return commandsFor(
    ['nftables', [nftRule(family, host, ports)]],
    ['cisco', ciscoRules(`host ${host}`, ports)],
  );
};

/** `10.1.2.0 0.0.0.255`, `host 10.1.2.3`, or for IPv6 the prefix itself: as an extended access list names a network. */
const ciscoNetwork = (prefix: string): string => {
  const [address = '', length] = prefix.split('/');
  if (prefix.includes(':')) return length === '128' ? `host ${address}` : prefix;
  if (length === '32') return `host ${address}`;
  const wildcard = dotted(2 ** (32 - Number(length)) - 1);
  return `${address} ${wildcard}`;
};

/** The same for the hosts of some prefixes, in canonical CIDR notation; none for very many. */
export const prefixRules = (prefixes: readonly string[], ports: readonly PortRange[]): Commands => {
  if (prefixes.length > MOST_PREFIXES) return commandsFor();
  const families = [
    ['ip', prefixes.filter((prefix) => !prefix.includes(':'))],
    ['ip6', prefixes.filter((prefix) => prefix.includes(':'))],
  ] as const;
  const nft = families.flatMap(([family, own]) =>
    own.length === 0
      ? []
      : [nftRule(family, own.length === 1 ? own.join('') : `{ ${own.join(', ')} }`, ports)],
  );
  return commandsFor(
    ['nftables', nft],
    ['cisco', prefixes.flatMap((prefix) => ciscoRules(ciscoNetwork(prefix), ports))],
  );
};
