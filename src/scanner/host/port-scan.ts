import type { ScanEvent } from '../../model/event.ts';
import type { PortObservation } from '../../model/evidence.ts';
import { livenessOf } from '../../model/liveness.ts';
import type { Plan } from '../../model/plan.ts';
import type { Dial, PlannedPort, Probe } from '../../model/probe.ts';
import type { Endpoint } from '../../model/target.ts';
import type { Flow, Talk } from '../../model/wire.ts';
import { TALKS } from '../retry/policy.ts';
import type { HostProber, PortResult, RetryPlan } from './host-prober.ts';

type Seen = Awaited<ReturnType<Probe['observe']>>;

/** What the scan of a host's ports works with. */
export interface PortScanDeps {
  readonly host: number;
  readonly prober: HostProber;
  readonly plan: Plan;
  readonly probes: readonly Probe[];
  /** Called for each port that is probed and answered; absent where single ports are not followed. */
  readonly follow: ((event: ScanEvent) => void) | null;
}

/** The flow over which a port is probed, and how long it was silent there, attempt by attempt. */
interface OnFlow {
  readonly flow: Flow;
  readonly silences: number[];
}

/** Whether a probe saw more than the reply. */
const saysMore = ({ flows, service, detail, finding }: Seen): boolean =>
  (flows ?? service ?? detail ?? finding) !== undefined;

/** The ports of one host that were probed, and the last state of each. */
export class PortScan {
  readonly #deps: PortScanDeps;
  readonly #probed = new Set<number>();
  readonly #observations = new Map<number, PortObservation>();
  readonly #flows = new Map<number, OnFlow>();
  /** Ports whose flow was changed while they were silent. */
  readonly #changed = new Set<number>();
  #sorted: readonly PortObservation[] | null = null;
  #noteAlive: () => void = () => {};
  /** Resolves when the host is known to be up. */
  readonly alive: Promise<void> = new Promise((resolve) => {
    this.#noteAlive = resolve;
  });
  #answered = false;
  #alive = false;
  /** How often something was learnt that can make more ports wanted or due, and how often when that was last looked at. */
  #news = 0;
  #newsKnown = 0;

  constructor(deps: PortScanDeps) {
    this.#deps = deps;
  }

  /** Whether more probes are worth sending. */
  get isAlive(): boolean {
    return this.#alive;
  }

  /** What is known at present, by port. */
  get observations(): readonly PortObservation[] {
    this.#sorted ??= [...this.#observations.values()].sort((a, b) => a.port - b.port);
    return this.#sorted;
  }

  /** The flow over which a port is probed: repetitions take the path of the first probe, as those of any TCP do. */
  flowOf(port: number): Flow {
    return this.#onFlow(port).flow;
  }

