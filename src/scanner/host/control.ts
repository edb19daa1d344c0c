import { type Control, isResponderProven, type PortObservation } from '../../model/evidence.ts';
import { isReachable, type Reply } from '../../model/reply.ts';
import type { Flow } from '../../model/wire.ts';
import { pause } from '../pause.ts';
import {
  CONTROL_LOSS,
  CONTROL_PAUSES_MS,
  controlsAtOnce,
  MOST_VOID_ROUNDS,
  voidRoundsInARow,
} from '../retry/policy.ts';
import type { HostProber } from './host-prober.ts';
import { explainsFailures, isLimit } from './loss.ts';

const KINDS = ['accepted', 'refused'] as const;

/**
 * Ports that answered, probed again beside those that do not: one that accepts, TCP 135 first, one that is refused, since a host
 * may limit its resets only, and another that answers, since a ban may spare one port. One of a responder in any case: it may end while
 * the host stays.
 */
const controlPorts = (observations: readonly PortObservation[]): { port: number; kind: Reply['kind'] }[] => {
  const answering = observations.filter(({ reply }) => isReachable(reply));
  const chosen = KINDS.flatMap((kind) => {
    const ofKind = answering.filter(({ reply }) => reply.kind === kind);
    return (
      ofKind.find(({ port }) => port === 135) ??
      ofKind.find(({ why }) => why !== 'sampled') ??
      ofKind[0] ??
      []
    );
  });
  const others = answering.filter((one) => !chosen.includes(one) && one.reply.kind === 'accepted');
  const keyed = isResponderProven(chosen) ? undefined : others.find((one) => isResponderProven([one]));
  const other = keyed ?? (chosen.length < 2 ? others[0] : undefined);
  return [...chosen, ...(other ? [other] : [])].map(({ port, reply }) => ({
    port,
    kind: reply.kind,
  }));
};

/** What controls need of the scan of a host. Times in milliseconds, loss as a share. */
export interface ControlDeps {
  readonly flowOf: (port: number) => Flow;
  readonly onLimit: () => void;
  readonly firstWaitMs: () => number;
  readonly pathLoss: () => number;
}

/**
 * Whether a host still answers where it answered before. Silence, a rejection or the edge of a range means something about a
 * port only while this holds: a rate limit, scan detection, or a host that goes away looks the same otherwise.
 */
export class HostControl {
  readonly #prober: HostProber;
  #ports: ReturnType<typeof controlPorts>;
  readonly #flowOf: (port: number) => Flow;
  /** Flows over which controls answered last, where those are others. */
  readonly #flows = new Map<number, Flow>();
  readonly #onLimit: () => void;
  readonly #firstWaitMs: () => number;
  readonly #pathLoss: () => number;
  #asked = 0;
  #answered = 0;
  #lost = 0;
  #failures = 0;
  #void = 0;
  #lostInARow = 0;
  #stoppedAfter: number | null = null;

  /**
   * `flowOf` gives the flow over which a port answered: over another one an equal-cost path may drop it. `onLimit` is called when
   * answers fail to come that came before, whether or not they come back. `firstWaitMs`: how long a control waits before it is
   * probed again. `pathLoss`: the share of probes that the path loses, 0..1, measured without controls.
   */
  constructor(
    prober: HostProber,
    observations: readonly PortObservation[],
    { flowOf, onLimit, firstWaitMs, pathLoss }: ControlDeps,
  ) {
    this.#prober = prober;
    this.#ports = controlPorts(observations);
    this.#flowOf = flowOf;
    this.#onLimit = onLimit;
    this.#firstWaitMs = firstWaitMs;
    this.#pathLoss = pathLoss;
  }

  /** A port that is dropped on some paths is no control. */
  leaveOut(port: number): void {
    this.#ports = this.#ports.filter((control) => control.port !== port);
  }

  /** Whether anything answered that could be probed again. */
  get isPossible(): boolean {
    return this.#ports.length > 0;
  }

  get hasStopped(): boolean {
    return this.#stoppedAfter !== null;
  }

