import { networkInterfaces } from 'node:os';
import type { Endpoint } from '../../model/target.ts';
import { AF_INET, AF_INET6, SOCKADDR_IN, SOCKADDR_IN6 } from './layout.ts';
import type { Libc } from './libc.ts';

/** Index of the interface that a zone names, by name or number; 0 when there is none. */
const scopeOf = (zone: string): number => {
  if (/^\d+$/.test(zone)) return Number(zone);
  return networkInterfaces()[zone]?.find(({ family }) => family === 'IPv6')?.scopeid ?? 0;
};

/** An endpoint as struct sockaddr_in or sockaddr_in6. */
export const sockaddrOf = ({ address, family, port }: Endpoint, libc: Libc): Buffer => {
  if (family === 4) {
    const bytes = Buffer.alloc(SOCKADDR_IN.size);
    bytes.writeUInt16LE(AF_INET, 0);
    bytes.writeUInt16BE(port, SOCKADDR_IN.port);
    libc.inetPton(AF_INET, address, bytes.subarray(SOCKADDR_IN.address));
    return bytes;
  }
  const [bare = '', zone] = address.split('%');
  const bytes = Buffer.alloc(SOCKADDR_IN6.size);
  bytes.writeUInt16LE(AF_INET6, 0);
  bytes.writeUInt16BE(port, SOCKADDR_IN6.port);
  libc.inetPton(AF_INET6, bare, bytes.subarray(SOCKADDR_IN6.address));
  if (zone !== undefined) bytes.writeUInt32LE(scopeOf(zone), SOCKADDR_IN6.scope);
  return bytes;
};

/** Canonical text of an IPv6 address (RFC 5952): the longest run of two or more zero groups, the first if equal, becomes `::`. */
const textOf6 = (bytes: Buffer): string => {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  const text = groups.join(':');
  const runs = text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.toSorted((a, b) => b.replace(/^:/, '').length - a.replace(/^:/, '').length)[0];
  if (longest === undefined) return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
};

/** Text of the address in a sockaddr that starts at `offset`. */
export const addressIn = (bytes: Buffer, offset: number): string | null => {
  const family = bytes.readUInt16LE(offset);
  if (family === AF_INET) {
    return [...bytes.subarray(offset + SOCKADDR_IN.address, offset + SOCKADDR_IN.address + 4)].join('.');
  }
  if (family !== AF_INET6) return null;
  return textOf6(bytes.subarray(offset + SOCKADDR_IN6.address, offset + SOCKADDR_IN6.address + 16));
};

/** Port of the address in a sockaddr. */
export const portIn = (bytes: Buffer): number => bytes.readUInt16BE(SOCKADDR_IN.port);
