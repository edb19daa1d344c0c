import { type IcmpLimit, LINUX_LIMIT, type Network, type Router } from './network.ts';
import type { Random } from './random.ts';

/** The port that answers, and the one that filters drop. */
export const CONTROL_PORT = 135;
export const FILTERED_PORT = 3389;

/** How many of the paths drop the port. */
export const SHARES = ['none', 'one', 'half', 'all'] as const;
export type FilterShare = (typeof SHARES)[number];

/** What a drawn network may be like; everything else is drawn freely. */
export interface Wanted {
  readonly share?: FilterShare;
  readonly loss?: number;
  readonly isStealthy?: boolean;
  readonly limits?: readonly [IcmpLimit, ...IcmpLimit[]];
  /** Routers of equal cost, at most; 1 is a single path. */
  readonly widest?: number;
  readonly mute?: number;
  readonly elsewhere?: number;
  /** Nothing was asked for a while: routers have all of their ICMP errors left. */
  readonly isRested?: boolean;
}

/** Linux as it comes, Linux set to ten a second, and routers without a burst that send two a second. */
const LIMITS: readonly [IcmpLimit, ...IcmpLimit[]] = [
  LINUX_LIMIT,
  LINUX_LIMIT,
  { burst: 6, perSecond: 10 },
  { burst: 1, perSecond: 2 },
];

const filtersOf = (share: FilterShare, width: number): number =>
  ({ none: 0, one: 1, half: Math.ceil(width / 2), all: width })[share];

/** Draws a network: one or two of its hops have routers of equal cost. */
export const drawNetwork = (random: Random, wanted: Wanted = {}): Network => {
  const share = wanted.share ?? random.pick(SHARES);
  const widest = wanted.widest ?? 8;
  const count = random.whole(2, 7);
  const mute = wanted.mute ?? random.pick([0, 0, 0.25, 0.5, 0.75]);
  const wideAt = new Set(Array.from({ length: random.whole(1, 2) }, () => random.whole(0, count - 1)));
  // A filter on some of the paths only needs a hop that has several.
  const isPartial = share === 'one' || share === 'half';
  const widths = Array.from({ length: count }, (_, hop) => (wideAt.has(hop) ? random.whole(1, widest) : 1));
  const filterHop = isPartial ? random.pick([...wideAt] as [number]) : random.whole(0, count - 1);
  if (isPartial && widest > 1) widths[filterHop] = 2 * random.whole(1, Math.floor(widest / 2));
  const limit = random.pick(wanted.limits ?? LIMITS);
  const drops = random.pick(['early', 'late'] as const);
  const rttMs = random.pick([2, 20, 80, 250, 600]);
  const hops = widths.map((width, hop): Router[] =>
    Array.from({ length: width }, (_, at) => ({
      address: `10.${hop}.${at}.1`,
      isMute: random.happens(mute),
      limit,
      drops: hop === filterHop && at < filtersOf(share, width) ? drops : null,
    })),
  );
  return {
    hops,
    filtered: FILTERED_PORT,
    openPorts: new Set([CONTROL_PORT]),
    isStealthy: wanted.isStealthy ?? true,
    loss: wanted.loss ?? random.pick([0, 0, 0.01, 0.05, 0.1, 0.2]),
    rttMs,
    // Between a settled estimate of RFC 6298 and the first one.
    waitMs: rttMs + Math.max(100, 2 * rttMs * random.unit()),
    gapMs: random.pick([0, 7, 50]),
    elsewhere: wanted.elsewhere ?? random.pick([0, 0, 0.5, 2]),
    isRested: wanted.isRested ?? false,
    seed: random.whole(0, 2 ** 31),
  };
};
