import { isLoopback } from '../ip/ip.ts';
import type { Because } from '../model/report.ts';
import { canonicalAddress } from './canonical-address.ts';
import type { HostFacts } from './host-facts.ts';
import type { RuleName } from './rules.ts';

const RULE: RuleName = 'address-translation';
/** Addresses that are named, of those the host believes to have. */
const MOST_NAMED = 4;

/** The address at which a responder was really reached, where that is another than the one dialled. */
export const translatedTo = ({ own: dialled, responder }: HostFacts): string | null => {
  const local = responder?.local ?? null;
  return dialled === null || local === dialled || isLoopback(dialled) ? null : local;
};

/** That the host does not know the address it was asked at, by what its DCOM resolver says (MS-DCOM, ServerAlive2); null when it does not say so. */
export const translationOf = (facts: HostFacts): Because | null => {
  const { mapper, own: dialled } = facts;
  const local = translatedTo(facts);
  if (local !== null) {
    return {
      rule: RULE,
      text: `The responder was reached at ${dialled} and sees these connections arrive at ${local}: there is address translation (NAT) in between. DCOM hands out the host's own addresses, so an offer fails through it (KB154596), and no port rule helps.`,
      ports: [],
    };
  }
  if (mapper?.resolver.kind !== 'answered' || dialled === null || isLoopback(dialled)) return null;
  // The list mixes names and addresses; only addresses of the same family can miss the dialled one.
  const believed = mapper.resolver.addresses
    .map(canonicalAddress)
    .filter((one) => one !== null && one.includes(':') === dialled.includes(':'));
  if (believed.length === 0 || believed.includes(dialled)) return null;
  return {
    rule: RULE,
    text: `The host says that its addresses are ${believed.slice(0, MOST_NAMED).join(', ')}, not ${dialled}: there seems to be address translation (NAT) in between. DCOM hands out the host's own addresses, so an offer fails through it, and no port rule helps.`,
    ports: [135],
  };
};
