import { PolicyFault } from './fault.ts';

/** Bytes of a policy file that are read at all; the largest of real networks have about a tenth. */
export const MOST_BYTES = 64 * 2 ** 20;
/** Bytes of a JSON file: it is parsed as a whole. Get-NetFirewallRule writes up to 20 KB for each of some 600 rules. */
export const MOST_JSON_BYTES = 24 * 2 ** 20;
/** Entries of one file. Microsoft's baselines have less than 500; a computer where rules of apps pile up had 20,000. */
const MOST_ENTRIES = 50_000;
/** Characters of one line, name or text. Registry data of a policy have 65,535 bytes at most (MS-GPREG 2.2.1). */
export const MOST_TEXT = 2 ** 20;

/** Characters and bytes of all entries of one file together. */
const MOST_HELD = 16 * 2 ** 20;

/** A list that refuses to grow without end. */
export const bounded = <T>() => {
  const items: T[] = [];
  let held = 0;
  return {
    items: items as readonly T[],
    /** `weight`: characters and bytes that the item holds. Throws PolicyFault at one entry too many. */
    add: (item: T, offset: number, weight = 0): void => {
      held += weight;
      if (items.length === MOST_ENTRIES)
        throw new PolicyFault(`has more than ${MOST_ENTRIES} entries, as no policy has`, offset);
      if (held > MOST_HELD)
        throw new PolicyFault(`holds more than ${MOST_HELD} bytes of settings, as no policy does`, offset);
      items.push(item);
    },
  };
};
