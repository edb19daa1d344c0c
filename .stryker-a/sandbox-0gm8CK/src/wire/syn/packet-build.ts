import type { Family } from '../../model/target.ts';
import { type Destination, folded, halves } from './destination.ts';
import { IPPROTO_TCP } from './layout.ts';

/** A SYN on its way into a packet. */
export interface Syn {
  readonly to: Destination;
  readonly port: number;
  readonly localPort: number;
  /** Signed or not; 32 bits of it go out. */
  readonly sequence: number;
  /** Time to live, 1-255. */
  readonly ttl: number;
}

const TCP_BYTES = 24;
/** Bytes of a SYN with its IP header. */
export const SYN_BYTES: Readonly<Record<Family, number>> = { 4: 20 + TCP_BYTES, 6: 40 + TCP_BYTES };

const WINDOW = 64_240;
/** Maximum segment size, the one option that no host sends a SYN without: kind 2, length 4. */
const MSS: Readonly<Record<Family, number>> = {
  4: (2 << 24) | (4 << 16) | 1460,
  6: (2 << 24) | (4 << 16) | 1440,
};
const DONT_FRAGMENT = 0x4000;

/** Writes what all SYNs of a family have in common into a packet of zeros. */
export const prepareSyn = (family: Family, packet: DataView): void => {
  if (family === 4) {
    packet.setUint8(0, 0x45);
    packet.setUint16(2, SYN_BYTES[4]);
    packet.setUint16(6, DONT_FRAGMENT);
    packet.setUint8(9, IPPROTO_TCP);
  } else {
    packet.setUint8(0, 0x60);
    packet.setUint16(4, TCP_BYTES);
    packet.setUint8(6, IPPROTO_TCP);
  }
  const tcp = SYN_BYTES[family] - TCP_BYTES;
  packet.setUint8(tcp + 12, (TCP_BYTES / 4) << 4);
  packet.setUint8(tcp + 13, 0x02);
  packet.setUint16(tcp + 14, WINDOW);
  packet.setUint32(tcp + 20, MSS[family]);
};

/**
 * Writes one SYN into a prepared packet. The IP header is ours too, so that the source address is the one the checksum was
 * made for and every packet has its own time to live; of IPv4 the kernel fills in the header checksum.
 */
export const writeSyn = (packet: DataView, { to, port, localPort, sequence, ttl }: Syn): void => {
  const { family } = to;
  if (family === 4) {
    // The kernel would pick one where there is none, at some cost.
    packet.setUint16(4, (sequence & 0xffff) | 1);
    packet.setUint8(8, ttl);
    packet.setInt32(12, to.from[0] ?? 0, true);
    packet.setInt32(16, to.to[0] ?? 0, true);
  } else {
    packet.setUint8(7, ttl);
    for (let i = 0; i < 4; i++) {
      packet.setInt32(8 + 4 * i, to.from[i] ?? 0, true);
      packet.setInt32(24 + 4 * i, to.to[i] ?? 0, true);
    }
  }
  const tcp = SYN_BYTES[family] - TCP_BYTES;
  packet.setUint16(tcp, localPort);
  packet.setUint16(tcp + 2, port);
  packet.setInt32(tcp + 4, sequence);
  const fixed = IPPROTO_TCP + TCP_BYTES + ((TCP_BYTES / 4) << 12) + 0x02 + WINDOW + halves(MSS[family]);
  const sum = to.sum + fixed + localPort + port + halves(sequence);
  packet.setUint16(tcp + 16, ~folded(sum) & 0xffff);
};
