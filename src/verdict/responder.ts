import type { PortObservation } from '../model/evidence.ts';
import { coverageOf, sampleConfidence, sampleWords } from './coverage.ts';
import {
  type Dynamic,
  type DynamicRule,
  extentWords,
  portsOf,
  portWords,
  rangeWords,
} from './dynamic-facts.ts';
import type { HostFacts } from './host-facts.ts';
import { isKeyed, type ResponderFacts, responderFinding } from './responder-facts.ts';
import { fail, pass, type Ruling, undetermined } from './ruling.ts';
import { isSilentEnough, silenceConfidence, silenceTells } from './silence.ts';

/** Ports that lose their large segments, from which on it is no chance. */
const ENOUGH_LARGE = 3;

/** What no responder can show, said wherever one shows something. */
const PER_PROGRAM =
  "This proves the network path. Rules of the novice's own firewall are per program, so it says nothing about the rule for msra.exe and raserver.exe.";
/** What one side cannot know, said where there was no control connection. */
const ONE_SIDE =
  ' Whether it is lost on the way there or on the way back cannot be told from one side; a control connection shows it (check --listen, respond --to).';
/** What the control connection cannot say then. */
const SHARED =
  ' Whether it is lost on the way there or on the way back is not known: others connect to the responder as well, and what arrives there may be theirs.';

/** The ports of the responder in one range. */
const minePorts = (
  { evidence, listening }: ResponderFacts,
  { probed }: Dynamic,
): readonly PortObservation[] =>
  probed.filter(
    // What another program there has says nothing of the path to those that the responder opened.
    ({ port, why }) =>
      why === 'sampled' && evidence.ports.includes(port) && (listening === null || listening.has(port)),
  );

type ResponderRule = (
  facts: HostFacts,
  responder: ResponderFacts,
  mine: readonly PortObservation[],
  seen: Dynamic,
) => Ruling | null;

/** No answer of the responder arrived: then silence is no filter's for certain, and here it may not be one at all. */
const unanswered: ResponderRule = (_, { listening, evidence }, mine) => {
  if (listening !== null) return null;
  const ports = portsOf(mine);
  if (evidence.hasEnded) {
    return undetermined(
      'responder-ended',
      "No port of the responder answers with its key, and by this machine's clock its time is up. Start it again and use its new code.",
      ports,
    );
  }
  if (evidence.firewall === 'blocks' || evidence.firewall === 'unknown') {
    const state =
      evidence.firewall === 'blocks'
        ? 'had no rule that lets the responder in when it started'
        : 'could not be read by the responder';
    return undetermined(
      'responder-own-firewall',
      `No port of the responder answers with its key. The Windows Firewall of that machine ${state}, so either it or the network is in the way: allow the responder for the test, and check again.`,
      ports,
      'either',
    );
  }
  return null;
};

/** Whether none of its ports speaks and the host refuses some: it does not run there, and the host is judged without it. */
export const isAbsent = ({ responder, evidence }: HostFacts): boolean =>
  responder !== null &&
  responder.listening === null &&
  evidence.ports.some(
    ({ port, reply }) => reply.kind === 'refused' && responder.evidence.ports.includes(port) && port > 1024,
  );

/** How sure it is that a port is listened on: as itself said; by its code alone, likely where its firewall is known to be open. */
const listenConfidence = ({ listening, evidence }: ResponderFacts): Ruling['confidence'] => {
  if (listening !== null) return 'proven';
  return evidence.firewall === 'lets-in' ? 'likely' : 'weak';
};

/** Whether a port was accepted by somebody without the key, who is not the responder itself under its own limit. */
const isUnkeyed = ({ isLimited }: ResponderFacts, one: PortObservation): boolean => {
  const speech = responderFinding(one)?.speech;
  return speech !== undefined && speech !== 'spoke' && !(isLimited && speech === 'hung-up');
};

/**
 * Whether its silence may be its end. The clocks of two machines need not agree, so by the clock of this one it has not ended where it
 * answered, and one of its ports was among those that still did in the end.
 */
