import type { Hop, Trace } from '../../model/evidence.ts';
import { portState, type Reply } from '../../model/reply.ts';
import type { Flow } from '../../model/wire.ts';
import { HOP_REPEATS } from '../retry/policy.ts';

/** Probes a port of one host with a TTL, over a flow or a new one; and waits. */
export interface TtlProber {
  at(port: number, ttl: number, flow?: Flow): Promise<Reply>;
  pause(ms: number): Promise<void>;
  readonly isStopped: boolean;
}

/** How far a trace goes, and when it gives up. */
export interface TraceOptions {
  readonly maxTtl: number;
  /** Hops up to this TTL are known to be there: their silence is probed again. */
  readonly knownHops: number;
  /** Silent TTLs in a row, past the last hop that answered, after which nothing more is expected. */
  readonly quietEnd: number;
  readonly flow?: Flow;
}

/** A router's word that the TTL ran out there (RFC 792 type 11, RFC 4443 type 3). */
export const isTimeExceeded = (reply: Reply): boolean => portState(reply).reason === 'time-exceeded';

/** An answer that ends the trace: the target's, or a filter's. */
const isFinal = (reply: Reply): boolean =>
  reply.kind === 'accepted' ||
  reply.kind === 'refused' ||
  (reply.kind === 'rejected' && !isTimeExceeded(reply));

/** The hop that answered at a TTL; one without an address when none did. */
export const hopOf = (ttl: number, reply: Reply | undefined): Hop =>
  reply && isTimeExceeded(reply) && reply.kind === 'rejected' && 'from' in reply.cause
    ? { ttl, address: reply.cause.from, rttMs: reply.rttMs }
    : { ttl, address: null, rttMs: null };

/**
 * Traces one TCP port with growing TTLs, one packet after another on one flow, so that equal-cost routers send all of them the
 * same way (Paris traceroute; Augustin et al. 2006). Stops at the smallest TTL that got a final answer, or when no hop answered
 * for `quietEnd` TTLs; then probes the silent hops before that once more, since ICMP errors are lost and rate-limited.
 */
export const tracePort = async (port: number, prober: TtlProber, options: TraceOptions): Promise<Trace> => {
  const { maxTtl, knownHops, quietEnd, flow = { sourcePort: null } } = options;
  const replies = new Map<number, Reply>();
  let end: number | null = null;
  let lastHop = 0;
  const probe = async (ttl: number): Promise<void> => {
    const reply = await prober.at(port, ttl, flow);
    replies.set(ttl, reply);
    if (isTimeExceeded(reply)) lastHop = Math.max(lastHop, ttl);
    if (isFinal(reply)) end = Math.min(end ?? ttl, ttl);
  };
  for (let ttl = 1; ttl <= maxTtl && end === null && !prober.isStopped; ttl++) {
    await probe(ttl);
    if (ttl >= knownHops && ttl - lastHop >= quietEnd) break;
  }
  const lastAsked = replies.size;
  const worthAgain = end === null ? Math.max(knownHops, lastHop + 1) : end - 1;
  for (let ttl = 1; ttl <= Math.min(worthAgain, lastAsked) && !prober.isStopped; ttl++) {
    if (replies.get(ttl)?.kind === 'silent') await probe(ttl);
  }
  for (let turn = 0; turn < HOP_REPEATS.last && !prober.isStopped; turn++) {
    const before: number = (end ?? 0) - 1;
    if (replies.get(before)?.kind !== 'silent') break;
    await probe(before);
  }
  const endTtl = end as number | null;
  const last = endTtl ?? lastAsked + 1;
  const reply = replies.get(endTtl ?? lastAsked);
  return {
    port,
    hops: Array.from({ length: last - 1 }, (_, i) => hopOf(i + 1, replies.get(i + 1))),
    end: reply && !isTimeExceeded(reply) ? reply : { kind: 'silent', waitedMs: 0, attempts: 1 },
    endTtl,
  };
};
