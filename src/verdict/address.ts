import { Address4, Address6 } from 'ip-address';

/**
 * One spelling for each address: IPv6 compressed and in lower case without its zone, an IPv4-mapped one as IPv4. Null for
 * what is no address (a host name in a list of addresses), so what this gives is safe to print and to paste.
 */
export const canonical = (text: string): string | null => {
  const bare = text.replace(/%.*$/s, '');
  if (Address4.isValid(bare) && !bare.includes('/')) return new Address4(bare).correctForm();
  if (!Address6.isValid(bare) || bare.includes('/')) return null;
  const six = new Address6(bare);
  return six.isMapped4() ? six.to4().correctForm() : six.correctForm();
};

/** Whether two spellings mean one address. */
export const isSameAddress = (a: string, b: string): boolean => {
  const one = canonical(a);
  return one !== null && one === canonical(b);
};
