import type { PortObservation } from '../model/evidence.ts';
import { portState } from '../model/reply.ts';
import { type Because, CLEAR_SO_FAR, type Confidence, type Verdict } from '../model/report.ts';
import { strongest, weakest } from './confidence.ts';
import { type HostFacts, isFinalRejection, isLeftOut, rejecterOf, unpinged } from './host-facts.ts';
import { lastHopOf } from './path.ts';
import type { Rulings } from './requirements.ts';
import { type RuleName, traitsOf } from './rules.ts';
import type { Ruling } from './ruling.ts';
import { silenceTells, stoppedAfter } from './silence.ts';
import { limitWords } from './sole-port.ts';
import { translatedTo, translationOf } from './translation.ts';

/** The verdict on a host for one generation, and the reason beyond the requirements, if there is one. */
export interface HostRuling {
  readonly verdict: Verdict;
  readonly confidence: Confidence;
  readonly reason: Because | null;
}

const because = (verdict: Verdict, confidence: Confidence, rule: RuleName, text: string): HostRuling => ({
  verdict,
  confidence,
  reason: { rule, text, ports: [] },
});

const INTERRUPTED = because(
  'undetermined',
  'weak',
  'interrupted',
  'The run was interrupted before every probe was answered.',
);

/** A name that gave no address, or none that may be asked. */
const unresolved = ({ evidence }: HostFacts): HostRuling | null => {
  const { resolution, target } = evidence;
  if (!resolution || resolution.kind === 'resolved') return null;
  if (resolution.kind === 'not-found') {
    const what =
      resolution.code === 'ENODATA'
        ? 'has no address of the family asked for'
        : 'is unknown to the name service';
    return because('unreachable', 'proven', 'name-not-found', `The name ${target.text} ${what}.`);
  }
  const { kind, text } = resolution.fault;
  if (kind === 'aborted') return INTERRUPTED;
  return isLeftOut(evidence)
    ? because('undetermined', 'weak', 'address-forbidden', `The host was not probed: ${text}.`)
    : because(
        'unreachable',
        'weak',
        'name-lookup-failed',
        `The name ${target.text} could not be looked up from here: ${text}. The problem is on this side and says nothing about the host.`,
      );
};

const notSent = ({ evidence }: HostFacts): HostRuling => {
  const fault = evidence.ports.map(({ reply }) => reply).find((reply) => reply.kind === 'unknown');
  return fault?.kind === 'unknown'
    ? because(
        'undetermined',
        'weak',
        'local-fault',
        `No probe could be sent: ${fault.fault.text}. The problem is on this side and says nothing about the host.`,
      )
    : because('undetermined', 'weak', 'nothing-asked', 'No probe was sent to this host.');
};

/** What a router says with an ICMP unreachable error, and what that means. */
const unreachableWords = (from: string, reason: string): string => {
  if (reason === 'time-exceeded')
    return `Packets to this address loop between routers: ${from} reports time exceeded.`;
  return reason === 'net-unreach'
    ? `The router ${from} has no route to this address (ICMP ${reason}). That is a routing problem, not a host that is off.`
    : `The router ${from} reports that it cannot reach the host (ICMP ${reason}): as a rule it is off or gone, and does not answer the router's ARP or neighbour discovery.`;
};

/** Somebody on the way, or this machine's kernel, says that there is no way to the host. */
const ruledUnreachable = (
  { evidence, link }: HostFacts,
  observed: readonly PortObservation[],
): HostRuling | null => {
  const rejections = observed.filter(({ reply }) => reply.kind === 'rejected');
  const named = rejections.filter((one) => rejecterOf(one) !== null);
  const rejected = named.find(isFinalRejection) ?? named[0] ?? rejections[0];
  if (rejected) {
    const from = rejecterOf(rejected);
    const { reason } = portState(rejected.reply);
    if (from === null) {
      const who = link === null ? 'A router or' : `The address is on your own network (${link}), and`;
      return because(
        'unreachable',
        'likely',
        'host-unreachable',
        `${who} this machine's own network stack reports that the host cannot be reached (${reason})${link === null ? '; this engine cannot see which' : ': nothing answers ARP or neighbour discovery for it'}.`,
      );
    }
    const words = unreachableWords(from, reason);
    return isFinalRejection(rejected)
      ? because('unreachable', 'proven', 'host-unreachable', words)
      : because(
          'unreachable',
          'likely',
          'host-unreachable',
          `${words} This may be temporary, for example while a route changes, and was not reported often enough to be final.`,
        );
  }
  return evidence.echo.kind === 'unreachable'
    ? because(
        'unreachable',
        'likely',
        'host-unreachable',
        `The router ${evidence.echo.from} answers pings to this address with an ICMP unreachable error; TCP gets no answer.`,
      )
    : null;
};

