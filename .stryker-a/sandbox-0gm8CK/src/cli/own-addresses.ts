import { ipText, isLoopback } from '../ip/ip.ts';
import type { OwnAddress } from '../targets/guard.ts';
import { interfacesHere } from '../wire/interfaces.ts';
import { linkFrom } from './own-networks.ts';

/** Network and broadcast addresses of this machine's own IPv4 networks. A /31 or /32 has none (RFC 3021). */
export const ownAddresses = (): OwnAddress[] =>
  Object.entries(interfacesHere()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, cidr }) => {
      const net = family === 'IPv4' && cidr ? linkFrom(cidr) : null;
      // All of 127.0.0.0/8 answers for this machine, its last address too.
      if (!net || net.last - net.first < 3n || isLoopback(ipText(net.first, 4))) return [];
      return [
        { address: ipText(net.first, 4), why: `is the network address of ${name}` },
        { address: ipText(net.last, 4), why: `is the broadcast address of ${name}` },
      ];
    }),
  );
