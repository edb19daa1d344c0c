import { networkInterfaces } from 'node:os';
import { Address4 } from 'ip-address';
import type { OwnAddress } from '../targets/guard.ts';

/** Network and broadcast addresses of this machine's own IPv4 networks. A /31 or /32 has none (RFC 3021). */
export const ownAddresses = (): OwnAddress[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, cidr }) => {
      const net = family === 'IPv4' && cidr ? new Address4(cidr) : null;
      // All of 127.0.0.0/8 answers for this machine, its last address too.
      if (!net || net.subnetMask > 30 || net.isInSubnet(new Address4('127.0.0.0/8'))) return [];
      return [
        { address: net.startAddress().correctForm(), why: `is the network address of ${name}` },
        { address: net.endAddress().correctForm(), why: `is the broadcast address of ${name}` },
      ];
    }),
  );