/** What a host is of which nothing came back. */
const silenceWords = ({ link, evidence }: HostFacts): string => {
  const where = `the address is on your own network${link === null ? '' : ` (${link})`}`;
  if (evidence.withoutNeighbour)
    return `Nothing answered, not even ARP, and ${where}: no machine uses it now.`;
  return link === null
    ? 'Nothing answered: the host is off, gone, or everything to it is silently dropped, there or back.'
    : `Nothing answered, and ${where}, without a router in between: no machine uses it now, or its own firewall drops everything.`;
};

/** A host of which nothing came back; where a requirement fails, a filter's word came back all the same. */
const lifeless = (facts: HostFacts): HostRuling | null => {
  if (facts.alive) return null;
  const observed = facts.evidence.ports.filter(({ reply }) => reply.kind !== 'unknown');
  if (observed.length === 0) return notSent(facts);
  const unreachable = ruledUnreachable(facts, observed);
  if (unreachable) return unreachable;
  const { control } = facts.evidence;
  if (control && !observed.some((one) => silenceTells(facts.evidence, one))) {
    return because(
      'undetermined',
      'weak',
      'answers-limited',
      `Nothing on this host answered, but ${limitWords(control)}: silence proves nothing here.`,
    );
  }
  const why = unpinged(facts);
  const ping =
    why === null
      ? ''
      : ` No ping could be sent (${why}), so a Windows PC with the Public firewall profile, which answers pings but no TCP, looks the same.`;
  const hop = observed.map(({ port }) => lastHopOf(facts.path, port)).find((one) => one !== null);
  const place = hop ? ` The last router that answered on the path is ${hop.address}.` : '';
  return because(
    'unreachable',
    // Of a host that shows no life, an audit asks single sampled ports once, beside those that are needed.
    observed.every(({ attempts, why }) => attempts > 1 || why !== 'required') ? 'likely' : 'weak',
    'no-answer',
    `${silenceWords(facts)}${place}${ping}`,
  );
};

/** The usual picture of a healthy Windows client: what is proven, what cannot be seen and why. withRemedies() adds the next step. */
const clearSoFar = (rulings: Rulings, open: readonly Ruling[]): Because | null => {
  const untestable = open.flatMap(({ rule }) => traitsOf(rule).untestable ?? []);
  if (!traitsOf(rulings.get('endpoint-mapper')?.rule ?? '').answersRpc) return null;
  if (untestable.length < open.length) return null;
  return {
    rule: CLEAR_SO_FAR,
    text: `TCP 135 and the endpoint mapper answer, and nothing was found that would block an offer. Whether ${untestable.join(' and ')} can be reached cannot be tested from here: the Windows Firewall opens them only for programs that use them, so neither a healthy PC nor a filter answers there.`,
    ports: [],
  };
};

/** Answers stopped while the host was asked. */
const stopped = ({ evidence }: HostFacts): HostRuling | null => {
  const after = stoppedAfter(evidence);
  if (after === null) return null;
  const whose =
    evidence.control?.of === 'neighbour'
      ? 'Nothing on this host answered, and a host of its subnet that had answered before stopped as well'
      : 'Ports of this host that had answered before stopped answering';
  return because(
    'undetermined',
    'weak',
    'stopped-answering',
    `${whose}, after ${after} probes: a rate limit, scan detection that blocks this machine, or the host went away. Silence since then proves nothing about any port.`,
  );
};

/**
 * The verdict on the host from the rulings on its requirements, in the order of docs/verdicts.md, for one generation after
 * the other: what is said of the host whatever it needs is found out once.
 */
export const ruleHost = (facts: HostFacts): ((rulings: Rulings) => HostRuling) => {
  const named = unresolved(facts);
  const dead = lifeless(facts);
  const cut = stopped(facts);
  const translation = translationOf(facts);
  return (rulings) => {
    if (named) return named;
    if (cut) return cut;
    const needed = [...rulings.values()].filter(({ state }) => state !== 'not-needed');
    const failing = needed.filter(({ state }) => state === 'fail');
    // Each failing requirement is enough by itself, so the surest of them says how sure the verdict is.
    const surest = strongest(failing.map(({ confidence }) => confidence));
    // Cut short, silence may not have been asked again yet: only what a filter said for certain stands.
    if (facts.evidence.interrupted && surest !== 'proven') return INTERRUPTED;
    // Behind address translation no port rule helps, so that is the cause to begin with.
    if (failing.length > 0) return { verdict: 'blocked', confidence: surest, reason: translation };
    // Seen by the responder itself, so that only Microsoft's word that DCOM fails there is left to trust.
    if (translation && translatedTo(facts) !== null)
      return { verdict: 'blocked', confidence: 'likely', reason: translation };
    if (dead) return dead;
    const open = needed.filter(({ state }) => state === 'undetermined');
    if (open.length > 0) {
      return {
        verdict: 'undetermined',
        confidence: 'weak',
        reason: translation ?? clearSoFar(rulings, open),
      };
    }
    // No port rule mends translation, so an open network does not make a host ready behind it.
    if (translation) return { verdict: 'undetermined', confidence: 'weak', reason: translation };
    return {
      verdict: 'ready',
      confidence: weakest(needed.map(({ confidence }) => confidence)),
      reason: null,
    };
  };
};
