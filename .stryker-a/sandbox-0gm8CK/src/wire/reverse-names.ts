import { Resolver } from 'node:dns/promises';
import pLimit from 'p-limit';

/** Look-ups side by side, how long a name server may take, milliseconds, and names taken of one address. */
const SIDE_BY_SIDE = 32;
const TIMEOUT_MS = 1500;
const MOST_NAMES = 3;

/** A host name as DNS may hold it; whoever owns the address writes what he likes there. */
const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*$/i;

/** Looks up names of addresses. */
export interface ReverseNames {
  /** At most three names that are names, without the trailing dot; none where there is none, or no server answers. Never throws. */
  of(address: string): Promise<readonly string[]>;
  close(): void;
}

/** Asks the name servers of the system for PTR records (RFC 1035 section 3.5, RFC 3596 section 2.5), without libuv's threads. */
export const reverseNames = (resolver: Pick<Resolver, 'reverse' | 'cancel'> = usual()): ReverseNames => {
  const sideBySide = pLimit(SIDE_BY_SIDE);
  let isClosed = false;
  return {
    of: (address) =>
      sideBySide(async () => {
        if (isClosed) return [];
        try {
          const names = await resolver.reverse(address);
          const clean = names.map((name) => name.replace(/\.$/, '').toLowerCase());
          return [...new Set(clean)].filter((name) => NAME.test(name)).slice(0, MOST_NAMES);
        } catch {
          return [];
        }
      }),
    close: () => {
      isClosed = true;
      resolver.cancel();
    },
  };
};

const usual = (): Resolver => new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
