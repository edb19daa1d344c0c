import type { RequirementName } from '../model/evidence.ts';
import { portState } from '../model/reply.ts';
import type { Because, Confidence, Verdict } from '../model/report.ts';
import type { Facts } from './facts.ts';
import { lastHopOf } from './path.ts';
import { type Ruling, strongest, weakest } from './ruling.ts';

/** The verdict on a host for one generation, and the reason beyond the requirements, if there is one. */
export interface HostRuling {
  readonly verdict: Verdict;
  readonly confidence: Confidence;
  readonly reason: Because | null;
}

const because = (rule: string, text: string): Because => ({ rule, text, ports: [] });

/** A name that gave no address. */
const unresolved = ({ evidence }: Facts): HostRuling | null => {
  const { resolution, target } = evidence;
  if (!resolution || resolution.kind === 'resolved') return null;
  if (resolution.kind === 'not-found') {
    const what =
      resolution.code === 'ENODATA'
        ? 'has no address of the family asked for'
        : 'is unknown to the name service';
    return {
      verdict: 'unreachable',
      confidence: 'proven',
      reason: because('name-not-found', `The name ${target.text} ${what}.`),
    };
  }
  const rule = resolution.fault.code === 'FORBIDDEN' ? 'address-forbidden' : 'name-lookup-failed';
  const text =
    rule === 'address-forbidden'
      ? `The name ${target.text} leads to an address that must not be asked (${resolution.fault.text}).`
      : `The name could not be looked up from here: ${resolution.fault.text}. This says nothing about the host.`;
  return { verdict: 'unreachable', confidence: 'weak', reason: because(rule, text) };
};

/** A host of which nothing came back, not even a filter's word. */
const lifeless = (facts: Facts, rulings: readonly Ruling[]): HostRuling | null => {
  const { evidence, way } = facts;
  if (facts.alive || rulings.some(({ state }) => state === 'fail')) return null;
  const told = evidence.ports.filter(({ reply }) => reply.kind !== 'unknown');
  if (told.length === 0) {
    const fault = evidence.ports.map(({ reply }) => reply).find((reply) => reply.kind === 'unknown');
    if (fault?.kind !== 'unknown') return null;
    const text = `No question could be sent: ${fault.fault.text}. This is this machine's trouble and says nothing about the host.`;
    return { verdict: 'undetermined', confidence: 'weak', reason: because('local-fault', text) };
  }
  const rejected = told.find(({ reply }) => reply.kind === 'rejected');
  const pinged = evidence.echo.kind === 'unreachable' ? evidence.echo.from : null;
  if (rejected || pinged) {
    const cause = rejected?.reply.kind === 'rejected' ? rejected.reply.cause : null;
    const from = cause && 'from' in cause ? cause.from : pinged;
    const who = from ? `The router ${from}` : 'A router on the way, or this machine,';
    const what = rejected ? ` (${portState(rejected.reply).reason})` : '';
    return {
      verdict: 'unreachable',
      confidence: 'proven',
      reason: because('host-unreachable', `${who} says that the host cannot be reached${what}.`),
    };
  }
  const hop = told.map(({ port }) => lastHopOf(way, port)).find((one) => one !== null);
  const place = hop ? ` The last place that answered on the way is ${hop.address}.` : '';
  const asked = told.every(({ attempts }) => attempts > 1);
  return {
    verdict: 'unreachable',
    confidence: asked ? 'likely' : 'weak',
    reason: because(
      'no-answer',
      `Nothing of this host answered: it is off, gone, or everything to it is dropped.${place}`,
    ),
  };
};

/** The verdict on the host from the rulings on its requirements, in the order of docs/verdicts.md. */
export const ruleHost = (facts: Facts, rulings: ReadonlyMap<RequirementName, Ruling>): HostRuling => {
  const needed = [...rulings.values()].filter(({ state }) => state !== 'not-needed');
  const special = unresolved(facts) ?? (facts.evidence.interrupted ? null : lifeless(facts, needed));
  if (special) return special;
  const failing = needed.filter(({ state }) => state === 'fail');
  // Each failing requirement is enough by itself, so the surest of them says how sure the verdict is.
  if (failing.length > 0) {
    return {
      verdict: 'blocked',
      confidence: strongest(failing.map(({ confidence }) => confidence)),
      reason: null,
    };
  }
  if (facts.evidence.interrupted) {
    const reason = because('interrupted', 'The run was interrupted before every question was answered.');
    return { verdict: 'undetermined', confidence: 'weak', reason };
  }
  const open = needed.filter(({ state }) => state === 'undetermined');
  if (open.length > 0) {
    return {
      verdict: 'undetermined',
      confidence: weakest(open.map(({ confidence }) => confidence)),
      reason: null,
    };
  }
  return { verdict: 'ready', confidence: weakest(needed.map(({ confidence }) => confidence)), reason: null };
};
