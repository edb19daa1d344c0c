import { Address6 } from 'ip-address';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** The one spelling of an IPv4 address: what ip-address takes too, in a twentieth of the time, and every host has some. */
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);

/**
 * One spelling for each address: IPv6 compressed and in lower case without its zone, an IPv4-mapped one as IPv4. Null for
 * what is not an address (a host name in a list of addresses), so what this gives is safe to print and to paste.
 */
export const canonical = (text: string): string | null => {
  const bare = text.includes('%') ? text.replace(/%.*$/s, '') : text;
  if (IPV4.test(bare)) return bare;
  if (!Address6.isValid(bare) || bare.includes('/')) return null;
  const six = new Address6(bare);
  return six.isMapped4() ? six.to4().correctForm() : six.correctForm();
};