export const mayHaveEnded = (
  { evidence: { control } }: HostFacts,
  { evidence, isProven }: ResponderFacts,
): boolean => evidence.hasEnded && !(isProven && control !== null && control.stoppedAfter === null);

const intercepted: ResponderRule = (facts, responder, mine, seen) => {
  const hit = mine.filter((one) => isUnkeyed(responder, one) && !responder.challenged.has(one.port));
  if (hit.length === 0) return null;
  const arrives = hit.some(({ port }) => responder.arrived.has(port));
  const where =
    responder.evidence.noviceReport === null || responder.isShared || arrives
      ? 'A proxy, tarpit or SYN proxy, or a device that drops the data, stands in between.'
      : 'Nothing of these connections arrived there: a proxy, tarpit or SYN proxy accepts on its behalf.';
  return fail(
    listenConfidence(responder),
    'responder-intercepted',
    `Dynamic ports are accepted by something that cannot answer with the responder's key: ${extentWords(facts, seen, hit)} ${where}`,
    portsOf(hit),
    'network',
  );
};

const answerLost: ResponderRule = (facts, responder, mine, seen) => {
  const hit = mine.filter((one) => !isKeyed(one) && responder.challenged.has(one.port));
  if (hit.length === 0) return null;
  return fail(
    'proven',
    'responder-answer-lost',
    `What is sent to dynamic ports arrives at the novice's machine, and its answer is lost on the way back: ${extentWords(facts, seen, hit)}`,
    portsOf(hit),
    'network',
  );
};

const reset: ResponderRule = (facts, responder, mine, seen) => {
  const { listening } = responder;
  // The machine itself refuses what nothing listens on any more.
  if (mayHaveEnded(facts, responder)) return null;
  const hit = mine.filter(({ port, reply }) => reply.kind === 'refused' && listening?.has(port));
  if (hit.length === 0) return null;
  return fail(
    'likely',
    'responder-reset',
    `The responder listens, but these dynamic ports are reset, so a device in between does that: ${extentWords(facts, seen, hit)}`,
    portsOf(hit),
    'network',
  );
};

const silentIn = (facts: HostFacts, mine: readonly PortObservation[]): readonly PortObservation[] =>
  mine.filter((one) => one.reply.kind === 'silent' && silenceTells(facts.evidence, one));

/** How sure the silence of ports is that are known to be listened on. */
const silentConfidence = (
  facts: HostFacts,
  mine: readonly PortObservation[],
  hit: readonly PortObservation[],
) =>
  silenceConfidence(
    facts.evidence,
    hit,
    isSilentEnough(facts.evidence, hit, mine.length) ? 'proven' : 'likely',
  );

/** An arrival is proof; that none was seen of a single port is not, since kernels keep no trace of a lost handshake for long. */
const lostThere: ResponderRule = (facts, responder, mine, seen) => {
  const { evidence, arrived, isProven, isShared } = responder;
  const hit = silentIn(facts, mine);
  if (evidence.noviceReport === null || isShared || hit.length === 0) return null;
  // What reaches some ports of the program is let in by that machine's own firewall.
  const isLetIn = isProven || evidence.firewall === 'lets-in' || mine.some(({ port }) => arrived.has(port));
  const doubt = isLetIn
    ? ''
    : " The novice's own firewall drops them at the last step where it has no rule for the responder.";
  return fail(
    isLetIn ? silentConfidence(facts, mine, hit) : 'likely',
    'responder-lost-there',
    `Packets to dynamic ports are lost on the way there: the responder listens, and nothing is seen to arrive at it: ${extentWords(facts, seen, hit)}${doubt}`,
    portsOf(hit),
    isLetIn ? 'network' : 'either',
  );
};

const lostBack: ResponderRule = (facts, { arrived }, mine, seen) => {
  const hit = silentIn(facts, mine).filter(({ port }) => arrived.has(port));
  if (hit.length === 0) return null;
  return fail(
    silentConfidence(facts, mine, hit),
    'responder-lost-back',
    `Packets to dynamic ports arrive at the novice's machine, and its replies are lost on the way back: ${extentWords(facts, seen, hit)}`,
    portsOf(hit),
    'network',
  );
};

