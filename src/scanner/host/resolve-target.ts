import type { OtherAddress } from '../../model/evidence.ts';
import { isPassing, type LocalFault } from '../../model/fault.ts';
import type { Plan } from '../../model/plan.ts';
import type { Reply } from '../../model/reply.ts';
import type { Family, Target } from '../../model/target.ts';
import type { Resolution, Resolver } from '../../model/wire.ts';
import { pause } from '../pause.ts';

/** A name with more addresses than this is a load balancer, not a novice's machine. */
const MOST_ADDRESSES = 8;
/** How often a look-up that met a shortage on this machine is repeated. */
const LOOKUPS = 10;

/** The address at which a host is probed, and how that was found out. */
export interface ResolvedTarget {
  readonly address: string | null;
  readonly family: Family | null;
  readonly resolution: Resolution | null;
  readonly otherAddresses: readonly OtherAddress[];
}

/** Why an address must not be probed (multicast, out of scope), or null. */
export type Guard = (address: string, family: Family) => string | null;

const lookUp = async (name: string, resolver: Resolver, signal: AbortSignal): Promise<Resolution> => {
  for (let turn = 1; ; turn++) {
    const resolution = await resolver.resolve(name, signal);
    if (resolution.kind !== 'failed' || !isPassing(resolution.fault) || turn === LOOKUPS) return resolution;
    await pause(100 * turn, signal);
  }
};

/** Why nothing was probed: each reason of the guard once, with the addresses it holds for. */
const forbidden = (denied: readonly { readonly address: string; readonly why: string }[]): LocalFault => {
  const reasons = [...new Set(denied.map(({ why }) => why))].map((why) => {
    const addresses = denied.filter((one) => one.why === why).map(({ address }) => address);
    return `${why.replace(/^is /, '')} (${addresses.join(', ')})`;
  });
  return { kind: 'blocked-locally', code: 'FORBIDDEN', text: reasons.join('; ') };
};

/** The addresses of a name that may be probed: the families of the plan, nothing that the guard forbids. */
const permitted = (resolution: Resolution, plan: Plan, guard: Guard): Resolution => {
  if (resolution.kind !== 'resolved') return resolution;
  const ofFamily = resolution.addresses.filter(({ family }) =>
    family === 4 ? plan.families.v4 : plan.families.v6,
  );
  if (ofFamily.length === 0) return { kind: 'not-found', code: 'ENODATA' };
  const checked = ofFamily.map((one) => ({ ...one, why: guard(one.address, one.family) }));
  const allowed = checked.flatMap(({ address, family, why }) => (why === null ? [{ address, family }] : []));
  if (allowed.length > 0) return { kind: 'resolved', addresses: allowed.slice(0, MOST_ADDRESSES) };
  const denied = checked.flatMap(({ address, why }) => (why === null ? [] : [{ address, why }]));
  return { kind: 'failed', fault: forbidden(denied) };
};

const USEFULNESS: Readonly<Record<Reply['kind'], number>> = {
  accepted: 0,
  refused: 1,
  rejected: 2,
  silent: 3,
  unknown: 4,
};

/** Looks a target up once and leaves out the addresses that must not be probed. */
export const resolveTarget = async (
  target: Target,
  plan: Plan,
  { resolver, guard, signal }: { resolver: Resolver; guard: Guard; signal: AbortSignal },
): Promise<Resolution> => {
  if (target.kind === 'name') return permitted(await lookUp(target.name, resolver, signal), plan, guard);
  const { address, family } = target;
  const why = guard(address, family);
  return why === null
    ? { kind: 'resolved', addresses: [{ address, family }] }
    : { kind: 'failed', fault: forbidden([{ address, why }]) };
};

/**
 * Where to probe a target. A name with several addresses is probed on TCP 135 at each of them by `ask`, and the first that
 * serves best is taken: Windows tries them in this order too, until one accepts.
 */
export const chooseAddress = async (
  target: Target,
  resolution: Resolution,
  probe: (at: { readonly address: string; readonly family: Family }) => Promise<Reply>,
): Promise<ResolvedTarget> => {
  const known = target.kind === 'address' && resolution.kind === 'resolved' ? null : resolution;
  if (resolution.kind !== 'resolved')
    return { address: null, family: null, resolution: known, otherAddresses: [] };
  const [only, ...more] = resolution.addresses;
  if (only && more.length === 0) return { ...only, resolution: known, otherAddresses: [] };
  const tried = await Promise.all(
    resolution.addresses.map(async (candidate) => ({ ...candidate, reply: await probe(candidate) })),
  );
  const best = tried.reduce((a, b) => (USEFULNESS[b.reply.kind] < USEFULNESS[a.reply.kind] ? b : a));
  return {
    address: best.address,
    family: best.family,
    resolution: known,
    otherAddresses: tried.filter((candidate) => candidate !== best),
  };
};
