import type { PortObservation } from '../model/evidence.ts';
import type { Confidence } from '../model/report.ts';
import { weakest } from './confidence.ts';
import { coverageOf, sampleConfidence, sampleWords } from './coverage.ts';
import { type DynamicRule, mayServe, portsOf, portWords, rangeWords } from './dynamic-facts.ts';
import { FILTERED } from './dynamic-filtered.ts';
import { type HostFacts, isSpoken, passesByRefusal, refusalConfidence, refusalDoubt } from './host-facts.ts';
import { pass, undetermined } from './ruling.ts';

/** Answering RPC servers from which on a filtered range is unlikely (one or two may be single openings). */
const ENOUGH_SERVERS = 3;

const acceptsEverything: DynamicRule = (_, { range, sampled, serving, acceptsAll }) => {
  // Where listed servers speak RPC, the host gets packets, whatever completes the handshake for it.
  if (!acceptsAll || serving.length > 0) return null;
  return undetermined(
    'dynamic-accepts-everything',
    `All ${sampled.length} ports picked at random in ${rangeWords(range)} accept, and none speaks RPC. No machine listens on all of them: a proxy or tarpit accepts on its behalf, and whether packets reach the host is unknown.`,
    portsOf(sampled),
  );
};

const listedForeign: DynamicRule = (_, { listed }) => {
  const accepting = listed.filter(({ reply }) => reply.kind === 'accepted');
  if (accepting.length < listed.length || accepting.length === 0 || accepting.some(mayServe)) return null;
  return undetermined(
    'dynamic-listed-foreign',
    `The dynamic ports that the endpoint mapper lists accept, but none of them speaks RPC: ${portWords(listed)}. Either handshakes get through and data does not, or a proxy accepts on the host's behalf.`,
    portsOf(listed),
    'either',
  );
};

const refusedUnverified: DynamicRule = (facts, { answered }) => {
  const refused = answered.filter(({ reply }) => reply.kind === 'refused' && !passesByRefusal(facts, reply));
  if (refused.length === 0) return null;
  return undetermined(
    'dynamic-refused-unverified',
    `TCP ${portWords(refused)} is refused, but none of the resets is known to come from the host. A device in between that sends resets on its behalf looks the same.`,
    portsOf(refused),
    'either',
  );
};

const refusedBlock: DynamicRule = (facts, { answered, silent }) => {
  const refused = answered.filter(({ reply }) => reply.kind === 'refused');
  if (refused.length === 0 || silent.length === 0 || facts.refuses) return null;
  return undetermined(
    'dynamic-refused-block',
    `TCP ${portWords(refused)} is refused, all in one block, and the ports around it give no answer. Either a device resets that block on behalf of a silent host, or the host resets closed ports and the rest is dropped; who sends the resets is not known.`,
    portsOf(refused),
    'either',
  );
};

/** How surely an answer shows that packets get through: words in the protocol, an accept alone, or whose a refusal is. */
const answerConfidence = (facts: HostFacts, one: PortObservation): Confidence => {
  if (one.reply.kind !== 'accepted') return refusalConfidence(facts, one.reply);
  return isSpoken(one) ? 'proven' : 'likely';
};

const allAnswered: DynamicRule = (facts, { range, probed, answered, sampled, listed, acceptsAll }) => {
  if (answered.length < probed.length || acceptsAll || !listed.every(mayServe)) return null;
  const confidence = weakest(answered.map((one) => answerConfidence(facts, one)));
  const clean = coverageOf(range, portsOf(sampled), 0);
  const refusals = answered.filter(({ reply }) => reply.kind === 'refused');
  const doubt =
    refusals.length === 0
      ? ''
      : refusalDoubt(weakest(refusals.map(({ reply }) => refusalConfidence(facts, reply))));
  return pass(
    weakest([confidence, sampleConfidence(clean)]),
    'dynamic-all-answered',
    `All ${probed.length} dynamic ports probed in ${rangeWords(range)} answered.${sampleWords(clean)}${doubt}`,
    portsOf(probed),
  );
};

const listedAnswer: DynamicRule = (_, { listed, serving, acceptsAll }) => {
  if (serving.length === 0 || !listed.every((one) => serving.includes(one))) return null;
  const few = serving.length < ENOUGH_SERVERS;
  const others = acceptsAll
    ? 'Every other port accepts as well but speaks no RPC, so something accepts on behalf of the host, and that proves nothing about those.'
    : 'The others give no answer, as unused ports do on a Windows host with its firewall on.';
  return pass(
    few ? 'weak' : 'likely',
    'dynamic-listed-answer',
    `Every dynamic port known to have an RPC server answers: ${portWords(serving)}. ${few ? 'With so few, each may have been opened on its own. ' : ''}${others}${few ? '' : ' Proven for these, likely for the rest.'}`,
    portsOf(serving),
  );
};

const listedPartly: DynamicRule = (_, { listed, serving }) => {
  const open = listed.filter((one) => serving.includes(one));
  if (open.length === 0) return null;
  const shut = listed.filter((one) => !open.includes(one));
  const isMute = shut.some(({ reply }) => reply.kind === 'accepted');
  return undetermined(
    'dynamic-listed-partly',
    `Of the dynamic ports that the endpoint mapper lists, ${portWords(open)} answer and ${portWords(shut)} do not${isMute ? ', or accept and speak no RPC' : ''}. The host's firewall may block single programs, or a filter may drop part of the range.`,
    portsOf(shut),
    'either',
  );
};

const listedSilent: DynamicRule = (_, { listed }) => {
  if (listed.length === 0) return null;
  return undetermined(
    'dynamic-listed-silent',
    'None of the dynamic ports that the endpoint mapper lists answers. A healthy Windows client looks like this, because its firewall opens ports per program; a filtered range looks the same.',
    portsOf(listed),
    'either',
  );
};

const openUnlisted: DynamicRule = (_, { answered, acceptsAll }) => {
  const open = answered.filter(({ reply }) => reply.kind === 'accepted');
  if (open.length === 0 || acceptsAll) return null;
  return undetermined(
    'dynamic-open-unlisted',
    `TCP ${portWords(open)} accepts, so the path to that port is clear; it is not one of the RPC servers that the host lists, and the silence of the other ports proves nothing either way.`,
    portsOf(open),
    'either',
  );
};

const silent: DynamicRule = (facts, { range, probed }) => {
  if (!facts.alive) return null;
  return undetermined(
    'dynamic-silent',
    `No dynamic port probed in ${rangeWords(range)} answers. A Windows host with its firewall on does not answer on unused ports, so this proves nothing.`,
    portsOf(probed),
    'either',
  );
};

const noAnswer: DynamicRule = () =>
  undetermined('dynamic-no-answer', 'Nothing on this host answers, on dynamic ports or elsewhere.', []);

/** The dynamic range that matters for one generation, in order; the first that matches decides. */
export const DYNAMIC_RPC: readonly DynamicRule[] = [
  ...FILTERED,
  acceptsEverything,
  listedForeign,
  refusedBlock,
  refusedUnverified,
  allAnswered,
  listedAnswer,
  listedPartly,
  listedSilent,
  openUnlisted,
  silent,
  noAnswer,
];