  /** Too many controls were lost for chance: packets to this host are limited, and silence proves little. */
  get isLimited(): boolean {
    return isLimit({ lost: this.#failures, asked: this.#asked }, this.#loss);
  }

  /** The loss of the path as far as it may explain controls that fail. */
  get #loss(): number {
    return Math.min(CONTROL_LOSS.most, this.#pathLoss());
  }

  /** Probes to controls that were lost, and all of them: they measure the loss of the path, which those to silent ports cannot. */
  get losses(): { readonly lost: number; readonly asked: number } {
    return { lost: this.#lost, asked: this.#asked };
  }

  get evidence(): Control | null {
    return this.#asked === 0
      ? null
      : { of: 'own', asked: this.#asked, answered: this.#answered, stoppedAfter: this.#stoppedAfter };
  }

  /**
   * Probes the controls, right behind the probes that they are to confirm: a rate limit has forgotten those when their silence is
   * over. `held`: all answered, so what was silent beside them counts. `void`: one did not answer at once but did
   * later, so that silence does not count, and the host is probed more slowly from here on. `stopped`: answers no longer come.
   */
  async check(): Promise<'held' | 'void' | 'stopped'> {
    if (this.hasStopped) return 'stopped';
    const probed = await Promise.all(this.#ports.map((control) => this.#probeControl(control)));
    const results = probed.map(({ result }) => result);
    if (this.#prober.signal.aborted || results.every((result) => result === 'held')) {
      this.#lostInARow = 0;
      return 'held';
    }
    const failures = probed.reduce((sum, one) => sum + one.failures, 0);
    const isUnexplained =
      results.includes('stopped') ||
      (results.includes('late') && !explainsFailures(this.#loss, failures, results.length));
    // A round is void when one of its controls is lost.
    const roundLoss = 1 - (1 - this.#loss) ** results.length;
    if (!isUnexplained && ++this.#lostInARow <= voidRoundsInARow(roundLoss) && !this.isLimited) return 'void';
    this.#prober.queue.slowDown();
    this.#onLimit();
    if (results.includes('stopped') || ++this.#void > MOST_VOID_ROUNDS) {
      this.#stoppedAfter = this.#prober.sent;
      return 'stopped';
    }
    return 'void';
  }

  /** `lost`: answered when probed again, so soon that loss explains it; `late`: only after more failures than that. */
  async #probeControl({
    port,
    kind,
  }: {
    port: number;
    kind: Reply['kind'];
  }): Promise<{ readonly result: 'held' | 'lost' | 'late' | 'stopped'; readonly failures: number }> {
    const once = async (timeoutMs: number, flow: Flow): Promise<boolean> => {
      this.#asked++;
      const reply = await this.#prober.probe(port, { timeoutMs, flow });
      // A local fault says nothing about the host.
      const isAnswered = reply.kind === kind || reply.kind === 'unknown';
      if (isAnswered) this.#answered++;
      return isAnswered;
    };
    const known = this.#flows.get(port) ?? this.#flowOf(port);
    if (await once(this.#firstWaitMs(), known)) return { result: 'held', failures: 0 };
    const atOnce = controlsAtOnce(this.#pathLoss());
    let failures = 1;
    for (; failures < atOnce + CONTROL_PAUSES_MS.length; failures++) {
      await pause(CONTROL_PAUSES_MS[failures - atOnce] ?? 0, this.#prober.signal);
      if (this.#prober.signal.aborted) return { result: 'held', failures };
      // A host that holds half of a connection, since its SYN-ACK or our reset was lost, accepts no other on that flow for a while.
      // After a pause it does, where equal-cost paths may drop a new one; the first pause is too short for that.
      const isKnown = failures >= atOnce && (failures - atOnce) % 2 === (this.#loss > 0 ? 1 : 0);
      const flow = isKnown ? known : { sourcePort: null };
      const waitMs = failures < atOnce - 1 ? this.#firstWaitMs() : this.#prober.rtt.waitMs(1);
      if (await once(waitMs, flow)) {
        this.#lost++;
        this.#failures += failures;
        this.#flows.set(port, flow);
        return { result: failures < atOnce ? 'lost' : 'late', failures };
      }
    }
    return { result: 'stopped', failures };
  }
}
