import type { Hop, Trace } from '../model/evidence.ts';
import { portState, type Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { Wire } from '../model/wire.ts';

export interface TraceOptions {
  readonly signal: AbortSignal;
  readonly maxTtl: number;
  /** How long a hop is given, milliseconds. */
  readonly timeoutMs: number;
  /** Hops up to this TTL are known to be there: their silence is asked again. */
  readonly knownHops: number;
  /** Silent TTLs in a row, past the last hop that spoke, after which nothing more is expected. */
  readonly quietEnd: number;
}

/** TTLs asked at once. Most paths inside an organisation end within the first handful. */
const AT_ONCE = 6;

const isHop = (reply: Reply): boolean =>
  reply.kind === 'rejected' && portState(reply).reason === 'time-exceeded';

/** An answer that ends the trace: the target's, or a filter's. */
const isFinal = (reply: Reply): boolean =>
  reply.kind === 'accepted' || reply.kind === 'refused' || (reply.kind === 'rejected' && !isHop(reply));

const hopOf = (ttl: number, reply: Reply | undefined): Hop =>
  reply && isHop(reply) && reply.kind === 'rejected' && 'from' in reply.cause
    ? { ttl, address: reply.cause.from, rttMs: reply.rttMs }
    : { ttl, address: null, rttMs: null };

/** What came back by TTL. */
class Replies {
  readonly #byTtl = new Map<number, Reply>();

  set(ttl: number, reply: Reply): void {
    this.#byTtl.set(ttl, reply);
  }

  get(ttl: number): Reply | undefined {
    return this.#byTtl.get(ttl);
  }

  /** Smallest TTL with a final answer. */
  get end(): number | null {
    const finals = [...this.#byTtl].filter(([, reply]) => isFinal(reply)).map(([ttl]) => ttl);
    return finals.length === 0 ? null : Math.min(...finals);
  }

  /** Largest TTL at which a hop spoke, 0 when none did. */
  get lastHop(): number {
    return Math.max(0, ...[...this.#byTtl].filter(([, reply]) => isHop(reply)).map(([ttl]) => ttl));
  }

  get asked(): number {
    return this.#byTtl.size;
  }

  /** TTLs up to `most` that were silent. */
  silentUpTo(most: number): number[] {
    return [...this.#byTtl]
      .filter(([ttl, reply]) => ttl <= most && reply.kind === 'silent')
      .map(([ttl]) => ttl);
  }
}

/**
 * Traces one TCP port: connects with growing TTLs, several at once, so a trace costs a few round trips. Stops beyond the
 * smallest TTL that got a final answer, or when nobody spoke for `quietEnd` hops; then asks the silent hops below that a
 * second time, since ICMP errors are lost and rate-limited. Needs a wire with `capabilities.ttl`.
 */
export const tracePort = async (wire: Wire, endpoint: Endpoint, options: TraceOptions): Promise<Trace> => {
  const { signal, maxTtl, timeoutMs, knownHops, quietEnd } = options;
  const replies = new Replies();
  const ask = async (ttls: readonly number[]): Promise<void> => {
    await Promise.all(
      ttls.map(async (ttl) => replies.set(ttl, await wire.connect(endpoint, { signal, timeoutMs, ttl }))),
    );
  };
  while (replies.asked < maxTtl && replies.end === null && !signal.aborted) {
    const first = replies.asked + 1;
    await ask(Array.from({ length: Math.min(AT_ONCE, maxTtl - first + 1) }, (_, i) => first + i));
    if (replies.asked - replies.lastHop >= quietEnd) break;
  }
  const worthAgain = replies.end === null ? Math.max(knownHops, replies.lastHop + 1) : replies.end - 1;
  if (!signal.aborted) await ask(replies.silentUpTo(worthAgain));
  // The place just before the end decides whether an answer came from farther than it: its silence is asked until
  // loss is ruled out. An answer there moves the end one nearer.
  for (let turn = 0; turn < 5 && !signal.aborted; turn++) {
    const before = (replies.end ?? 0) - 1;
    if (before < 1 || replies.get(before)?.kind !== 'silent') break;
    await ask([before]);
  }

  const endTtl = replies.end;
  const last = endTtl ?? replies.asked + 1;
  const end = replies.get(endTtl ?? replies.asked);
  const silent: Reply = { kind: 'silent', waitedMs: timeoutMs, attempts: 1 };
  return {
    port: endpoint.port,
    hops: Array.from({ length: last - 1 }, (_, i) => hopOf(i + 1, replies.get(i + 1))),
    end: end && !isHop(end) ? end : silent,
    endTtl,
  };
};
