import type { Hop, Trace } from '../model/evidence.ts';
import { portState, type Reply } from '../model/reply.ts';

/**
 * Linux routers send one ICMP error a second to one machine after a burst of six (icmp_ratelimit, icmp(7)); after this
 * pause there is one again. Milliseconds.
 */
export const ICMP_PAUSE_MS = 1100;
/** How often in turn the traced port must be silent and the witness heard. */
const ROUNDS = 2;
/** Turns in which neither was heard, after which the hop is one that does not speak. */
const MOST_STARVED = 3;

/** Asks one port with a TTL, and waits. */
export interface TurnAsker {
  askAt(port: number, ttl: number): Promise<Reply>;
  pause(ms: number): Promise<void>;
}

type Spoken =
  | { readonly kind: 'passes'; readonly hop: Hop }
  | { readonly kind: 'drops' }
  | { readonly kind: 'unknown' };

const isHop = (reply: Reply): boolean =>
  reply.kind === 'rejected' && portState(reply).reason === 'time-exceeded';

const hopOf = (ttl: number, reply: Reply): Hop =>
  reply.kind === 'rejected' && 'from' in reply.cause
    ? { ttl, address: reply.cause.from, rttMs: reply.rttMs }
    : { ttl, address: null, rttMs: null };

/**
 * Asks a hop in turn by the traced port and by the witness. The traced port goes first: if the hop has one error left to
 * send, it goes to the port, unless the port is dropped before.
 */
const compare = async (port: number, witness: number, ttl: number, asker: TurnAsker): Promise<Spoken> => {
  let starved = 0;
  for (let heard = 0; heard < ROUNDS; ) {
    const mine = await asker.askAt(port, ttl);
    if (isHop(mine)) return { kind: 'passes', hop: hopOf(ttl, mine) };
    // An answer of another kind, or trouble of ours, is not what this is about.
    if (mine.kind !== 'silent') return { kind: 'unknown' };
    if (isHop(await asker.askAt(witness, ttl))) heard++;
    else if (++starved === MOST_STARVED) return { kind: 'unknown' };
    else await asker.pause(ICMP_PAUSE_MS);
  }
  return { kind: 'drops' };
};

const passedBy = (hops: readonly Hop[]): number =>
  Math.max(0, ...hops.filter(({ address }) => address !== null).map(({ ttl }) => ttl));

/**
 * Makes sure of the place where a silent trace ended: routers limit and lose ICMP errors, so a hop that kept silent may
 * have been passed. `way` are the hops that the witness heard. Goes on hop by hop until the packets of the port are not
 * heard where those of the witness are (`confirmed`), or where neither is (not confirmed), or the way is at its end.
 */
export const confirmTrace = async (
  trace: Trace,
  witness: number,
  way: readonly Hop[],
  asker: TurnAsker,
): Promise<Trace> => {
  const hops = [...trace.hops];
  for (;;) {
    const passed = passedBy(hops);
    const next = way.find(({ ttl, address }) => ttl > passed && address !== null);
    if (!next) return { ...trace, hops };
    const spoken = await compare(trace.port, witness, next.ttl, asker);
    if (spoken.kind !== 'passes') return { ...trace, hops, confirmed: spoken.kind === 'drops' };
    while (hops.length < next.ttl) hops.push({ ttl: hops.length + 1, address: null, rttMs: null });
    hops[next.ttl - 1] = spoken.hop;
  }
};
