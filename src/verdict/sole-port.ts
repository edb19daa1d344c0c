import type { Control, PortObservation } from '../model/evidence.ts';
import { isForeignReset } from '../model/reply.ts';
import {
  type HostFacts,
  isRejectedByFilter,
  isRejectedByHost,
  rejecterWords,
  rejectionConfidence,
  resetConfidence,
} from './host-facts.ts';
import { deathWords, diesAtOnce, diesOnPath, lastHopOf } from './path.ts';
import type { RuleName } from './rules.ts';
import { fail, firstMatch, type Rule, type Ruling, undetermined } from './ruling.ts';
import { flowConfidence, isHalfFiltered, silenceTells, silentFlowsTell } from './silence.ts';

type PrefixOf<Name> = Name extends `${infer Prefix}-not-asked` ? Prefix : never;

/** A requirement that is a single port. */
export interface SolePort {
  readonly port: number;
  /** What the names of its rules begin with; all of `stoppedRules` have to be in rules.ts. */
  readonly prefix: PrefixOf<RuleName>;
}

/** A rule on a single port that was asked. */
export type SoleRule = Rule<PortObservation>;

/** A single port with all its rules in order. */
export interface SoleTable extends SolePort {
  readonly rules: readonly SoleRule[];
}

/** The last hop that a silent port passed, in a sentence; empty when it was not traced. */
export const lastHopWords = ({ path }: HostFacts, port: number): string => {
  const hop = lastHopOf(path, port)?.address;
  return hop
    ? ` Last hop to forward it: ${hop}. It is dropped there, beyond it, or by the host's own firewall, or the reply is dropped on its way back.`
    : '';
};

/** Where a reset comes from that is not the host's, in words that follow "reset"; empty where nobody saw it. */
export const resetPlace = (facts: HostFacts, { reply, port }: PortObservation): string => {
  const hop = (reply.kind === 'refused' ? reply.from : null) ?? lastHopOf(facts.path, port)?.address;
  return hop ? ` at ${hop} or the device behind it` : '';
};

/** How it is known that a reset is not the host's, as a sentence. */
export const resetWhy = (confidence: Ruling['confidence']): string =>
  confidence === 'proven'
    ? "Its TTL is not that of the host's own packets."
    : 'It answered a probe whose TTL was too low to reach the host, so a device in between sent it; its own TTL was not compared.';

const resetOnWay =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    if (!isForeignReset(seen.reply)) return null;
    const confidence = resetConfidence([seen]);
    const text = `TCP ${port} is reset on the path${resetPlace(facts, seen)}. ${resetWhy(confidence)}`;
    return fail(confidence, `${prefix}-reset-on-way`, text, [port], 'network');
  };

const rejected =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    if (!isRejectedByFilter(facts, seen)) return null;
    const side = isRejectedByHost(facts, seen) ? 'host' : 'network';
    const text = `TCP ${port} is rejected by ${rejecterWords(facts, seen)}.`;
    return fail(rejectionConfidence([seen]), `${prefix}-rejected`, text, [port], side);
  };

const droppedOnWay =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    if (!diesOnPath(facts.path, seen)) return null;
    const text = `TCP ${port} is silently dropped ${deathWords(facts.path, port)}. Packets to other ports of this host get past that point.`;
    const side = diesAtOnce(facts.path, port) ? 'near' : 'network';
    return fail(facts.controlHeld ? 'proven' : 'likely', `${prefix}-dropped-on-way`, text, [port], side);
  };

const NUMBERS = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

/** How many offers fail where so many flows do, in words. */
const offerWords = (silent: number, asked: number): string => {
  const one = Math.round(asked / silent);
  return one < 2 ? 'most offers fail' : `about one offer in ${NUMBERS[one - 2] ?? one} fails`;
};

const someFlows =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    if (!seen.flows || !isHalfFiltered(seen) || !silentFlowsTell(facts.evidence, seen)) return null;
    const { asked, answered, over } = seen.flows;
    const silent = asked - answered;
    const where = over ? `, which all cross ${over}` : '';
    return fail(
      flowConfidence(facts.evidence, seen),
      `${prefix}-some-flows`,
      `TCP ${port} is dropped on ${silent} of ${asked} flows${where}: ${offerWords(silent, asked)}. Traffic is shared among equal-cost paths, and one of them drops this port.`,
      [port],
      'network',
    );
  };

const limited =
  ({ port, prefix }: SolePort): SoleRule =>
  (facts, seen) => {
    const { evidence } = facts;
    if (!evidence.control || !facts.alive) return null;
    const isSilent = seen.reply.kind === 'silent' && !silenceTells(evidence, seen);
    if (!isSilent && !(isHalfFiltered(seen) && !silentFlowsTell(evidence, seen))) return null;
    return undetermined(
      `${prefix}-limited`,
      `TCP ${port} left probes unanswered, but ${limitWords(evidence.control)}: this proves nothing about this port.`,
      [port],
      'either',
    );
  };

/** What a control shows that was answered in part, as a clause. */
export const limitWords = ({ asked, answered }: Control): string =>
  `meanwhile only ${answered} of ${asked} probes to ports known to answer were answered, which is what a rate limit does`;

/** What stops a port whatever it is for: filters that show themselves, and limits that look like them. Disjoint. */
const STOPPED = [resetOnWay, rejected, droppedOnWay, someFlows, limited];

/** The rules of a port: those of what stops any port, then its own. */
export const soleTable = (sole: SolePort, own: readonly SoleRule[]): SoleTable => ({
  ...sole,
  rules: [...STOPPED.map((make) => make(sole)), ...own],
});

/** The ruling on a single port: the first rule that matches decides. `seen` is undefined where nothing was sent. */
export const ruleSole = (
  facts: HostFacts,
  { port, prefix, rules }: SoleTable,
  seen: PortObservation | undefined,
): Ruling => {
  if (seen && seen.reply.kind !== 'unknown') return firstMatch(rules, facts, seen);
  const why = seen?.reply.kind === 'unknown' ? `: ${seen.reply.fault.text}` : '';
  return undetermined(`${prefix}-not-asked`, `TCP ${port} could not be probed from here${why}.`, [port]);
};
