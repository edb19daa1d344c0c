import type { PortObservation, RequirementName } from '../model/evidence.ts';
import type { Dial, PlannedPort } from '../model/probe.ts';
import type { Reply } from '../model/reply.ts';
import type { Echo } from '../model/wire.ts';
import type { Rate } from './pace.ts';

/** What a sweep heard of one port. */
export interface Heard {
  readonly reply: Reply;
  readonly attempts: number;
}

/** What a sweep made known of a host before its turn. */
export interface Foreknown {
  readonly heard: ReadonlyMap<number, Heard>;
  /** The rate that its questions were booked on. */
  readonly rate?: Rate;
  /** The echo that it was asked for. */
  readonly echo?: Promise<Echo>;
  /** The longest round trip of its neighbours where nothing of it answered, milliseconds; null when they are not known. */
  readonly neighboursMs?: number | null;
}

/** The time to live of an answer, where it was seen. */
const ttlOf = (reply: Reply): { readonly ttl?: number } =>
  'ttl' in reply && reply.ttl !== undefined ? { ttl: reply.ttl } : {};

/** How often a connect is begun anew on a port that the sweep saw accept. */
const MOST_CONNECTS = 2;

/**
 * A dial that gives what a sweep heard, once for each port; what it did not hear, an accept that a conversation is to be
 * held on, and every further question is asked. An accept that was seen stands: where no connect comes through after it, the
 * peer is one that says nothing, and the port no filtered one.
 */
export const withHeard = (left: Map<number, Heard>, dial: Dial): Dial => {
  return async (endpoint, talk) => {
    const known = left.get(endpoint.port);
    left.delete(endpoint.port);
    if (!known) return dial(endpoint, talk);
    if (!talk || known.reply.kind !== 'accepted') return known;
    let attempts = known.attempts - 1;
    for (let connects = 1; ; connects++) {
      const dialled = await dial(endpoint, talk);
      const { reply } = dialled;
      attempts += dialled.attempts;
      if (reply.kind === 'accepted') return { reply: { ...reply, ...ttlOf(known.reply) }, attempts };
      if (reply.kind !== 'silent') return { reply, attempts };
      if (connects === MOST_CONNECTS) return { reply: known.reply, attempts };
    }
  };
};

/** A port that is asked before anything is known of a host, and the requirement that wants it. */
export interface Planned extends PlannedPort {
  readonly requirement: RequirementName;
}

/**
 * The last word on each port that needs none but what a sweep heard, ascending; it is taken out of `left`. An accept needs
 * a conversation.
 */
export const observationsOf = (left: Map<number, Heard>, planned: readonly Planned[]): PortObservation[] => {
  const known: PortObservation[] = [];
  for (const { port, why, requirement } of planned) {
    const heard = left.get(port);
    if (!heard || heard.reply.kind === 'accepted') continue;
    left.delete(port);
    known.push({ port, requirement, why, reply: heard.reply, attempts: heard.attempts });
  }
  return known.sort((a, b) => a.port - b.port);
};
