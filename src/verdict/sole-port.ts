import type { PortObservation } from '../model/evidence.ts';
import {
  type Facts,
  isRejectedByFilter,
  isRejectedByHost,
  rejecterWords,
  rejectionConfidence,
} from './facts.ts';
import { diesOnTheWay, lastHopOf } from './path.ts';
import { fail, type Rule, undetermined } from './ruling.ts';

/** A requirement that is a single port. */
export interface SolePort {
  readonly port: number;
  readonly prefix: 'mapper' | 'desktop';
}

/** A rule on a single port, of which nothing is seen when it was not asked. */
export type SoleRule = Rule<PortObservation | undefined>;

/** The last hop that a silent port passed, in a sentence; empty when it was not traced. */
export const lastHopWords = ({ way }: Facts, port: number): string => {
  const hop = lastHopOf(way, port)?.address;
  return hop
    ? ` The last hop that passed it is ${hop}; what drops it is that router, one behind it, or the host's own firewall.`
    : '';
};

const notAsked =
  ({ port, prefix }: SolePort): SoleRule =>
  (_, seen) => {
    if (seen && seen.reply.kind !== 'unknown') return null;
    const why = seen?.reply.kind === 'unknown' ? `: ${seen.reply.fault.text}` : '';
    return undetermined(`${prefix}-not-asked`, `TCP ${port} could not be asked from here${why}.`, [port]);
  };

const resetOnWay =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    const reply = seen?.reply;
    if (reply?.kind !== 'refused' || reply.by !== 'middlebox') return null;
    const place = reply.from ?? lastHopOf(facts.way, port)?.address;
    const text = `TCP ${port} is reset on the way${place ? ` after ${place}` : ''}: the reset comes back when the question cannot have reached the host.`;
    return fail('proven', `${prefix}-reset-on-way`, text, [port], 'network');
  };

const rejected =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    if (!seen || !isRejectedByFilter(facts, seen)) return null;
    const side = isRejectedByHost(facts, seen) ? 'host' : 'network';
    const text = `TCP ${port} is rejected by ${rejecterWords(facts, seen)}.`;
    return fail(rejectionConfidence([seen]), `${prefix}-rejected`, text, [port], side);
  };

const droppedOnWay =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    if (!seen || !diesOnTheWay(facts.way, seen)) return null;
    const place = lastHopOf(facts.way, port)?.address;
    const text = `TCP ${port} is dropped ${place ? `after ${place}` : 'before the first hop'}; other ports of this host get farther.`;
    return fail('proven', `${prefix}-dropped-on-way`, text, [port], 'network');
  };

/** What stops a port whatever it is for: our own troubles, and filters that show themselves. Disjoint by kind of reply. */
export const stoppedRules = (port: SolePort): readonly SoleRule[] =>
  [notAsked, resetOnWay, rejected, droppedOnWay].map((make) => make(port));
