import type { PortObservation } from '../model/evidence.ts';
import { portState } from '../model/reply.ts';
import type { Because, Confidence, Verdict } from '../model/report.ts';
import { strongest, weakest } from './confidence.ts';
import { type Facts, isFinalRejection, isLeftOut, rejecterOf, unpinged } from './facts.ts';
import { lastHopOf } from './path.ts';
import type { Rulings } from './requirements.ts';
import type { RuleName } from './rules.ts';
import { silenceTells, stoppedAfter } from './silence.ts';
import { limitWords } from './sole-port.ts';
import { translationOf } from './translation.ts';

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
  'The run was interrupted before every question was answered.',
);

/** A name that gave no address, or none that may be asked. */
const unresolved = ({ evidence }: Facts): HostRuling | null => {
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
    ? because('undetermined', 'weak', 'address-forbidden', `The host was not asked: ${text}.`)
    : because(
        'unreachable',
        'weak',
        'name-lookup-failed',
        `The name ${target.text} could not be looked up from here: ${text}. That is trouble on our side and says nothing about the host.`,
      );
};

const notSent = ({ evidence }: Facts): HostRuling => {
  const fault = evidence.ports.map(({ reply }) => reply).find((reply) => reply.kind === 'unknown');
  return fault?.kind === 'unknown'
    ? because(
        'undetermined',
        'weak',
        'local-fault',
        `No question could be sent: ${fault.fault.text}. That is trouble on our side and says nothing about the host.`,
      )
    : because('undetermined', 'weak', 'nothing-asked', 'No question was asked of this host.');
};

/** Somebody on the way, or this machine's kernel, says that there is no way to the host. */
const saidUnreachable = ({ evidence }: Facts, told: readonly PortObservation[]): HostRuling | null => {
  const rejections = told.filter(({ reply }) => reply.kind === 'rejected');
  const named = rejections.filter((one) => rejecterOf(one) !== null);
  const rejected = named.find(isFinalRejection) ?? named[0] ?? rejections[0];
  if (rejected) {
    const from = rejecterOf(rejected);
    const { reason } = portState(rejected.reply);
    const what =
      reason === 'time-exceeded'
        ? 'that packets to it go round in circles (time exceeded)'
        : `that the host cannot be reached (${reason})`;
    return from === null
      ? because(
          'unreachable',
          'likely',
          'host-unreachable',
          `A router, or the kernel of this machine, says ${what}; this engine cannot see who.`,
        )
      : isFinalRejection(rejected)
        ? because('unreachable', 'proven', 'host-unreachable', `The router ${from} says ${what}.`)
        : because(
            'unreachable',
            'likely',
            'host-unreachable',
            `The router ${from} says ${what}. That may pass, as while a route changes, and it was not said often enough to be final.`,
          );
  }
  return evidence.echo.kind === 'unreachable'
    ? because(
        'unreachable',
        'likely',
        'host-unreachable',
        `The router ${evidence.echo.from} answers a ping in place of the host, with an ICMP unreachable error; TCP gets no answer.`,
      )
    : null;
};

/** A host of which nothing came back; where a requirement fails, a filter's word came back all the same. */
const lifeless = (facts: Facts): HostRuling | null => {
  if (facts.alive) return null;
  const told = facts.evidence.ports.filter(({ reply }) => reply.kind !== 'unknown');
  if (told.length === 0) return notSent(facts);
  const said = saidUnreachable(facts, told);
  if (said) return said;
  const { control } = facts.evidence;
  if (control && !told.some((one) => silenceTells(facts.evidence, one))) {
    return because(
      'undetermined',
      'weak',
      'answers-limited',
      `Nothing of this host answered, but ${limitWords(control)}: silence proves nothing here.`,
    );
  }
  const why = unpinged(facts);
  const ping =
    why === null
      ? ''
      : ` No ping could be sent (${why}), so a Windows machine whose firewall takes this network for a public one, which is silent on TCP and answers pings, looks the same.`;
  const hop = told.map(({ port }) => lastHopOf(facts.way, port)).find((one) => one !== null);
  const place = hop ? ` The last place that answered on the way is ${hop.address}.` : '';
  return because(
    'unreachable',
    // Of a host that shows no life, an audit asks single sampled ports once, beside those that are needed.
    told.every(({ attempts, why }) => attempts > 1 || why !== 'required') ? 'likely' : 'weak',
    'no-answer',
    `Nothing of this host answered: it is off, gone, or everything to it is dropped.${place}${ping}`,
  );
};

/** Answers stopped while the host was asked. */
const stopped = ({ evidence }: Facts): HostRuling | null => {
  const after = stoppedAfter(evidence);
  if (after === null) return null;
  const whose =
    evidence.control?.of === 'neighbour'
      ? 'Nothing of this host answered, and a host of its subnet that had answered before stopped as well'
      : 'Ports of this host that had answered before stopped answering';
  return because(
    'undetermined',
    'weak',
    'stopped-answering',
    `${whose}, after ${after} probes: a rate limit, scan detection that shuts this machine out, or the host went away. Silence since then says nothing of any port.`,
  );
};

/**
 * The verdict on the host from the rulings on its requirements, in the order of docs/verdicts.md, for one generation after
 * the other: what is said of the host whatever it needs is found out once.
 */
export const ruleHost = (facts: Facts): ((rulings: Rulings) => HostRuling) => {
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
    if (failing.length > 0) return { verdict: 'blocked', confidence: surest, reason: null };
    if (dead) return dead;
    const open = needed.filter(({ state }) => state === 'undetermined');
    if (open.length > 0) {
      const confidence = weakest(open.map((one) => one.confidence));
      return { verdict: 'undetermined', confidence, reason: translation };
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
