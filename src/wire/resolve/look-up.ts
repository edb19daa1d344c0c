import { lookup } from 'node:dns/promises';
import type { Family } from '../../model/target.ts';

/** What getaddrinfo gave for a name: its addresses, each once, in the system's order; or the code of the failure. */
export type LookUpResult =
  | { readonly addresses: readonly { readonly address: string; readonly family: Family }[] }
  | { readonly code: string };

/** An IPv4 address that an AAAA record wraps (RFC 4291 section 2.5.5.2), as libuv writes it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Asks getaddrinfo, in libuv's thread pool. A mapped address becomes the IPv4 address that it stands for. Never throws. */
export const lookUp = async (name: string): Promise<LookUpResult> => {
  try {
    const found = await lookup(name, { all: true, order: 'verbatim' });
    const addresses = new Map<string, { address: string; family: Family }>();
    for (const { address, family } of found) {
      const mapped = MAPPED.exec(address)?.[1];
      const one = mapped ?? address;
      if (!addresses.has(one)) addresses.set(one, { address: one, family: family === 6 && !mapped ? 6 : 4 });
    }
    return { addresses: [...addresses.values()] };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' };
  }
};
