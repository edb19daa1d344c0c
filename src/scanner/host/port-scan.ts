import type { ScanEvent } from '../../model/event.ts';
import type { PortObservation } from '../../model/evidence.ts';
import type { Plan } from '../../model/plan.ts';
import type { PlannedPort, Probe } from '../../model/probe.ts';
import type { Flow, Talk } from '../../model/wire.ts';
import type { Asking, HostProber, PortResult } from './host-prober.ts';
import { showsLife } from './liveness.ts';

/** How often a connection for a conversation is tried on a port that was seen to accept. */
const MOST_CONNECTS = 2;

type Seen = Awaited<ReturnType<Probe['observe']>>;

export interface PortScanDeps {
  readonly host: number;
  readonly prober: HostProber;
  readonly plan: Plan;
  readonly probes: readonly Probe[];
  readonly emit: (event: ScanEvent) => void;
}

/** The ports of one host that were asked, and the last word on each. */
export class PortScan {
  readonly #deps: PortScanDeps;
  readonly #asked = new Set<number>();
  readonly #observations = new Map<number, PortObservation>();
  readonly #flows = new Map<number, Flow>();
  /** How long each port was silent, attempt by attempt, on its present flow. */
  readonly #silences = new Map<number, number[]>();
  #sorted: readonly PortObservation[] | null = null;
  #answered = false;
  #alive = false;

  constructor(deps: PortScanDeps) {
    this.#deps = deps;
  }

  /** Whether somebody is there to ask more of. */
  get isAlive(): boolean {
    return this.#alive;
  }

  /** What is known at present, by port. */
  get observations(): readonly PortObservation[] {
    this.#sorted ??= [...this.#observations.values()].sort((a, b) => a.port - b.port);
    return this.#sorted;
  }

  /** The flow over which a port is asked: repetitions take the path of the first probe, as those of any TCP do. */
  flowOf(port: number): Flow {
    const flow = this.#flows.get(port) ?? { sourcePort: null };
    this.#flows.set(port, flow);
    return flow;
  }

  /** From here on a port is asked over this flow. */
  setFlow(port: number, flow: Flow): void {
    this.#flows.set(port, flow);
    this.#silences.delete(port);
  }

  /**
   * Asks every port that the probes want, and what they come to want because of an answer, until there is no more that is due.
   * `isDue` is asked anew with every answer. What was cut off by the signal is not recorded.
   */
  async askAll(
    askingFor: (planned: PlannedPort) => Asking | Promise<Asking>,
    isDue: (planned: PlannedPort) => boolean = () => true,
  ): Promise<void> {
    const { host, plan, probes, prober, emit } = this.#deps;
    const knowledge = { observations: [...this.#observations.values()] };
    const wanted = probes.flatMap((probe) =>
      probe
        .ports(plan, knowledge)
        .filter((one) => isDue(one) && !this.#asked.has(one.port) && this.#asked.add(one.port))
        .map((planned) => ({ probe, planned })),
    );
    if (wanted.length === 0 || prober.signal.aborted) return;
    const ports = wanted.map(({ probe, planned }) => ({ port: planned.port, requirement: probe.name }));
    emit({ type: 'asking', host, ports });
    await Promise.all(
      wanted.map(async ({ probe, planned }) => {
        const isFirstAnswer = !this.#answered;
        const asking = askingFor(planned);
        const known = await this.#observe(probe, planned, asking instanceof Promise ? await asking : asking);
        if (!known) return;
        // Only the first sign of life and what a conversation told can make more ports wanted or due.
        const told = this.#observations.get(planned.port)?.finding !== undefined;
        if (told || (isFirstAnswer && this.#answered)) await this.askAll(askingFor, isDue);
      }),
    );
  }

  /**
   * Asks a silent port once more and lets the new word stand with the attempts of both. False when nothing was learnt: it was
   * stopped, or this machine could not send.
   */
  async askAgain(port: number, waitMs: number): Promise<boolean> {
    const before = this.#observations.get(port);
    const probe = this.#deps.probes.find(({ name }) => name === before?.requirement);
    if (!before || !probe) return false;
    return this.#observe(
      probe,
      before,
      { attempts: 1, waitMs: () => waitMs, earlier: before.attempts },
      before,
    );
  }

  /** Replaces the word on a port by one that says more about the same reply. */
  amend(observation: PortObservation): void {
    const { host, emit } = this.#deps;
    this.#take(observation);
    emit({ type: 'answered', host, observation });
  }

  async #observe(
    probe: Probe,
    { port, why }: PlannedPort,
    asking: Asking,
    before?: PortObservation,
  ): Promise<boolean> {
    const { host, emit } = this.#deps;
    const seen = await this.#see(probe, port, asking);
    if (seen.reply.kind === 'unknown' && (before || seen.reply.fault.kind === 'aborted')) return false;
    const attempts = seen.attempts + (before?.attempts ?? 0);
    const earlierMs = before?.reply.kind === 'silent' ? before.reply.waitedMs : 0;
    const reply =
      seen.reply.kind === 'silent'
        ? { ...seen.reply, waitedMs: earlierMs + seen.reply.waitedMs, attempts }
        : seen.reply;
    const observation: PortObservation = {
      ...seen,
      port,
      why,
      requirement: probe.name,
      reply,
      attempts,
      lost: seen.lost ?? 0,
    };
    this.#take(observation);
    emit({ type: 'answered', host, observation });
    return true;
  }

  /**
   * What a probe sees of a port. Where a conversation needs a connection of its own, the port is asked without one, and only a
   * port that accepts is spoken to.
   */
  async #see(probe: Probe, port: number, usual: Asking): Promise<Seen> {
    const { prober } = this.#deps;
    const silences = this.#silences.get(port) ?? [];
    this.#silences.set(port, silences);
    const asking = { ...usual, silences };
    const flow = this.flowOf(port);
    const endpoint = { address: prober.address, family: prober.family, port };
    if (!prober.run.wire.capabilities.talksApart)
      return probe.observe(endpoint, (_, talk) => prober.ask(port, asking, talk, flow));
    const first = await prober.ask(port, asking, undefined, flow);
    if (first.reply.kind !== 'accepted') return first;
    let isFirst = true;
    return probe.observe(endpoint, async (_, talk) => {
      const isAccepted = isFirst;
      isFirst = false;
      if (!talk) return isAccepted ? first : prober.ask(port, usual);
      return isAccepted ? this.#converse(port, first, usual, talk) : prober.ask(port, usual, talk);
    });
  }

  /** An accept that was seen stands: where no connection comes through after it, the peer is one that says nothing. */
  async #converse(port: number, first: PortResult, asking: Asking, talk: Talk): Promise<PortResult> {
    const { prober } = this.#deps;
    let { attempts } = first;
    for (let connects = 1; connects <= MOST_CONNECTS; connects++) {
      const { reply, attempts: more } = await prober.ask(port, asking, talk);
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
    if (reply.kind !== 'silent' && reply.kind !== 'unknown') this.#answered = true;
    if (!this.#alive && showsLife([observation])) {
      this.#alive = true;
      this.#deps.prober.queue.isAlive = true;
    }
  }
}
