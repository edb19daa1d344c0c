import type { PortObservation, RequirementName } from './evidence.ts';
import type { Plan } from './plan.ts';
import type { Reply } from './reply.ts';
import type { Endpoint } from './target.ts';
import type { Talk } from './wire.ts';

/**
 * Asks one endpoint, with the scanner's pacing, waits and repetitions of silence. May be called again on the same endpoint.
 * `lost`: attempts that outlasted the host's round trips before one was answered.
 */
export type Dial = (
  endpoint: Endpoint,
  talk?: Talk,
) => Promise<{ readonly reply: Reply; readonly attempts: number; readonly lost?: number }>;

/** What is known of a host while it is being asked. */
export interface HostKnowledge {
  readonly observations: readonly PortObservation[];
}

/** A port a probe wants asked, and why. */
export type PlannedPort = Pick<PortObservation, 'port' | 'why'>;

/**
 * One thing Remote Assistance needs. The framework dials; a probe chooses ports, says its lines and reads the answer.
 * `observe` never throws for what a peer did.
 */
export interface Probe {
  readonly name: RequirementName;
  readonly title: string;
  /**
   * Ports to ask, given what is known by now. Asked again after the first answer, the first sign of life and every conversation;
   * repeats are ignored.
   */
  ports(plan: Plan, knowledge: HostKnowledge): readonly PlannedPort[];
  observe(endpoint: Endpoint, dial: Dial): Promise<Omit<PortObservation, 'port' | 'requirement' | 'why'>>;
}
