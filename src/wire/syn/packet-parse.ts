import { CMSGHDR, IPPROTO_IPV6, SOCKADDR_IN6 } from '../linux/layout.ts';
import { IPPROTO_TCP, IPV6_HOPLIMIT } from './layout.ts';

/**
 * A packet that looks like an answer to one of our SYNs, not trusted yet: one object, written over again and again.
 * Addresses are four 32-bit words as they lie in memory; IPv4 uses the first, the others are 0.
 */
export interface ParsedReply {
  kind: 'syn-ack' | 'reset' | 'icmp';
  /** Where our SYN went. */
  readonly address: Int32Array;
  port: number;
  localPort: number;
  /** The sequence number of our SYN, as the answer gives it; signed. */
  sequence: number;
  /** TTL of the packet that arrived, -1 where the kernel did not report it. */
  ttl: number;
  /** Of an ICMP error: who sent it, and what. */
  readonly sender: Int32Array;
  type: number;
  code: number;
}

/** A reply to be written over. */
export const emptyReply = (): ParsedReply => ({
  kind: 'reset',
  address: new Int32Array(4),
  port: 0,
  localPort: 0,
  sequence: 0,
  ttl: -1,
  sender: new Int32Array(4),
  type: 0,
  code: 0,
});

const TCP_BYTES = 20;
/** What an ICMP error must quote of TCP (RFC 792): ports and sequence number. */
const QUOTED_TCP_BYTES = 8;
const IP6_BYTES = 40;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

const words1 = (bytes: Buffer, at: number, into: Int32Array): void => {
  into[0] = bytes.readInt32LE(at);
  into[1] = 0;
  into[2] = 0;
  into[3] = 0;
};

const words4 = (bytes: Buffer, at: number, into: Int32Array): void => {
  for (let i = 0; i < 4; i++) into[i] = bytes.readInt32LE(at + 4 * i);
};

/** Where the payload of an IPv4 packet starts, or -1 when it is not a first fragment of that protocol or cut off. */
const payloadOf4 = (bytes: Buffer, at: number, end: number, protocol: number): number => {
  if (end - at < 20 || bytes.readUInt8(at) >> 4 !== 4) return -1;
  const start = at + (bytes.readUInt8(at) & 15) * 4;
  const isLaterFragment = (bytes.readUInt16BE(at + 6) & 0x1fff) !== 0;
  return start < at + 20 || start > end || isLaterFragment || bytes.readUInt8(at + 9) !== protocol
    ? -1
    : start;
};

/** TCP: whether it is a SYN-ACK or a reset that acknowledges something. A reset that does not proves nothing. */
const readTcp = (bytes: Buffer, at: number, end: number, parsed: ParsedReply): boolean => {
  if (end - at < TCP_BYTES) return false;
  const flags = bytes.readUInt8(at + 13);
  const isReset = (flags & RST) !== 0;
  if ((flags & ACK) === 0 || (!isReset && (flags & SYN) === 0)) return false;
  parsed.kind = isReset ? 'reset' : 'syn-ack';
  parsed.port = bytes.readUInt16BE(at);
  parsed.localPort = bytes.readUInt16BE(at + 2);
  parsed.sequence = (bytes.readInt32BE(at + 8) - 1) | 0;
  return true;
};

/**
 * Whether an ICMP error ends a probe, by the rules of Linux for connect(): not "fragmentation needed", not a fragment that
 * was lost; neither can be meant for a SYN.
 */
const endsProbe4 = (type: number, code: number): boolean =>
  (type === 3 && code !== 4) || (type === 11 && code === 0) || type === 12;
const endsProbe6 = (type: number, code: number): boolean =>
  type === 1 || (type === 3 && code === 0) || type === 4;

const readQuoted = (bytes: Buffer, at: number, parsed: ParsedReply): void => {
  parsed.kind = 'icmp';
  parsed.localPort = bytes.readUInt16BE(at);
  parsed.port = bytes.readUInt16BE(at + 2);
  parsed.sequence = bytes.readInt32BE(at + 4);
};

/** Reads an IPv4 packet with TCP in it, from `at` up to `end`. False when it is no answer. */
export const readTcp4 = (bytes: Buffer, at: number, end: number, parsed: ParsedReply): boolean => {
  const start = payloadOf4(bytes, at, end, IPPROTO_TCP);
  if (start < 0 || !readTcp(bytes, start, end, parsed)) return false;
  words1(bytes, at + 12, parsed.address);
  parsed.ttl = bytes.readUInt8(at + 8);
  return true;
};

/** Reads an IPv4 packet with ICMP in it. False when it is no error that ends a probe. */
export const readIcmp4 = (bytes: Buffer, at: number, end: number, parsed: ParsedReply): boolean => {
  const start = payloadOf4(bytes, at, end, 1);
  if (start < 0 || end - start < 8) return false;
  parsed.type = bytes.readUInt8(start);
  parsed.code = bytes.readUInt8(start + 1);
  if (!endsProbe4(parsed.type, parsed.code)) return false;
  const quoted = payloadOf4(bytes, start + 8, end, IPPROTO_TCP);
  if (quoted < 0 || end - quoted < QUOTED_TCP_BYTES) return false;
  readQuoted(bytes, quoted, parsed);
  words1(bytes, start + 8 + 16, parsed.address);
  words1(bytes, at + 12, parsed.sender);
  parsed.ttl = bytes.readUInt8(at + 8);
  return true;
};

/** Reads the TCP of an IPv6 packet; address and hop limit stand elsewhere. False when it is no answer. */
export const readTcp6 = readTcp;

/** Reads the ICMP of an IPv6 packet; the sender is in the IP header. False when it is no error that ends a probe. */
export const readIcmp6 = (bytes: Buffer, at: number, end: number, parsed: ParsedReply): boolean => {
  const quoted = at + 8 + IP6_BYTES;
  if (end - quoted < QUOTED_TCP_BYTES) return false;
  parsed.type = bytes.readUInt8(at);
  parsed.code = bytes.readUInt8(at + 1);
  if (!endsProbe6(parsed.type, parsed.code)) return false;
  // We send no extension headers, so TCP must follow at once.
  if (bytes.readUInt8(at + 8) >> 4 !== 6 || bytes.readUInt8(at + 8 + 6) !== IPPROTO_TCP) return false;
  readQuoted(bytes, quoted, parsed);
  words4(bytes, at + 8 + 24, parsed.address);
  return true;
};

/** Reads the address out of a struct sockaddr_in6. False when it is cut off. */
export const readSender6 = (bytes: Buffer, at: number, end: number, into: Int32Array): boolean => {
  if (end - at < SOCKADDR_IN6.size - 4) return false;
  words4(bytes, at + SOCKADDR_IN6.address, into);
  return true;
};

/** The hop limit in a control message area that holds nothing else, or -1. */
export const readHopLimit = (bytes: Buffer, at: number, end: number): number =>
  end - at < CMSGHDR.size + 4 ||
  bytes.readInt32LE(at + CMSGHDR.level) !== IPPROTO_IPV6 ||
  bytes.readInt32LE(at + CMSGHDR.type) !== IPV6_HOPLIMIT
    ? -1
    : bytes.readUInt8(at + CMSGHDR.size);
