import type { PortRange } from '../model/target.ts';

const isSix = (address: string): boolean => address.includes(':');

const nftPorts = (ports: readonly PortRange[]): string =>
  `{ ${ports.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(', ')} }`;

const ciscoPort = ({ from, to }: PortRange): string => (from === to ? `eq ${from}` : `range ${from} ${to}`);

/**
 * Rules for a network team to paste, from the experts' network (`EXPERT`) to one host: nftables and a Cisco ACL. The
 * address is canonical, so nothing in it needs quoting; a zone means this link only and is left out.
 */
export const networkRules = (address: string, ports: readonly PortRange[]): string[] => {
  const host = address.replace(/%.*$/, '');
  const family = isSix(host) ? 'ip6' : 'ip';
  const [acl, any] = isSix(host)
    ? ['permit tcp EXPERT', `host ${host}`]
    : ['permit tcp EXPERT', `host ${host}`];
  return [
    `nft add rule inet filter forward ${family} saddr EXPERT ${family} daddr ${host} tcp dport ${nftPorts(ports)} accept`,
    ...ports.map((range) => `${acl} ${any} ${ciscoPort(range)}`),
  ];
};
