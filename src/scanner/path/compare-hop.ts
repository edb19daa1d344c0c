import type { Hop, HopComparison, Trace } from '../../model/evidence.ts';
import { chanceOfAlike, WRONG_PROOF } from '../../model/inference.ts';
import { COMPARED_FLOWS, ICMP_PAUSE_MS } from '../retry/policy.ts';
import { hopOf, isTimeExceeded, type TtlProber } from './traceroute.ts';

/**
 * Pauses for a hop that answered to neither port, so that it may send ICMP errors again; after them silence just counts. With fewer,
 * nothing is ever proven behind a router that sends one a second, as Linux does.
 */
const MOST_PAUSES = 10;

/** What asking one hop by two ports showed: the port passes, or how often each was answered. */
type Compared =
  | { readonly kind: 'passes'; readonly hop: Hop }
  | { readonly kind: 'counted'; readonly comparison: HopComparison; readonly hops: readonly Hop[] }
  | { readonly kind: 'unknown' };

/** Whether more flows could still prove that the port is treated otherwise. */
const isOpen = ({ flows, control }: HopComparison): boolean =>
  flows < COMPARED_FLOWS.first ||
  (flows < COMPARED_FLOWS.most &&
    control > 0 &&
    chanceOfAlike({ flows, passed: 0, control }) > WRONG_PROOF &&
    // The most that the flows left could show.
    chanceOfAlike({
      flows: COMPARED_FLOWS.most,
      passed: 0,
      control: control + COMPARED_FLOWS.most - flows,
    }) <= WRONG_PROOF);

/**
 * Asks the hop at a TTL by a port whose trace fell silent before it and by one that reaches the target, over a new flow each
 * time: behind equal-cost routers, some of them mute, a port and its control take different paths. The port goes first: if the
 * hop has one ICMP error left to send, it goes to the port, unless the port is dropped before. Ends when the port passes, when
 * the counts prove a difference (Fisher's exact test), or when more flows cannot.
 */
export const compareHop = async (
  port: number,
  control: number,
  ttl: number,
  prober: TtlProber,
): Promise<Compared> => {
  let comparison: HopComparison = { ttl, flows: 0, passed: 0, control: 0 };
  const hops: Hop[] = [];
  let pauses = 0;
  while (isOpen(comparison) && !prober.isStopped) {
    const mine = await prober.at(port, ttl);
    if (isTimeExceeded(mine)) return { kind: 'passes', hop: hopOf(ttl, mine) };
    // An answer of another kind, or trouble of ours, is not what this is about.
    if (mine.kind !== 'silent') return { kind: 'unknown' };
    const theirs = await prober.at(control, ttl);
    const isAnswered = isTimeExceeded(theirs);
    if (isAnswered) hops.push(hopOf(ttl, theirs));
    else if (pauses < MOST_PAUSES) {
      pauses++;
      await prober.pause(ICMP_PAUSE_MS);
      // Silence to both for want of ICMP errors says nothing about either.
      if (comparison.control === 0) continue;
    } else if (comparison.control === 0) return { kind: 'unknown' };
    comparison = {
      ...comparison,
      flows: comparison.flows + 1,
      control: comparison.control + (isAnswered ? 1 : 0),
    };
  }
  return { kind: 'counted', comparison, hops };
};

const passedBy = (hops: readonly Hop[]): number =>
  Math.max(0, ...hops.filter(({ address }) => address !== null).map(({ ttl }) => ttl));

/**
 * Makes sure of the place where a silent trace ended: routers limit and lose ICMP errors, so a hop that kept silent may have
 * been passed. `known` are the hops that answered to the control. Goes on hop by hop until the port is not answered where the
 * control is, or the path is at its end. `onHops` gets what the hops said besides, for equal-cost paths.
 */
export const confirmTrace = async (
  trace: Trace,
  control: number,
  known: readonly Hop[],
  prober: TtlProber,
  onHops: (hops: readonly Hop[]) => void = () => {},
): Promise<Trace> => {
  const hops = [...trace.hops];
  for (;;) {
    const passed = passedBy(hops);
    const next = known.find(({ ttl, address }) => ttl > passed && address !== null);
    if (!next) return { ...trace, hops };
    const compared = await compareHop(trace.port, control, next.ttl, prober);
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
