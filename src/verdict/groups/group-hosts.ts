import type { Group } from '../../model/report.ts';
import { type Bits, countBits, stretch } from './bits.ts';
import { type Block, type Extent, type FilterObservation, sameExtent } from './block.ts';
import { type Cause, isLocated, type Place, SELF } from './cause.ts';
import { type Aligned, cover, prefixWords } from './prefixes.ts';
import { groupWords, openingCommands, signatureOf, stableId } from './words.ts';

/** What a group is of one block. */
interface BlockShare {
  readonly block: bigint;
  readonly pieces: readonly Aligned[];
}

/** A group while blocks are added to it. */
interface Draft {
  readonly cause: Cause;
  readonly slices: BlockShare[];
  readonly behind: Map<string, number>;
  extent: Extent;
  blocked: number;
  raised: number;
  judged: number;
  traces: number;
  /** Hosts of a filter that rejects to which no rejection came. */
  silent: number;
}

/** What a host showed, and what it left in doubt. */
type Shown = Pick<FilterObservation, 'cause' | 'doubt'>;

/** Whether one place may be the other, of which more is known. */
const mayBe = (vague: Place, place: Place): boolean =>
  place.by !== SELF &&
  (vague.by === null || vague.by === place.by) &&
  (vague.afterHop === null || vague.afterHop === place.afterHop) &&
  (vague.beforeHop === undefined || vague.beforeHop === place.beforeHop);

/** Whether a sighting leaves room for all that another cause stops: what it does not share is in doubt, or not needed. */
const hasRoom = ({ cause, doubt }: Shown, { needs }: Cause): boolean =>
  (cause.needs & ~needs) === 0 && (needs & ~cause.needs & ~(doubt.silent | doubt.spare)) === 0;

/** Whether one sighting may be of a cause that other hosts of the block show more of. */
const isPartOf = (seen: Shown, cause: Cause): boolean =>
  seen.cause.key !== cause.key &&
  seen.cause.how === cause.how &&
  mayBe(seen.cause, cause) &&
  hasRoom(seen, cause);

/** Silence at an unknown place, or at the router that rejects others, may be the rationed ICMP errors of that router. */
const mayBeRationed = (seen: Shown, cause: Cause): boolean =>
  seen.cause.how === 'drop' &&
  cause.how === 'icmp' &&
  [null, cause.by, cause.afterHop].includes(seen.cause.afterHop) &&
  isLocated(cause) &&
  hasRoom(seen, cause);

/**
 * The cause that a sighting is counted for. Only the first hosts of a block are traced, and the wire shows one host more
 * than another; so what is vague belongs to the one clear cause of its block that it may be, if there is exactly one.
 */
export const resolver = (sightings: readonly Shown[]): ((seen: Shown) => Cause) => {
  const causes = [...new Map(sightings.map(({ cause }) => [cause.key, cause])).values()];
  const clear = causes.filter((one) =>
    sightings.some((seen) => seen.cause.key === one.key && !causes.some((other) => isPartOf(seen, other))),
  );
  const next = (seen: Shown): Cause => {
    const whole = clear.filter((cause) => isPartOf(seen, cause));
    const found = whole.length > 0 ? whole : clear.filter((cause) => mayBeRationed(seen, cause));
    return found.length === 1 && found[0] ? found[0] : seen.cause;
  };
  // Silence may belong to silence behind a router, and that to the router's rejections.
  return (seen) => {
    const cause = next(seen);
    return cause.key === seen.cause.key ? cause : next({ cause, doubt: seen.doubt });
  };
};

/** What one block adds to one group. */
interface Share {
  readonly cause: Cause;
  readonly seen: FilterObservation[];
  raised: Bits;
}

const sharesOf = (block: Block): Share[] => {
  const shares = new Map<string, Share>();
  const shareOf = (cause: Cause): Share => {
    const share = shares.get(cause.key) ?? { cause, seen: [], raised: 0n };
    shares.set(cause.key, share);
    return share;
  };
  const resolve = resolver(block.sightings);
  for (const seen of block.sightings) shareOf(resolve(seen)).seen.push(seen);
  for (const { doubt, hosts } of block.silences) {
    for (const { cause } of block.likely(doubt)) {
      shareOf(resolve({ cause, doubt })).raised |= hosts;
    }
  }
  return [...shares.values()];
};

const countTraced = ({ cause, seen }: Share): number =>
  cause.afterHop === null
    ? 0
    : countBits(
        seen
          .filter((one) => one.cause.afterHop === cause.afterHop)
          .reduce((bits, { hosts }) => bits | hosts, 0n),
      );

const countSilent = ({ cause, seen }: Share): number =>
  cause.how === 'icmp'
    ? countBits(seen.filter((one) => one.cause.how === 'drop').reduce((bits, { hosts }) => bits | hosts, 0n))
    : 0;

const addShare = (draft: Draft, number: bigint, block: Block, share: Share): void => {
  const blocked = share.seen.reduce((bits, { hosts }) => bits | hosts, 0n);
  const members = blocked | share.raised;
  const pieces = cover(members, block.answered & ~members);
  draft.slices.push({ block: number, pieces });
  draft.blocked += countBits(blocked);
  draft.raised += countBits(share.raised & ~blocked);
  draft.traces += countTraced(share);
  draft.silent += countSilent(share);
  for (const { from, size } of pieces) draft.judged += countBits(block.judged & stretch(from, size));
  for (const { extent, behind } of share.seen) {
    draft.extent = sameExtent(draft.extent, extent);
    for (const [hop, times] of behind) draft.behind.set(hop, (draft.behind.get(hop) ?? 0) + times);
  }
};

/** The hop seen most often; of equals the first by its text, so that the order of the hosts does not matter. */
const commonest = (behind: ReadonlyMap<string, number>): string | null =>
  [...behind].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0] ?? null;

const groupOf = (draft: Draft): Group => {
  const signature = signatureOf(draft.cause);
  const prefixes = prefixWords(draft.slices);
  const facts = {
    ...draft,
    prefixes,
    extent: draft.extent ?? null,
    behind: commonest(draft.behind),
  };
  return {
    id: stableId(signature),
    signature,
    hosts: draft.blocked + draft.raised,
    prefixes,
    text: groupWords(facts),
    ...openingCommands(facts),
  };
};

/** The groups of all blocks, those of most hosts first. */
export const groupHosts = (blocks: Iterable<readonly [bigint, Block]>): Group[] => {
  const drafts = new Map<string, Draft>();
  for (const [number, block] of blocks) {
    for (const share of sharesOf(block)) {
      const key = share.cause.key;
      const draft = drafts.get(key) ?? {
        cause: share.cause,
        slices: [],
        behind: new Map(),
        extent: undefined,
        blocked: 0,
        raised: 0,
        judged: 0,
        traces: 0,
        silent: 0,
      };
      drafts.set(key, draft);
      addShare(draft, number, block, share);
    }
  }
  return [...drafts.values()]
    .map(groupOf)
    .toSorted((a, b) => b.hosts - a.hosts || (a.signature < b.signature ? -1 : 1));
};
