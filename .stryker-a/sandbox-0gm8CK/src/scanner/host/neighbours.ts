import type { Control } from '../../model/evidence.ts';
import { isReachable, type Reply } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import { subnetOf } from '../limits/subnet.ts';
import { pause } from '../pause.ts';
import { CONTROL_PAUSES_MS, FIRST_LOOK, LAST_LOOK, NEIGHBOURS_KNOWN_FROM } from '../retry/policy.ts';
import type { HostProber } from './host-prober.ts';

/** Subnets that are remembered; past this the oldest are forgotten. */
const MOST_SUBNETS = 4096;

/** A port that answered, of the host that answered last. */
interface Witness {
  readonly prober: HostProber;
  readonly port: number;
  readonly kind: Reply['kind'];
}

/** What hosts that answered show about others: how long answers take, and whether they still come. */
export class HostGroup {
  #alive = 0;
  #longestMs = 0;
  #witness: Witness | null = null;
  #checking: Promise<boolean> | null = null;
  #asked = 0;
  #answered = 0;
  /** The witness was found silent, and its subnet was slowed down for it. */
  #isSilent = false;
  /** Packets to the hosts of this group. */
  sent = 0;
  /** Ports that answered when they were probed again, and those that answered the first probe. */
  readonly #answers = { late: 0, first: 0 };

  /**
   * The share of probes that is lost on the way to these hosts, 0..1. What two probes did not reach may be filtered and is left out,
   * so that of `n` ports that answer `n (1 - loss)` answer the first probe, and `n (1 - loss) loss` the second.
   */
  get loss(): number {
    const { late, first } = this.#answers;
    return first === 0 ? 0 : Math.min(1, late / first);
  }

  /** Takes how many ports of one host answered when they were probed again, and how many at first. */
  noteLoss(late: number, first: number): void {
    this.#answers.late += late;
    this.#answers.first += first;
  }

  /** The longest round trip to those that answer, milliseconds; null while too few are known. */
  get longestMs(): number | null {
    return this.#alive < NEIGHBOURS_KNOWN_FROM ? null : this.#longestMs;
  }

  /** Takes a host whose port answered. */
  note(prober: HostProber, port: number, reply: Reply): void {
    if (!isReachable(reply)) return;
    this.#alive++;
    this.#longestMs = Math.max(this.#longestMs, prober.rtt.longestMs);
    this.#witness = { prober, port, kind: reply.kind };
    this.#isSilent = false;
  }

  /**
   * Whether a host that answered before still answers, after `since` on the clock of `performance`; null when none ever did.
   * Hosts that want to know it at the same time share the probes.
   */
  async check(since: number): Promise<Control | null> {
    const witness = this.#witness;
    if (!witness) return null;
    let isAnswering = witness.prober.answeredAt > since;
    if (!isAnswering) {
      this.#checking ??= this.#ask(witness).finally(() => {
        this.#checking = null;
      });
      isAnswering = await this.#checking;
    }
    const asked = Math.max(1, this.#asked);
    return {
      of: 'neighbour',
      asked,
      answered: isAnswering ? Math.max(1, this.#answered) : this.#answered,
      stoppedAfter: isAnswering ? null : this.sent,
    };
  }

  async #ask({ prober, port, kind }: Witness): Promise<boolean> {
    // One that is known to be silent is probed once more each time, in case it comes back.
    for (const ms of this.#isSilent ? [0] : [0, 0, ...CONTROL_PAUSES_MS]) {
      await pause(ms, prober.signal);
      if (prober.signal.aborted) return true;
      this.#asked++;
      const reply = await prober.probe(port, { timeoutMs: prober.rtt.waitMs(1) });
      if (reply.kind !== kind && reply.kind !== 'unknown') continue;
      this.#answered++;
      this.#isSilent = false;
      return true;
    }
    // It may just have gone away, and every silent host of its subnet needs it.
    if (!this.#isSilent) prober.queue.slowDown();
    this.#isSilent = true;
    return false;
  }
}

/** The hosts of one run by subnet, and all of them together. */
export class Neighbours {
  readonly all = new HostGroup();
  readonly #subnets = new Map<string, HostGroup>();

  of(address: string, family: Family): HostGroup {
    const subnet = subnetOf(address, family);
    const known = this.#subnets.get(subnet) ?? new HostGroup();
    this.#subnets.delete(subnet);
    this.#subnets.set(subnet, known);
    if (this.#subnets.size > MOST_SUBNETS) {
      for (const oldest of this.#subnets.keys()) {
        this.#subnets.delete(oldest);
        break;
      }
    }
    return known;
  }

  /** How long the first look at a host of a bulk run waits, milliseconds. */
  firstLookMs(group: HostGroup): number {
    const { longestMs } = group;
    return longestMs === null
      ? FIRST_LOOK.mostMs
      : Math.min(FIRST_LOOK.mostMs, FIRST_LOOK.rttFactor * longestMs + FIRST_LOOK.marginMs);
  }

  /** How long the last look at a host waits of which nothing answered; `ceilingMs` where no host answered yet. */
  lastLookMs(group: HostGroup, ceilingMs: number): number {
    const { longestMs } = group;
    return longestMs === null
      ? ceilingMs
      : Math.min(ceilingMs, Math.max(LAST_LOOK.leastMs, LAST_LOOK.rttFactor * longestMs));
  }
}
