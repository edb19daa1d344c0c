import { Address4, Address6 } from 'ip-address';
import { UsageError } from '../model/fault.ts';
import { parseAddress } from './address.ts';
import { shown } from './shown.ts';

/** Which addresses may be asked at all, in CIDR notation or as single addresses. An empty `allow` allows everything. */
export interface Scope {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

type Net = { readonly text: string; readonly holds: (address: string) => boolean };

const isSix = (address: string): boolean => address.includes(':');

const parseNet = (text: string, list: string): Net => {
  const [base = '', bits, ...rest] = text.trim().split('/');
  const parsed = parseAddress(base);
  const most = parsed?.family === 6 ? 128 : 32;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!parsed || rest.length > 0 || !(length <= most)) {
    throw new UsageError(
      `scope.${list}: ${shown(text)} is no address or CIDR block, expected e.g. 10.1.0.0/16 or 2001:db8::/32`,
    );
  }
  const mask = `/${length}`;
  return parsed.family === 4
    ? {
        text,
        holds: (address) =>
          !isSix(address) && new Address4(address).isInSubnet(new Address4(parsed.address + mask)),
      }
    : {
        text,
        holds: (address) =>
          isSix(address) && new Address6(address).isInSubnet(new Address6(parsed.address + mask)),
      };
};

/**
 * Makes the check that every address passes before it gets a packet: a reason when it is out of scope, else null. `deny`
 * wins over `allow`. Throws UsageError for an entry that is no block.
 */
export const makeScope = ({ allow, deny }: Scope): ((address: string) => string | null) => {
  const allowed = allow.map((text) => parseNet(text, 'allow'));
  const denied = deny.map((text) => parseNet(text, 'deny'));
  return (address) => {
    const hit = denied.find((net) => net.holds(address));
    if (hit) return `is out of scope: the configuration denies ${hit.text}`;
    if (allowed.length === 0 || allowed.some((net) => net.holds(address))) return null;
    return `is out of scope: the configuration allows only ${allow.join(', ')}`;
  };
};
