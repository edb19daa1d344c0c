import type { PortObservation, RequirementName } from './evidence.ts';
import type { Plan } from './plan.ts';
import type { Reply } from './reply.ts';
import type { Endpoint } from './target.ts';
import type { Conversation, Talk, TalkLimits } from './wire.ts';

/**
 * Asks one endpoint, with the scanner's pacing, waits and repetitions of silence. May be called again on the same endpoint.
 * `lost`: attempts that outlasted the host's round trips before one was answered.
 */
export type Dial = (
  endpoint: Endpoint,
  talk?: Talk,
) => Promise<{ readonly reply: Reply; readonly attempts: number; readonly lost?: number }>;

/** What is known of a host while it is being probed. */
export interface HostKnowledge {
  readonly observations: readonly PortObservation[];
}

/** A port that a probe wants probed, and why. */
export type PlannedPort = Pick<PortObservation, 'port' | 'why'>;

/**
 * One thing Remote Assistance needs. The framework dials; a probe chooses ports, says its lines and reads the answer.
 * `observe` never throws for what a peer did.
 */
export interface Probe {
  readonly name: RequirementName;
  /**
   * Ports to ask, given what is known by now. Asked again after the first answer, the first sign of life and every conversation;
   * repeats are ignored.
   */
  ports(plan: Plan, knowledge: HostKnowledge): readonly PlannedPort[];
  /** `why`: the reason for which `ports` named this one, where the timeout depends on it. */
  observe(
    endpoint: Endpoint,
    dial: Dial,
    why?: PortObservation['why'],
  ): Promise<Omit<PortObservation, 'port' | 'requirement' | 'why'>>;
}

/** What an extra probe read from a service. Both texts are shown after cleaning, so the peer's own words may be in them. */
export interface ExtraAnswer {
  /** IANA service name, when the conversation proved it. */
  readonly service?: string;
  /** One line. */
  readonly detail?: string;
}

/**
 * A probe of a user's own, of a port that Remote Assistance does not need: no rule reads what it finds. Sent to hosts that show
 * life, after everything else, with the same rates, waits and repetitions.
 */
export interface ExtraProbe {
  /** Shown with its results: lower-case letters, digits and hyphens, 32 at most. */
  readonly name: string;
  /** TCP ports, 16 at most. */
  readonly ports: readonly number[];
  /** Bounds of the conversation that are lower than 10 s in all, 3 s to the next byte and 64 KiB. */
  readonly limits?: Partial<TalkLimits>;
  /** Speaks over an accepted connection; without it, the port is only connected to. What it throws becomes the detail. */
  converse?(io: Conversation, port: number): Promise<ExtraAnswer>;
}
