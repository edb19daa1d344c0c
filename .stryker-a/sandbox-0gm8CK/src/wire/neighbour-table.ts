import { readFile } from 'node:fs/promises';

/** How long one reading of the table serves, milliseconds: in an audit thousands of hosts end side by side. */
const KNOWN_MS = 500;

/** Bit of the Flags column (net/if_arp.h): the entry holds a hardware address. */
const ATF_COM = 0x02;

/**
 * The addresses in the text of Linux's /proc/net/arp for which ARP got no answer: entries without ATF_COM, made
 * while packets wait for an answer and kept for a while after three requests failed (arp(7)).
 */
export const unanswered = (table: string): ReadonlySet<string> => {
  const addresses = new Set<string>();
  for (const row of table.split('\n').slice(1)) {
    const [address, , flags] = row.split(/\s+/);
    if (address && flags && (Number(flags) & ATF_COM) === 0) addresses.add(address);
  }
  return addresses;
};

/**
 * Tells of an address of the own network, to which packets were just sent, whether nothing answered ARP for it. False for all
 * that is not known: other systems, IPv6, an address behind a router, an entry that is gone. An entry that does hold a hardware
 * address says nothing, since it may be left from before the host went away. Never throws.
 */
export const arpReader = (
  platform: NodeJS.Platform,
  read: () => Promise<string> = () => readFile('/proc/net/arp', 'latin1'),
): ((address: string) => Promise<boolean>) => {
  if (platform !== 'linux') return async () => false;
  let known: Promise<ReadonlySet<string>> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  return async (address) => {
    const now = performance.now();
    if (!known || now - readAt > KNOWN_MS) {
      readAt = now;
      known = read().then(unanswered, () => new Set<string>());
    }
    return (await known).has(address);
  };
};
