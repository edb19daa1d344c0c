import { ipText, readIp } from '../ip/ip.ts';

/**
 * One spelling for each address: IPv6 compressed and in lower case without its zone, an IPv4-mapped one as IPv4. Null for
 * what is not an address (a host name in a list of addresses), so what this gives is safe to print and to paste.
 */
export const canonicalAddress = (text: string): string | null => {
  const ip = readIp(text.replace(/%.*/s, ''));
  return ip && ipText(ip.number, ip.family);
};
