import type { ScanEvent } from '../model/event.ts';
import type { PortObservation } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import type { Dial, PlannedPort, Probe } from '../model/probe.ts';
import type { Family } from '../model/target.ts';
import { showsLife } from './life.ts';

export interface QuestionDeps {
  readonly host: number;
  readonly address: string;
  readonly family: Family;
  readonly plan: Plan;
  readonly probes: readonly Probe[];
  readonly signal: AbortSignal;
  readonly emit: (event: ScanEvent) => void;
}

/** The ports of one host that were asked, and the last word on each. */
export class Questions {
  readonly #deps: QuestionDeps;
  readonly #asked = new Set<number>();
  readonly #observations = new Map<number, PortObservation>();
  #answered = false;
  #alive = false;

  constructor(deps: QuestionDeps) {
    this.#deps = deps;
  }

  /** Whether somebody is there to ask more of. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Takes what is known of ports already, as if they had been asked. */
  know(observations: readonly PortObservation[]): void {
    for (const observation of observations) {
      this.#asked.add(observation.port);
      this.#take(observation);
    }
  }

  /** What is known by now, by port. */
  get observations(): readonly PortObservation[] {
    return [...this.#observations.values()].toSorted((a, b) => a.port - b.port);
  }

  /**
   * Asks every port that the probes want, and what they come to want because of an answer, until there is no more that is
   * due. `isDue` is asked anew with every answer.
   * What was cut off by the signal is not recorded.
   */
  async askAll(
    dialFor: (planned: PlannedPort) => Dial,
    isDue: (planned: PlannedPort) => boolean = () => true,
  ): Promise<void> {
    const { host, plan, probes, signal, emit } = this.#deps;
    const knowledge = { observations: this.observations };
    const wanted = probes.flatMap((probe) =>
      probe
        .ports(plan, knowledge)
        .filter(
          (planned) => isDue(planned) && !this.#asked.has(planned.port) && this.#asked.add(planned.port),
        )
        .map((planned) => ({ probe, planned })),
    );
    if (wanted.length === 0 || signal.aborted) return;
    const ports = wanted.map(({ probe, planned }) => ({ port: planned.port, requirement: probe.name }));
    emit({ type: 'asking', host, ports });
    await Promise.all(
      wanted.map(async ({ probe, planned }) => {
        const isFirstAnswer = !this.#answered;
        const known = await this.#observe(probe, planned, dialFor(planned));
        if (!known) return;
        // Only the first sign of life and what a conversation told can make more ports wanted or due.
        const told = this.#observations.get(planned.port)?.finding !== undefined;
        if (told || (isFirstAnswer && this.#answered)) await this.askAll(dialFor, isDue);
      }),
    );
  }

  /** Asks a port again and lets the new word stand with the attempts of both. False when nothing was learnt. */
  async askAgain(before: PortObservation, dial: Dial): Promise<boolean> {
    const probe = this.#deps.probes.find(({ name }) => name === before.requirement);
    return probe !== undefined && this.#observe(probe, before, dial, before);
  }

  async #observe(
    probe: Probe,
    { port, why }: PlannedPort,
    dial: Dial,
    before?: PortObservation,
  ): Promise<boolean> {
    const { host, address, family, emit } = this.#deps;
    const seen = await probe.observe({ address, family, port }, dial);
    if (seen.reply.kind === 'unknown' && (before || seen.reply.fault.kind === 'aborted')) return false;
    const attempts = seen.attempts + (before?.attempts ?? 0);
    const waitedMs = before?.reply.kind === 'silent' ? before.reply.waitedMs : 0;
    const reply =
      seen.reply.kind === 'silent'
        ? { ...seen.reply, waitedMs: waitedMs + seen.reply.waitedMs, attempts }
        : seen.reply;
    const observation = { ...seen, port, why, requirement: probe.name, reply, attempts };
    this.#take(observation);
    emit({ type: 'answered', host, observation });
    return true;
  }

  #take(observation: PortObservation): void {
    const { port, reply } = observation;
    this.#observations.set(port, observation);
    if (reply.kind !== 'silent' && reply.kind !== 'unknown') this.#answered = true;
    this.#alive ||= showsLife([observation]);
  }
}
