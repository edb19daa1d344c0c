import type { Hop, HopComparison, Trace } from '../../model/evidence.ts';
import { fisherExact, WRONG_PROOF } from '../../model/inference.ts';
import { COMPARED_FLOWS, HOP_PAIRS, ICMP_PAUSE_MS } from '../retry/policy.ts';
import { hopOf, isTimeExceeded, type TtlProber } from './traceroute.ts';

/** Pairs of probes that one trace may still cost. */
interface Budget {
  left: number;
}

/** What probing one hop by two ports showed: the port passes, or how often each was answered. */
type Compared =
  | { readonly kind: 'passes'; readonly hop: Hop }
  | { readonly kind: 'counted'; readonly comparison: HopComparison; readonly hops: readonly Hop[] }
  | { readonly kind: 'unknown' };

/** Whether `left` more flows could still prove that the port is treated otherwise. */
const isOpen = ({ flows, control }: HopComparison, left: number): boolean => {
  if (left === 0) return false;
  if (flows < COMPARED_FLOWS.first) return true;
  const isProven = fisherExact({ flows, passed: 0, control }) <= WRONG_PROOF;
  // The most that the flows left could show.
  const best = fisherExact({ flows: flows + left, passed: 0, control: control + left });
  return !isProven && best <= WRONG_PROOF;
};

/**
 * Probes the hop at a TTL by a port whose trace ended before it and by one that reaches the target, over a new flow each
 * time: behind equal-cost routers, some of them mute, a port and its control take different paths. Both leave at once, the port
 * first: if the hop has one ICMP error left to send, it goes to the port, unless the port is dropped before. Asked after the
 * silence of the port, a control would find the error that the hop has earned meanwhile, and that each time. Ends when the port
 * passes, when the counts prove a difference (Fisher's exact test), or when more flows cannot.
 */
export const compareHop = async (
  port: number,
  control: number,
  ttl: number,
  prober: TtlProber,
  budget: Budget,
): Promise<Compared> => {
  let comparison: HopComparison = { ttl, flows: 0, passed: 0, control: 0 };
  const hops: Hop[] = [];
  for (let pairs = 0; isOpen(comparison, budget.left) && !prober.isStopped; pairs++) {
    budget.left--;
    const [mine, theirs] = await Promise.all([prober.at(port, ttl), prober.at(control, ttl)]);
    if (isTimeExceeded(mine)) return { kind: 'passes', hop: hopOf(ttl, mine) };
    // A reply of another kind, or a local fault, is not what this is about.
    if (mine.kind !== 'silent') return { kind: 'unknown' };
    const isAnswered = isTimeExceeded(theirs);
    if (isAnswered) hops.push(hopOf(ttl, theirs));
    const isRationed = !isAnswered || pairs >= HOP_PAIRS.atOnce;
    if (isRationed) await prober.pause(Math.max(0, ICMP_PAUSE_MS - mine.waitedMs));
    if (!isAnswered && comparison.control === 0) {
      // Silence to both for want of ICMP errors says nothing about either.
      if (pairs < HOP_PAIRS.mute) continue;
      return { kind: 'unknown' };
    }
    comparison = {
      ...comparison,
      flows: comparison.flows + 1,
      control: comparison.control + (isAnswered ? 1 : 0),
    };
  }
  return { kind: 'counted', comparison, hops };
};

/** The last TTL that a hop answered at; 0 when none did. */
export const passedBy = (hops: readonly Hop[]): number =>
  Math.max(0, ...hops.filter(({ address }) => address !== null).map(({ ttl }) => ttl));

/**
 * Makes sure of the place where a silent trace ended: routers limit and lose ICMP errors, so a hop that kept silent may have
 * been passed. `known` are the hops that answered to the control. Goes on hop by hop until the port is not answered where the
 * control is, the path is at its end, or `pairs` of probes are used up. `onHops` gets the other replies of the hops, for equal-cost paths.
 */
export const confirmTrace = async (
  trace: Trace,
  control: number,
  known: readonly Hop[],
  prober: TtlProber,
  pairs: number,
  onHops: (hops: readonly Hop[]) => void = () => {},
): Promise<Trace> => {
  const hops = [...trace.hops];
  const budget = { left: pairs };
  for (;;) {
    const passed = passedBy(hops);
    const next = known.find(({ ttl, address }) => ttl > passed && address !== null);
    if (!next) return { ...trace, hops };
    const compared = await compareHop(trace.port, control, next.ttl, prober, budget);
    if (compared.kind === 'unknown') return { ...trace, hops };
    if (compared.kind === 'counted') {
      onHops(compared.hops);
      return { ...trace, hops, comparison: compared.comparison };
    }
    onHops([compared.hop]);
    while (hops.length < next.ttl) hops.push({ ttl: hops.length + 1, address: null, rttMs: null });
    hops[next.ttl - 1] = compared.hop;
  }
};
