import { readIp } from '../ip/ip.ts';
import type { Plan } from '../model/plan.ts';

/** The network of this machine in which an address lies, as `10.1.2.0/24`; null when it lies behind a router, or nobody knows. */
export const linkOf = ({ links = [] }: Plan, address: string | null): string | null => {
  if (links.length === 0 || address === null) return null;
  const ip = readIp(address);
  const link = links.find(
    ({ family, first, last }) => ip?.family === family && ip.number >= first && ip.number <= last,
  );
  return link?.text ?? null;
};