const filtered: ResponderRule = (facts, responder, mine, seen) => {
  const { listening, isShared } = responder;
  const hit = silentIn(facts, mine);
  if (hit.length === 0) return null;
  const oneSide = isShared ? SHARED : ONE_SIDE;
  // Nobody but the code says that it runs: then something of the host must be there, or nothing is known at all.
  if (listening === null && !facts.alive) return null;
  // It may have ended while it was asked.
  if (mayHaveEnded(facts, responder)) return null;
  const known = listenConfidence(responder);
  return fail(
    known === 'proven' ? silentConfidence(facts, mine, hit) : known,
    'responder-filtered',
    known === 'proven'
      ? `The responder listens, but these dynamic ports give no answer, so a filter drops them: ${extentWords(facts, seen, hit)}${oneSide}`
      : `No dynamic port of the responder answers, so a filter drops them, or it does not run (any more), or a firewall of its own machine is in the way: ${extentWords(facts, seen, hit)}${oneSide}`,
    portsOf(hit),
    known === 'proven' ? 'network' : 'either',
  );
};

const limited: ResponderRule = (facts, responder, mine) => {
  const { evidence } = responder;
  const hasEnded = mayHaveEnded(facts, responder);
  const silent = mine.filter((one) => !isKeyed(one));
  if (silent.length === 0 || (evidence.noviceReport === null && !facts.alive)) return null;
  const why = hasEnded
    ? "by this machine's clock the responder's time is up"
    : 'replies are limited or were lost meanwhile, or the responder had too many connections';
  return undetermined(
    'responder-limited',
    `TCP ${portWords(silent)} gave no answer, but ${why}: this proves nothing about these ports.`,
    portsOf(silent),
    'either',
  );
};

const largeLost: ResponderRule = (_facts, _responder, mine) => {
  const tried = mine.filter((one) => responderFinding(one)?.large !== undefined);
  const lost = tried.filter((one) => responderFinding(one)?.large !== 'passed');
  if (lost.length === 0 || lost.length < tried.length) return null;
  const isBack = lost.every((one) => responderFinding(one)?.large === 'lost-back');
  return fail(
    lost.length >= ENOUGH_LARGE ? 'proven' : 'likely',
    'responder-large-lost',
    `Small segments pass in both directions, but one of 1,400 bytes never arrives ${isBack ? 'here' : 'there'} (${lost.length} ports tried): a tunnel or VPN with a smaller MTU whose ICMP errors are dropped, without MSS clamping. DCOM and Remote Desktop send large segments, so an offer would hang.`,
    portsOf(lost),
    'network',
  );
};

const proven: ResponderRule = (_facts, _responder, mine, { range }) => {
  if (!mine.every(isKeyed)) return null;
  const clean = coverageOf(range, portsOf(mine), 0);
  return pass(
    sampleConfidence(clean),
    'responder-path-proven',
    `Network path proven: all ${mine.length} dynamic ports of the responder in ${rangeWords(range)} answer with its key, end to end.${sampleWords(clean)} ${PER_PROGRAM}`,
    portsOf(mine),
  );
};

/** In order; the first that matches decides. */
const RULES: readonly ResponderRule[] = [
  unanswered,
  intercepted,
  answerLost,
  reset,
  lostBack,
  lostThere,
  filtered,
  limited,
  largeLost,
  proven,
];

/** What a responder on the host shows of the dynamic range. Null where there is none, or none of its ports lies in the range. */
export const RESPONDER: DynamicRule = (facts, seen) => {
  const { responder } = facts;
  if (responder === null) return null;
  const mine = minePorts(responder, seen);
  if (mine.length === 0 || isAbsent(facts)) return null;
  for (const rule of RULES) {
    const ruling = rule(facts, responder, mine, seen);
    if (ruling) return ruling;
  }
  return null;
};