  #onFlow(port: number): OnFlow {
    const known = this.#flows.get(port);
    if (known) return known;
    const made = { flow: { sourcePort: null }, silences: [] };
    this.#flows.set(port, made);
    return made;
  }

  /** From here on a port is probed over this flow. */
  setFlow(port: number, flow: Flow): void {
    this.#flows.set(port, { flow, silences: [] });
  }

  /** From here on a silent port is probed over a new flow. `isNoted`: whether an answer there may be one of equal-cost paths. */
  changeFlow(port: number, isNoted = true): void {
    this.#flows.set(port, { ...this.#onFlow(port), flow: { sourcePort: null } });
    if (isNoted) this.#changed.add(port);
  }

  /** Whether a port answered over another flow than the one on which it was silent: loss or equal-cost paths. */
  get hasAnsweredOnOtherFlow(): boolean {
    return [...this.#changed].some((port) => this.#observations.get(port)?.reply.kind !== 'silent');
  }

  /**
   * Probes every port that is wanted, and those that become so because of an answer, until none is due any more.
   * `isDue` is evaluated anew with every answer. What was cut off by the signal is not recorded.
   */
  async probeAll(
    retryFor: (planned: PlannedPort) => RetryPlan | Promise<RetryPlan>,
    isDue: (planned: PlannedPort) => boolean = () => true,
  ): Promise<void> {
    const { host, plan, probes, prober, follow } = this.#deps;
    this.#newsKnown = this.#news;
    const knowledge = { observations: [...this.#observations.values()] };
    const wanted: { readonly probe: Probe; readonly planned: PlannedPort }[] = [];
    for (const probe of probes) {
      for (const planned of probe.ports(plan, knowledge)) {
        if (this.#probed.has(planned.port) || !isDue(planned)) continue;
        this.#probed.add(planned.port);
        wanted.push({ probe, planned });
      }
    }
    if (wanted.length === 0 || prober.signal.aborted) return;
    follow?.({
      type: 'asking',
      host,
      ports: wanted.map(({ probe, planned }) => ({ port: planned.port, requirement: probe.name })),
    });
    await new Promise<void>((resolve, reject) => {
      let open = wanted.length;
      const done = (): void => {
        if (--open === 0) resolve();
      };
      const onSeen = (probe: Probe, planned: PlannedPort, seen: Seen): void => {
        this.#record(probe, planned, seen);
        if (this.#news === this.#newsKnown) done();
        else this.probeAll(retryFor, isDue).then(done, reject);
      };
      for (const { probe, planned } of wanted) {
        const retry = retryFor(planned);
        if (!(retry instanceof Promise) && this.#isQuick(planned, retry)) {
          this.#probeOnce(probe, planned, retry, (seen) => onSeen(probe, planned, seen), reject);
          continue;
        }
        Promise.resolve(retry)
          .then((known) => this.#see(probe, planned, known))
          .then((seen) => onSeen(probe, planned, seen))
          .catch(reject);
      }
    });
  }

  /** Whether one packet without a conversation is all that is sent, unless the port accepts. */
  #isQuick({ why }: PlannedPort, { attempts }: RetryPlan): boolean {
    const { talksApart } = this.#deps.prober.run.wire.capabilities;
    return attempts === 1 && (talksApart || why === 'sampled');
  }

  /** What most of an audit is: one packet, and no promise for it. A port that accepts is spoken to over a connection of its own. */
  #probeOnce(
    probe: Probe,
    planned: PlannedPort,
    retry: RetryPlan,
    onSeen: (seen: Seen) => void,
    reject: (bug: unknown) => void,
  ): void {
    const { prober } = this.#deps;
    const { port } = planned;
    const { flow, silences } = this.#onFlow(port);
    const options = { timeoutMs: retry.waitMs(0), attempt: retry.earlier ?? 0, flow };
    prober.send(port, options, (reply) => {
      try {
        if (reply.kind === 'silent') silences.push(reply.waitedMs);
        const first = { reply, attempts: 1, lost: prober.lostOf(reply, silences) };
        if (reply.kind !== 'accepted') onSeen(first);
        else this.#speak(probe, planned, first, retry).then(onSeen).catch(reject);
      } catch (bug) {
        reject(bug);
      }
    });
  }

  /**
   * Probes a silent port once more and keeps the new state with the attempts of both. False when nothing was learnt: it was
   * stopped, or this machine could not send.
   */
  async probeAgain(port: number, waitMs: number): Promise<boolean> {
    const before = this.#observations.get(port);
    const probe = this.#deps.probes.find(({ name }) => name === before?.requirement);
    if (!before || !probe) return false;
    const retry = { attempts: 1, waitMs: () => waitMs, earlier: before.attempts };
    return this.#record(probe, before, await this.#see(probe, before, retry), before);
  }

  /** Replaces the state of a port by one with more detail about the same reply. */
  amend(observation: PortObservation): void {
    const { host, follow } = this.#deps;
    this.#take(observation);
    follow?.({ type: 'answered', host, observation });
  }

  /** Records what was seen of a port, with the attempts `before`; false when it is no evidence about the port. */
  #record(probe: Probe, { port, why }: PlannedPort, seen: Seen, before?: PortObservation): boolean {
    if (seen.reply.kind === 'unknown' && (before || seen.reply.fault.kind === 'aborted')) return false;
    const attempts = seen.attempts + (before?.attempts ?? 0);
    const earlierMs = before?.reply.kind === 'silent' ? before.reply.waitedMs : 0;
    const reply =
      seen.reply.kind === 'silent'
        ? { ...seen.reply, waitedMs: earlierMs + seen.reply.waitedMs, attempts }
        : seen.reply;
    const word = { port, requirement: probe.name, why, reply, attempts, lost: seen.lost ?? 0 };
    this.amend(saysMore(seen) ? { ...seen, ...word } : word);
    return true;
  }

  /**
   * What a probe sees of a port. Where a conversation needs a connection of its own, the port is probed without one, and only a
   * port that accepts is spoken to.
   */
  #see(probe: Probe, planned: PlannedPort, retry: RetryPlan): Promise<Seen> {
    const { prober } = this.#deps;
    if (prober.run.wire.capabilities.talksApart) return this.#seeApart(probe, planned, retry);
    const { port, why } = planned;
    const { flow, silences } = this.#onFlow(port);
    const dial: Dial = (_, talk) => prober.probeUntilAnswered(port, retry, talk, flow, silences);
    return probe.observe(this.#endpoint(port), dial, why);
  }

  async #seeApart(probe: Probe, planned: PlannedPort, retry: RetryPlan): Promise<Seen> {
    const { flow, silences } = this.#onFlow(planned.port);
    const first = await this.#deps.prober.probeUntilAnswered(planned.port, retry, undefined, flow, silences);
    return first.reply.kind === 'accepted' ? this.#speak(probe, planned, first, retry) : first;
  }

  /** What a probe sees of a port that accepted `first`, over connections of its own. */
  #speak(probe: Probe, { port, why }: PlannedPort, first: PortResult, retry: RetryPlan): Promise<Seen> {
    const { prober } = this.#deps;
    let isFirst = true;
    // A new connection is no retransmission, so its round trip counts.
    const anew = { ...retry, earlier: 0 };
    const dial: Dial = async (_, talk) => {
      const isAccepted = isFirst;
      isFirst = false;
      if (!talk) return isAccepted ? first : prober.probeUntilAnswered(port, anew);
      return isAccepted
        ? this.#converse(port, first, anew, talk)
        : prober.probeUntilAnswered(port, anew, talk);
    };
    return probe.observe(this.#endpoint(port), dial, why);
  }

  #endpoint(port: number): Endpoint {
    const { address, family } = this.#deps.prober;
    return { address, family, port };
  }

  /** An accept that was seen stands: where no connection comes through after it, the peer is taken to send no data. */
  async #converse(port: number, first: PortResult, retry: RetryPlan, talk: Talk): Promise<PortResult> {
    const { prober } = this.#deps;
    let { attempts } = first;
    for (let connects = 1; connects <= TALKS.connects; connects++) {
      const { reply, attempts: more } = await prober.probeUntilAnswered(port, retry, talk);
      attempts += more;
      if (reply.kind === 'silent') continue;
      return reply.kind === 'accepted' ? { ...first, attempts } : { reply, attempts, lost: first.lost };
    }
    return { ...first, attempts };
  }

  #take(observation: PortObservation): void {
    const { reply } = observation;
    this.#observations.set(observation.port, observation);
    this.#sorted = null;
    if (observation.finding !== undefined) this.#news++;
    if (!this.#answered && reply.kind !== 'silent' && reply.kind !== 'unknown') {
      this.#answered = true;
      this.#news++;
    }
    if (!this.#alive && livenessOf(reply, this.#deps.prober.isHost) !== 'none') {
      this.#alive = true;
      this.#noteAlive();
      this.#deps.prober.queue.reach('alive');
      this.#news++;
    }
  }
}
