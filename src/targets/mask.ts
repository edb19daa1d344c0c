import { ipText, readIp } from '../ip/ip.ts';

const ALL = 0xffff_ffffn;

/**
 * The prefix length that a dotted mask stands for, a netmask (255.255.255.0) or the wildcard of a Cisco list (0.0.0.255). Null
 * for any other text, and for masks of less than four bits, which may as well be hosts (192.0.0.0).
 */
export const maskBits = (text: string): number | null => {
  const ip = readIp(text);
  if (ip?.family !== 4) return null;
  const host = ip.number >> 28n === 0xfn ? ip.number ^ ALL : ip.number;
  const isMask = (host & (host + 1n)) === 0n && host >> 28n === 0n && ip.number !== 0n;
  return isMask ? 32 - (host === 0n ? 0 : host.toString(2).length) : null;
};

/** What to write instead of an address and its mask as two words, or as one with a slash; null when the second is no mask. */
export const asBlock = (address: string, mask: string): string | null => {
  const [ip, bits] = [readIp(address), maskBits(mask)];
  // In its own form: a mapped address with the bits of an IPv4 mask would be a block of something else.
  return bits !== null && ip?.family === 4 ? `${ipText(ip.number, 4)}/${bits}` : null;
};
