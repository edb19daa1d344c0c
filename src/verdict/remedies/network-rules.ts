import type { PortRange } from '../../model/target.ts';
import { canonical } from '../address.ts';

const nftPorts = (ports: readonly PortRange[]): string =>
  `{ ${ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(', ')} }`;

const ciscoPorts = ({ from, to }: PortRange): string => (from === to ? `eq ${from}` : `range ${from} ${to}`);

/**
 * Rules for a network team to paste, from the experts' network (`EXPERT`, in the notation of each device) to one host:
 * nftables, put before what drops now, and the lines of a Cisco extended access list with the answers back. The address
 * is brought into its canonical form, which needs no quoting; none comes out for what is no address.
 */
export const networkRules = (text: string, ports: readonly PortRange[]): string[] => {
  const host = canonical(text);
  if (host === null) return [];
  const family = host.includes(':') ? 'ip6' : 'ip';
  return [
    `nft insert rule inet filter forward ${family} saddr EXPERT ${family} daddr ${host} tcp dport ${nftPorts(ports)} accept`,
    ...ports.map((range) => `permit tcp EXPERT host ${host} ${ciscoPorts(range)}`),
    `permit tcp host ${host} EXPERT established`,
  ];
};
