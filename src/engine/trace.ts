import type { Hop, Trace } from '../model/evidence.ts';
import { portState, type Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { Wire } from '../model/wire.ts';

export interface TraceOptions {
  readonly signal: AbortSignal;
  readonly maxTtl: number;
  /** How long a hop is given, milliseconds. */
  readonly timeoutMs: number;
  /** How often a silent TTL is asked in all. */
  readonly attempts: number;
}

/** TTLs asked at once. Most paths inside an organisation end within the first handful. */
const AT_ONCE = 6;

const isHop = (reply: Reply): boolean =>
  reply.kind === 'rejected' && portState(reply).reason === 'time-exceeded';

/** An answer that ends the trace: the target's, or a filter's. */
const isFinal = (reply: Reply): boolean =>
  reply.kind === 'accepted' || reply.kind === 'refused' || (reply.kind === 'rejected' && !isHop(reply));

const hopOf = (ttl: number, reply: Reply | undefined): Hop =>
  reply?.kind === 'rejected' && 'from' in reply.cause
    ? { ttl, address: reply.cause.from, rttMs: reply.rttMs }
    : { ttl, address: null, rttMs: null };

/**
 * Traces one TCP port: connects with growing TTLs, several at once, so a trace costs a few round trips. Stops beyond the
 * smallest TTL that got a final answer, or after a whole batch of silence. Needs a wire with `capabilities.ttl`.
 */
export const tracePort = async (wire: Wire, endpoint: Endpoint, options: TraceOptions): Promise<Trace> => {
  const { signal, maxTtl, timeoutMs, attempts } = options;
  const replies = new Map<number, Reply>();
  const askAt = async (ttl: number): Promise<void> => {
    for (let turn = 0; turn < attempts && !signal.aborted; turn++) {
      const reply = await wire.connect(endpoint, { signal, timeoutMs, ttl });
      replies.set(ttl, reply);
      if (reply.kind !== 'silent') return;
      // Nobody needs to know what a longer way would have said.
      if ([...replies].some(([other, known]) => other < ttl && isFinal(known))) return;
    }
  };
  const endOf = (): number | null => {
    const finals = [...replies].filter(([, reply]) => isFinal(reply)).map(([ttl]) => ttl);
    return finals.length === 0 ? null : Math.min(...finals);
  };
  for (let first = 1; first <= maxTtl; first += AT_ONCE) {
    const ttls = Array.from({ length: Math.min(AT_ONCE, maxTtl - first + 1) }, (_, i) => first + i);
    await Promise.all(ttls.map(askAt));
    const everAnswered = [...replies.values()].some(isHop);
    const answeredNow = ttls.some((ttl) => replies.get(ttl)?.kind === 'rejected');
    // Past the last hop that speaks nothing more comes; routers that never speak are given a second batch.
    const exhausted = everAnswered ? !answeredNow : first > 1;
    if (endOf() !== null || exhausted || signal.aborted) break;
  }
  const endTtl = endOf();
  const last = endTtl ?? Math.max(0, ...replies.keys()) + 1;
  const hops = Array.from({ length: last - 1 }, (_, i) => hopOf(i + 1, replies.get(i + 1)));
  const end = endTtl === null ? replies.get(last - 1) : replies.get(endTtl);
  const silent: Reply = { kind: 'silent', waitedMs: timeoutMs * attempts, attempts };
  return { port: endpoint.port, hops, end: end && !isHop(end) ? end : silent, endTtl };
};
