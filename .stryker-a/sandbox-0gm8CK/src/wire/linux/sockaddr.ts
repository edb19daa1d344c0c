import { dotted, ipText } from '../../ip/ip.ts';
import type { Endpoint } from '../../model/target.ts';
import { AF_INET, AF_INET6, SOCKADDR_IN, SOCKADDR_IN6 } from './layout.ts';
import type { Libc } from './libc.ts';

/** Writes the four numbers of an IPv4 address; false when it is none as inet_pton(3) reads it. */
const writeAddress4 = (text: string, into: Uint8Array): boolean => {
  let part = 0;
  let value = -1;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9 && value !== 0) {
      value = value < 0 ? digit : 10 * value + digit;
      if (value > 255) return false;
    } else if (digit === -2 && value >= 0 && part < 3) {
      into[part++] = value;
      value = -1;
    } else return false;
  }
  into[part] = value;
  return part === 3 && value >= 0;
};

/** What reads the text of IPv6 addresses and the names of interfaces. */
type Names = Pick<Libc, 'inetPton' | 'interfaceIndex'>;

/** Writes endpoints as struct sockaddr_in or sockaddr_in6, each over the one before. */
export class SockaddrWriter {
  readonly bytes = Buffer.alloc(SOCKADDR_IN6.size);
  readonly #address4 = this.bytes.subarray(SOCKADDR_IN.address);
  readonly #address6 = this.bytes.subarray(SOCKADDR_IN6.address);
  readonly #libc: Names;
  readonly #inet6: number;

  /** `inet6`: the number of the family of IPv6 addresses, which differs between systems. */
  constructor(libc: Names, inet6 = AF_INET6) {
    this.#libc = libc;
    this.#inet6 = inet6;
  }

  /** Whether what was written is an IPv4-mapped address (`::ffff:192.0.2.1`). */
  get isMapped(): boolean {
    return (
      this.bytes.readUInt16LE(0) === this.#inet6 &&
      this.bytes.readUInt32LE(16) === 0xffff0000 &&
      this.bytes.readUInt32LE(12) === 0 &&
      this.bytes.readUInt32LE(8) === 0
    );
  }

  /** Length of what was written, or null when this machine has no interface of the name that the zone gives. */
  write({ address, family, port }: Endpoint): number | null {
    const mark = address.indexOf('%');
    const bare = mark < 0 ? address : address.slice(0, mark);
    this.bytes.fill(0);
    this.bytes.writeUInt16LE(family === 4 ? AF_INET : this.#inet6, 0);
    this.bytes.writeUInt16BE(port, SOCKADDR_IN.port);
    const isParsed =
      family === 4
        ? writeAddress4(bare, this.#address4)
        : this.#libc.inetPton(this.#inet6, bare, this.#address6) === 1;
    if (!isParsed) throw new TypeError(`not an IPv${family} address: ${address}`);
    if (family === 4) return SOCKADDR_IN.size;
    if (mark < 0) return SOCKADDR_IN6.size;
    const zone = address.slice(mark + 1);
    const scope = /^\d+$/.test(zone) ? Number(zone) : this.#libc.interfaceIndex(zone);
    if (scope === 0) return null;
    this.bytes.writeUInt32LE(scope, SOCKADDR_IN6.scope);
    return SOCKADDR_IN6.size;
  }
}

/** Canonical text of 4 or 16 bytes in the order of the network. */
export const addressText = (bytes: Buffer): string =>
  bytes.length === 4
    ? dotted(bytes.readUInt32BE())
    : ipText((bytes.readBigUInt64BE() << 64n) | bytes.readBigUInt64BE(8), 6);

/** Canonical text of the address in the sockaddr that starts at `offset`; null for a family that is not IP, or when cut off. */
export const addressIn = (bytes: Buffer, offset: number, inet6 = AF_INET6): string | null => {
  if (offset + 2 > bytes.length) return null;
  const family = bytes.readUInt16LE(offset);
  const start = offset + (family === AF_INET ? SOCKADDR_IN.address : SOCKADDR_IN6.address);
  const end = start + (family === AF_INET ? 4 : 16);
  if ((family !== AF_INET && family !== inet6) || end > bytes.length) return null;
  return addressText(bytes.subarray(start, end));
};
