import type { PortObservation } from '../../model/evidence.ts';
import { fisherExact, WRONG_PROOF } from '../../model/inference.ts';
import type { Reply } from '../../model/reply.ts';
import { hopsPassed, INITIAL_TTLS } from '../../model/ttl.ts';
import type { HostProber } from '../host/host-prober.ts';
import { COMPARED_FLOWS, TTL_FLOWS, TTL_REPEATS } from '../retry/policy.ts';

/** Values that are compared by further flows, so that one of several return paths is not taken for another sender. */
const MOST_SUSPECT_TTLS = 3;

const ttlOf = (reply: Reply): number | undefined => ('ttl' in reply ? reply.ttl : undefined);

/** Finds who sent a refusal, by the TTL with which the host's own accepts arrive. */
export interface ResetTtl {
  /** That TTL; null where nothing of the host or its neighbours accepts. */
  readonly own: number | null;
  /** It was seen in answers of the host itself, and not only of its neighbours. */
  readonly isSure: boolean;
  /**
   * Whether a refusal is the host's own: true with its TTL, false with that of another sender, null where that cannot be
   * known: as many hops away with another initial TTL, or lost.
   */
  isOwn(port: number, reply: Reply & { readonly kind: 'refused' }): Promise<boolean | null>;
  /** The TTL with which a refusal arrived that `isOwn` could not attribute, where it was found. */
  seen?(port: number): number | undefined;
}

const withTtl = (ttl: number | null | undefined) => (ttl == null ? {} : { ttl });

const refusedWith = (
  reply: Reply & { readonly kind: 'refused' },
  isOwn: boolean,
  { own, isSure }: ResetTtl,
): Reply => {
  const known = isSure ? { ttlMatch: isOwn } : {};
  return isOwn
    ? { ...reply, ...withTtl(reply.ttl ?? own), ...known }
    : { ...reply, ...known, by: 'middlebox' };
};

/** The port whose answer is most surely the host's own. */
const ownAccept = (observations: readonly PortObservation[]): PortObservation | undefined => {
  const accepts = observations.filter(({ reply }) => reply.kind === 'accepted');
  const spoke = accepts.filter(({ finding }) => finding?.speech === 'spoke' || finding?.speech === 'refused');
  return [...spoke, ...accepts].find(({ port }) => port === 135) ?? spoke[0] ?? accepts[0];
};

/** By the TTLs in the replies themselves. */
const bySeenTtl = (
  prober: HostProber,
  reference: PortObservation,
  own: ReadonlySet<number>,
): ResetTtl | null => {
  const first = ttlOf(reference.reply);
  if (first === undefined) return null;
  const known = new Map<number, Promise<boolean | null>>();
  const ttls = async (port: number, kind: Reply['kind']): Promise<number[]> => {
    const replies = await Promise.all(Array.from({ length: TTL_FLOWS }, () => prober.probe(port)));
    return replies.flatMap((reply) => (reply.kind === kind ? (ttlOf(reply) ?? []) : []));
  };
  const compare = async (port: number): Promise<boolean | null> => {
    const [theirs, hosts] = await Promise.all([ttls(port, 'refused'), ttls(reference.port, 'accepted')]);
    if (theirs.length < 2 || hosts.length < 2) return null;
    const all = new Set([...own, ...hosts]);
    if (theirs.some((ttl) => all.has(ttl))) return true;
    const distances = new Set([...all].map(hopsPassed));
    return theirs.some((ttl) => distances.has(hopsPassed(ttl))) ? null : false;
  };
  return {
    own: first,
    isSure: true,
    isOwn: async (port, reply) => {
      const { ttl } = reply;
      if (ttl === undefined) return null;
      if (own.has(ttl)) return true;
      if ([...own].some((one) => hopsPassed(one) === hopsPassed(ttl))) return null;
      if (!known.has(ttl) && known.size >= MOST_SUSPECT_TTLS) return null;
      const comparing = known.get(ttl) ?? compare(port);
      known.set(ttl, comparing);
      return comparing;
    },
  };
};

/** Probes with a least TTL of answers (IP_MINTTL): what arrives with less is dropped by our kernel. Each probe is a new flow. */
class MinTtlProber {
  readonly #prober: HostProber;

  constructor(prober: HostProber) {
    this.#prober = prober;
  }

