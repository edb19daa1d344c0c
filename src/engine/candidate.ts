import type { Plan } from '../model/plan.ts';
import type { PlannedPort } from '../model/probe.ts';
import { isReachable } from '../model/reply.ts';
import type { Family, Target } from '../model/target.ts';
import type { Echo, Patience, SweepProbe, SweepReply } from '../model/wire.ts';
import type { Heard } from './heard.ts';
import { isFirstAsked, showsLife } from './life.ts';
import type { Rate } from './pace.ts';
import type { Patiences } from './patience.ts';

/** Hosts of a subnet that must have answered before its round trips say something about the others. */
const KNOWN_FROM = 3;

/** What the hosts of one subnet share: its rate, and how far it is. */
export class Area {
  readonly subnet: string;
  readonly rate: Rate;
  /** Hosts of it that are being swept. */
  hosts = 0;
  #alive = 0;
  #longestMs = 0;

  constructor(subnet: string, rate: Rate) {
    this.subnet = subnet;
    this.rate = rate;
  }

  /** The longest round trip to those who live there, milliseconds; null while too few are known. */
  get longestMs(): number | null {
    return this.#alive < KNOWN_FROM ? null : this.#longestMs;
  }

  note(rttMs: number): void {
    this.#alive++;
    this.#longestMs = Math.max(this.#longestMs, rttMs);
  }
}

/** One question of a sweep, and whom it is about. */
export interface Asked extends SweepProbe {
  readonly of: Candidate;
  readonly why: PlannedPort['why'];
  patience: Patience;
}

/** The ports that every host of a run is asked: those that show life, and the rest for those that live. */
export interface Agenda {
  readonly first: readonly PlannedPort[];
  readonly rest: readonly PlannedPort[];
  readonly patiences: Patiences;
  /** Silence is asked again. */
  readonly insists: boolean;
}

export const agendaOf = (planned: readonly PlannedPort[], plan: Plan, patiences: Patiences): Agenda => ({
  first: planned.filter((one) => isFirstAsked(one, plan)),
  rest: planned.filter((one) => !isFirstAsked(one, plan)),
  patiences,
  insists: plan.retries > 0,
});

/**
 * One host of a bulk run while it is swept. First the ports that show life are asked; where it shows, the others at once,
 * and silence again with the patience that the host's own round trips ask for. Who shows none is asked once more, with more
 * patience, before it counts as silent.
 */
export class Candidate {
  readonly index: number;
  readonly target: Target;
  readonly heard = new Map<number, Heard>();
  readonly area: Area;
  readonly rate: Rate;
  /** Questions that wait for their turn. */
  readonly pending: Asked[] = [];
  /** Questions under way whose patience is another now. */
  readonly changed: Asked[] = [];
  /** The echo, once somebody asked for it. */
  echo?: Promise<Echo>;
  readonly #underWay = new Set<Asked>();
  readonly #agenda: Agenda;
  readonly #address: string;
  readonly #family: Family;
  #isAlive = false;
  #wasPatient = false;
  #longestMs = 0;

  constructor(
    index: number,
    target: Target & { readonly kind: 'address' },
    agenda: Agenda,
    area: Area,
    rate: Rate,
  ) {
    this.index = index;
    this.target = target;
    this.area = area;
    this.rate = rate;
    this.#agenda = agenda;
    this.#address = target.address;
    this.#family = target.family;
    for (const planned of agenda.first) this.#want(planned, agenda.patiences.first(null));
  }

  /** Whether nothing more is to be asked. */
  get isDone(): boolean {
    return this.pending.length === 0 && this.#underWay.size === 0;
  }

  /** Whether nothing is known of it yet. */
  get isFresh(): boolean {
    return !this.#isAlive && !this.#wasPatient;
  }

  /** Whether nothing answered in the time that most networks need. */
  get isQuiet(): boolean {
    return this.#wasPatient && !this.#isAlive;
  }

  /** The longest round trip of its neighbours where nothing of it answered, milliseconds. */
  get neighboursMs(): number | null {
    return this.#isAlive ? null : this.area.longestMs;
  }

  /** How long the last questions to a quiet host wait, milliseconds. */
  get lastWaitMs(): number {
    return this.#agenda.patiences.lastOfQuiet(this.area.longestMs).timeoutMs;
  }

  /** The next question, which is under way from now on. */
  ask(): Asked | undefined {
    const next = this.pending.shift();
    if (!next) return undefined;
    if (this.isFresh) next.patience = this.#agenda.patiences.first(this.area.longestMs);
    this.#underWay.add(next);
    return next;
  }

  isUnderWay(asked: Asked): boolean {
    return this.#underWay.has(asked);
  }

  /** Takes what became of a question; it may make more pending. */
  take({ endpoint, reply, attempts }: SweepReply<Asked>): void {
    this.#underWay.delete(endpoint);
    const { port } = endpoint;
    // Our own trouble is asked again in the usual way, which waits for it to pass.
    if (reply.kind !== 'unknown') {
      const before = this.heard.get(port);
      const all = (before?.attempts ?? 0) + attempts;
      if (reply.kind === 'silent') {
        const waitedMs = (before?.reply.kind === 'silent' ? before.reply.waitedMs : 0) + reply.waitedMs;
        this.heard.set(port, { reply: { kind: 'silent', waitedMs, attempts: all }, attempts: all });
        if (this.#isAlive) this.#insist(endpoint);
      } else {
        this.heard.set(port, { reply, attempts: all });
        if (isReachable(reply)) this.#longestMs = Math.max(this.#longestMs, reply.rttMs);
        if (!this.#isAlive && showsLife([{ reply }])) this.#rise();
      }
    }
    if (this.isDone && !this.#isAlive) this.#askPatiently();
  }

  #want({ port, why }: PlannedPort, patience: Patience): void {
    const [address, family] = [this.#address, this.#family];
    this.pending.push({ address, family, port, why, of: this, patience });
  }

  /** It lives: everything is asked, and silence until now counts from the round trips that are known now. */
  #rise(): void {
    this.#isAlive = true;
    this.area.note(this.#longestMs);
    for (const asked of [...this.#underWay, ...this.pending]) asked.patience = this.#patienceFor(asked);
    this.changed.push(...this.#underWay);
    const { first, rest, insists } = this.#agenda;
    for (const planned of first) {
      const isSilent = this.heard.get(planned.port)?.reply.kind === 'silent';
      if (isSilent && insists) this.#want(planned, this.#patienceFor(planned));
    }
    for (const planned of rest) this.#want(planned, this.#patienceFor(planned));
  }

  #patienceFor({ why }: Pick<PlannedPort, 'why'>): Patience {
    const { patiences } = this.#agenda;
    return why === 'required' ? patiences.required(this.#longestMs) : patiences.sampled(this.#longestMs);
  }

  /** Asks a silent port of a living host again where its silence came before anybody knew that the host lives. */
  #insist(asked: Asked): void {
    const usual = this.#patienceFor(asked);
    const isEnough = (this.heard.get(asked.port)?.attempts ?? 0) > usual.retries;
    if (this.#agenda.insists && !isEnough) this.#want(asked, usual);
  }

  /** Nothing answered in the time that most networks need. */
  #askPatiently(): void {
    if (this.#wasPatient || !this.#agenda.insists) return;
    this.#wasPatient = true;
    const { first, patiences } = this.#agenda;
    for (const planned of first) {
      if (planned.why === 'required') this.#want(planned, patiences.lastOfQuiet(this.area.longestMs));
    }
  }
}
