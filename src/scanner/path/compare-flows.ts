import { fisherExact, WRONG_PROOF } from '../../model/inference.ts';
import type { Reply } from '../../model/reply.ts';
import type { HostProber } from '../host/host-prober.ts';
import { pause } from '../pause.ts';
import { COMPARED_PACKETS, FLOWS, LISTENER_PAUSE_MS } from '../retry/policy.ts';

/** A port and how it answers. */
export interface AnsweringPort {
  readonly port: number;
  readonly kind: Reply['kind'];
}

/** How many of `flows` single packets, each on a flow of its own, a port and a control answered. */
export interface FlowComparison {
  readonly flows: number;
  readonly passed: number;
  readonly control: number;
}

/** The counts are tested after each flow: at this chance each, all tests together are wrong once in 10,000 (test/simulation). */
const WRONG_AT_ONCE = 0.3 * WRONG_PROOF;
/** Chance above which a difference is not looked for any longer, after so many flows at least. */
const GIVE_UP = 0.2;

/**
 * Probes a port and one that answers with single packets over new flows, in turn, until the counts prove that the port is dropped on
 * some paths (Fisher's exact test), or more cannot. It finds paths that are chosen packet by packet, or by what a repetition
 * changes, where no flow stays silent; loss, which meets both ports, does not look like it. One at a time: a listener with a
 * short backlog drops what comes at once. `least`: flows that are probed before it gives up. Null when not proven.
 */
export const compareFlows = async (
  prober: Pick<HostProber, 'probe' | 'signal'>,
  of: AnsweringPort,
  control: AnsweringPort,
  least = 2 * FLOWS,
): Promise<FlowComparison | null> => {
  const answers = async ({ port, kind }: AnsweringPort): Promise<number> =>
    (await prober.probe(port, { flow: { sourcePort: null } })).kind === kind ? 1 : 0;
  let counts: FlowComparison = { flows: 0, passed: 0, control: 0 };
  while (counts.flows < COMPARED_PACKETS && !prober.signal.aborted) {
    const sentAt = performance.now();
    const [passed, answered] = await Promise.all([answers(of), answers(control)]);
    counts = {
      flows: counts.flows + 1,
      passed: counts.passed + passed,
      control: counts.control + answered,
    };
    const chance = fisherExact(counts);
    if (chance <= WRONG_AT_ONCE) return counts;
    if (counts.flows >= least && chance > GIVE_UP) return null;
    if (of.kind === 'accepted')
      await pause(Math.max(0, sentAt + LISTENER_PAUSE_MS - performance.now()), prober.signal);
  }
  return null;
};
