import type { Control } from '../../model/evidence.ts';
import type { Reply } from '../../model/reply.ts';
import type { Flow } from '../../model/wire.ts';
import { pause } from '../pause.ts';
import { CONTROL_PAUSES_MS, GROUP_CONTROLS, LOSS_ASSUMED, NEIGHBOURS_KNOWN_FROM } from '../retry/policy.ts';
import { SharedRuns } from '../shared-runs.ts';
import type { HostProber } from './host-prober.ts';
import { isLimit } from './loss.ts';

/** A port that answered, and how. */
interface ControlPort {
  readonly port: number;
  readonly kind: Reply['kind'];
}

/** The host that answered last, and ports of it that did: a control for the others. */
interface ControlHost {
  readonly prober: HostProber;
  readonly ports: readonly ControlPort[];
}

/** What hosts that answered show about others: how long answers take, and whether they still come. */
export class HostGroup {
  readonly #measured = new WeakSet<HostProber>();
  #measuredHosts = 0;
  #longestMs = 0;
  #controlHost: ControlHost | null = null;
  #checking: Promise<boolean> | null = null;
  /** Probes to the control host lately, and those that were answered. */
  readonly #controls = { asked: 0, answered: 0 };
  /** Flows of the controls, one for each of a round: of its own, since the control host itself may be using those on which it answered. */
  #flows: Flow[] = [];
  /** The control host was found silent, and its subnet was slowed down for it. */
  #isSilent = false;
  /** Packets to the hosts of this group. */
  sent = 0;
  /** Ports that answered when they were probed again, and those that answered the first probe. */
  readonly #answers = { late: 0, first: 0 };
  readonly #pathLoss: () => number;

  readonly #looks = new SharedRuns(async () => {
    const host = this.#controlHost;
    if (!host || this.#isSilent) return;
    await pause(GROUP_CONTROLS.behindMs, host.prober.signal);
    if (host.prober.signal.aborted) return;
    const answered = await Promise.all(
      Array.from({ length: GROUP_CONTROLS.each }, (_, at) => this.#control(host, at)),
    );
    // Where none is answered the host may have gone away, which is found out when its word is needed.
    const lost = this.#controls.asked - this.#controls.answered;
    const pathLoss = Math.max(LOSS_ASSUMED, this.#pathLoss());
    if (
      answered.includes(true) &&
      isLimit({ lost, asked: this.#controls.asked }, pathLoss, GROUP_CONTROLS.chance)
    )
      host.prober.queue.slowDown();
  });

  /** `pathLoss`: the share of probes that is lost on the way, 0..1, as far as it is known. */
  constructor(pathLoss: () => number) {
    this.#pathLoss = pathLoss;
  }

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
    return this.#measuredHosts < NEIGHBOURS_KNOWN_FROM ? null : this.#longestMs;
  }

  /** Whether there is a host that answered and, as far as is known, still does. */
  get hasControl(): boolean {
    return this.#controlHost !== null && !this.#isSilent;
  }

  /** Probes to the control host lately, and those that were answered. */
  get controls(): { readonly asked: number; readonly answered: number } {
    return this.#controls;
  }

  /**
   * From here on these ports of this host are the control, those that accept first. Its round trips are taken from its first answer on: until some are known,
   * silent neighbours are waited for as long as `--timeout` says.
   */
  setControl(prober: HostProber, answered: readonly ControlPort[]): void {
    this.#takeRoundTrips(prober);
    this.#controlHost = { prober, ports: answered.slice(0, GROUP_CONTROLS.each) };
    this.#flows = [];
    this.#isSilent = false;
  }

  /** A bound may be many times the round trip, and every silent neighbour would be waited for so long. */
  #takeRoundTrips(prober: HostProber): void {
    const { isBound, longestMs } = prober.rtt;
    if (isBound || longestMs === 0) return;
    if (!this.#measured.has(prober)) this.#measuredHosts++;
    this.#measured.add(prober);
    this.#longestMs = Math.max(this.#longestMs, longestMs);
  }

  /**
   * Probes a host that answered before, beside a look at one that does not: what takes the probes to the one takes those to the other.
   * Looks at the same time share these probes, which leave behind those of the looks. Nothing where no host answered yet.
   */
  controlLook(): Promise<void> {
    return this.#looks.join();
  }

  /**
   * Whether a host that answered before still answers, after `since` on the clock of `performance`; null when none ever did.
   * Hosts that want to know it at the same time share the probes.
   */
  async check(since: number): Promise<Control | null> {
    const host = this.#controlHost;
    if (!host) return null;
    let isAnswering = host.prober.answeredAt > since;
    if (!isAnswering) {
      this.#checking ??= this.#probeControl(host).finally(() => {
        this.#checking = null;
      });
      isAnswering = await this.#checking;
    }
    const { asked, answered } = this.#controls;
    const counts = asked === 0 ? { asked: 1, answered: isAnswering ? 1 : 0 } : { asked, answered };
    return { of: 'neighbour', ...counts, stoppedAfter: isAnswering ? null : this.sent };
  }

  async #probeControl(host: ControlHost): Promise<boolean> {
    const { prober } = host;
    // One that is known to be silent is probed once more each time, in case it comes back.
    for (const ms of this.#isSilent ? [0] : [0, 0, ...CONTROL_PAUSES_MS]) {
      await pause(ms, prober.signal);
      if (prober.signal.aborted) return true;
      if (!(await this.#control(host, GROUP_CONTROLS.each))) continue;
      this.#isSilent = false;
      return true;
    }
    // It may just have gone away, and every silent host of its subnet needs it.
    if (!this.#isSilent) prober.queue.slowDown();
    this.#isSilent = true;
    return false;
  }

  /** One probe to the control host; `at`: which of the flows, so that no two probes under way share one. False when it was lost. */
  async #control({ prober, ports }: ControlHost, at: number): Promise<boolean> {
    const control = ports[at % ports.length];
    if (!control) return false;
    const flow = this.#flows[at] ?? { sourcePort: null };
    this.#flows[at] = flow;
    const reply = await prober.probe(control.port, { timeoutMs: prober.rtt.waitMs(1), flow });
    // A local fault says nothing about the host.
    const isAnswered = reply.kind === control.kind || reply.kind === 'unknown';
    // One of two equal-cost paths may drop this flow, or the host holds half a connection on it.
    if (!isAnswered) this.#flows[at] = { sourcePort: null };
    this.#count(isAnswered);
    return isAnswered;
  }

  #count(isAnswered: boolean): void {
    const controls = this.#controls;
    if (controls.asked >= GROUP_CONTROLS.remembered) {
      controls.asked /= 2;
      controls.answered = Math.min(controls.asked, Math.ceil(controls.answered / 2));
    }
    controls.asked++;
    if (isAnswered) controls.answered++;
  }
}