  async #once(port: number, kind: Reply['kind'], minTtl: number): Promise<boolean | null> {
    const reply = await this.#prober.probe(port, { minTtl, timeoutMs: this.#prober.rtt.waitMs(0) });
    if (reply.kind === kind) return true;
    return reply.kind === 'silent' ? false : null;
  }

  /** Whether an answer of this kind arrives with `minTtl` or more; null when something else hid it. Silence is probed again. */
  async arrives(port: number, kind: Reply['kind'], minTtl: number): Promise<boolean | null> {
    for (let turn = 0; turn < TTL_REPEATS; turn++) {
      const isThere = await this.#once(port, kind, minTtl);
      if (isThere !== false) return isThere;
    }
    return false;
  }

  /**
   * Whether it is proven that no answer of the port arrives with `minTtl`: probed with it and without, so that a limit, loss, or
   * equal-cost paths, which hold replies back either way, are not taken for it (Fisher's exact test). Both leave at once, each first
   * in turn: a limit that gains one packet while the silence lasts would always let the one behind the silence pass, and routers that
   * take turns every second packet.
   */
  async neverArrives(port: number, kind: Reply['kind'], minTtl: number): Promise<boolean> {
    let control = 0;
    for (let flows = 1; flows <= COMPARED_FLOWS.mostOfLossy && !this.#prober.signal.aborted; flows++) {
      const asked = flows % 2 === 1 ? [minTtl, 1] : [1, minTtl];
      const replies = await Promise.all(asked.map((least) => this.#once(port, kind, least)));
      if (replies[asked.indexOf(minTtl)] !== false) return false;
      if (replies[asked.indexOf(1)] === true) control++;
      if (fisherExact({ flows, passed: 0, control }) <= WRONG_PROOF) return true;
    }
    return false;
  }

  /** The TTL with which answers of a port arrive; null when answers over different flows do not agree. */
  async find(port: number, kind: Reply['kind'], guess: number | null): Promise<number | null> {
    if (guess !== null && (await this.#isExactly(port, kind, guess))) return guess;
    let least = 1;
    let most = 255;
    for (const initial of INITIAL_TTLS) {
      if (initial === 255) break;
      const isMore = await this.arrives(port, kind, initial + 1);
      if (isMore === null) return null;
      if (!isMore) {
        most = initial;
        break;
      }
      least = initial + 1;
    }
    while (least < most) {
      // Paths are short, so the TTL is most likely near the top.
      const middle = most - least > 8 ? most - 4 : Math.ceil((least + most) / 2);
      const isMore = await this.arrives(port, kind, middle);
      if (isMore === null) return null;
      if (isMore) least = middle;
      else most = middle - 1;
    }
    return (await this.#isExactly(port, kind, least)) ? least : null;
  }

  async #isExactly(port: number, kind: Reply['kind'], ttl: number): Promise<boolean> {
    const [reaches, passes] = await Promise.all([
      this.arrives(port, kind, ttl),
      ttl === 255 ? false : this.arrives(port, kind, ttl + 1),
    ]);
    return reaches === true && passes === false;
  }
}

/** Ports that are compared at length; others of the host that look the same are taken for the same. */
const MOST_PROVEN = 2;

/** By probing with a least TTL of answers, where the TTL itself is not seen. */
const byMinTtl = async (
  prober: HostProber,
  reference: PortObservation,
  guess: number | null,
): Promise<ResetTtl | null> => {
  const asker = new MinTtlProber(prober);
  const own = await asker.find(reference.port, 'accepted', guess);
  if (own === null) return null;
  /** Values with which an answer from as far away would arrive that began with another initial TTL. */
  const alike = INITIAL_TTLS.map((initial) => initial - hopsPassed(own)).filter(
    (ttl) => ttl !== own && ttl > 0,
  );
  const isAlike = async (port: number): Promise<boolean> => {
    const found = await Promise.all(
      alike.map(async (ttl) => {
        const reaches = await asker.arrives(port, 'refused', ttl);
        return reaches !== false && (ttl === 255 || (await asker.arrives(port, 'refused', ttl + 1)) !== true);
      }),
    );
    return found.some(Boolean);
  };
  /** That the host's own answers arrive with no more than `own`, proven once. */
  let isOwnSure: Promise<boolean> | null = null;
  const isOwnProven = (): Promise<boolean> => {
    isOwnSure ??=
      own === 255 ? Promise.resolve(true) : asker.neverArrives(reference.port, 'accepted', own + 1);
    return isOwnSure;
  };
  const proven = { nearer: [] as Promise<boolean>[], farther: [] as Promise<boolean>[] };
  const prove = async (kind: keyof typeof proven, proof: () => Promise<boolean>): Promise<boolean> => {
    if (proven[kind].length < MOST_PROVEN) {
      const proving = proof();
      proven[kind].push(proving);
      return proving;
    }
    return (await Promise.all(proven[kind])).every(Boolean);
  };
  return {
    own,
    isSure: true,
    isOwn: async (port) => {
      const [reaches, passes] = await Promise.all([
        asker.arrives(port, 'refused', own),
        own === 255 ? false : asker.arrives(port, 'refused', own + 1),
      ]);
      if (reaches === null || passes === null) return null;
      if (reaches && !passes) return true;
      const isForeign = passes
        ? await prove('nearer', async () => (await isOwnProven()) && !(await isAlike(port)))
        : await prove(
            'farther',
            async () => (await asker.neverArrives(port, 'refused', own)) && !(await isAlike(port)),
          );
      if (!isForeign) return null;
      // Of a port that is only taken for the same as those that were proven, loss is ruled out.
      return !passes && (await asker.arrives(port, 'refused', own)) !== false;
    },
  };
};

/**
 * Where no port of a host accepts, by the TTL with which accepts of its neighbours arrive, if any do (`own`): a refusal that passed
 * fewer hops than those comes from a device before the host. Likely, since hosts of one subnet are equally far away but for odd cases.
 */
const byRefusals = (prober: HostProber, own: number | null): ResetTtl => {
  const asker = new MinTtlProber(prober);
  const found = new Map<number, number>();
  let first: Promise<number | null> | null = null;
  /** The refusals of one host arrive alike as a rule, so only the first is searched for from scratch. */
  const find = async (port: number): Promise<number | null> => {
    if (first) return asker.find(port, 'refused', await first);
    first = asker.find(port, 'refused', own);
    return first;
  };
  return {
    own,
    isSure: false,
    isOwn: async (port, reply) => {
      const ttl = reply.ttl ?? (await find(port));
      if (ttl === null) return null;
      found.set(port, ttl);
      return own !== null && hopsPassed(ttl) < hopsPassed(own) ? false : null;
    },
    seen: (port) => found.get(port),
  };
};

/**
 * How refusals of a host are distinguished from those of a device before it; null where there is nothing to compare with, or this
 * wire cannot see TTLs. `guess`: the TTL that accepts of its neighbours have. `alone`: TTLs are found out even where nothing is
 * known to compare them with, for others to compare.
 */
export const resetTtlOf = async (
  prober: HostProber,
  observations: readonly PortObservation[],
  guess: number | null,
  alone = false,
): Promise<ResetTtl | null> => {
  const reference = ownAccept(observations);
  const { seesTtl, minTtl } = prober.run.wire.capabilities;
  if (!(seesTtl || minTtl)) return null;
  if (!reference) return guess === null && !alone ? null : byRefusals(prober, guess);
  if (!seesTtl) return byMinTtl(prober, reference, guess);
  const own = new Set(
    observations.flatMap(({ reply }) => (reply.kind === 'accepted' ? (ttlOf(reply) ?? []) : [])),
  );
  return bySeenTtl(prober, reference, own);
};

/** The observations, with the sender of the wanted refusals as TTLs show it. */
export const withResetTtl = async (
  observations: readonly PortObservation[],
  resetTtl: ResetTtl,
  isWanted: (observation: PortObservation) => boolean,
): Promise<PortObservation[]> =>
  Promise.all(
    observations.map(async (observation) => {
      const { port, reply } = observation;
      if (reply.kind !== 'refused' || !isWanted(observation)) return observation;
      const isOwn = await resetTtl.isOwn(port, reply);
      if (isOwn !== null) return { ...observation, reply: refusedWith(reply, isOwn, resetTtl) };
      return { ...observation, reply: { ...reply, ...withTtl(reply.ttl ?? resetTtl.seen?.(port)) } };
    }),
  );
