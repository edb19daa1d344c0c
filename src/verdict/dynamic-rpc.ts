import { isReachable } from '../model/reply.ts';
import type { Confidence, Coverage } from '../model/report.ts';
import { portCount } from '../model/target.ts';
import { weakest } from './confidence.ts';
import { coverageOf, coverageWords } from './coverage.ts';
import { type DynamicRule, portsOf, portWords, rangeWords, speaksRpc } from './dynamic-facts.ts';
import { FILTERED } from './dynamic-filtered.ts';
import { refusalConfidence } from './facts.ts';
import { pass, undetermined } from './ruling.ts';

/** Random ports that all accept, from which on nobody takes them for listeners of the host. */
const MANY_ACCEPTS = 4;
/** Answering RPC servers from which on a filtered range is unlikely (one or two may be single openings). */
const ENOUGH_SERVERS = 3;
/** Shares of the range that may still be filtered (95 % bound) up to which a clean sample is proof, or likely. */
const PROVING_SHARE = 0.2;
const TELLING_SHARE = 0.5;

/** How much a clean sample says about its range. */
const sampleConfidence = ({ upperBound95 }: Coverage): Confidence => {
  if (upperBound95 <= PROVING_SHARE) return 'proven';
  return upperBound95 <= TELLING_SHARE ? 'likely' : 'weak';
};

const acceptsEverything: DynamicRule = (_, { range, sampled }) => {
  if (sampled.length < MANY_ACCEPTS || sampled.length === portCount(range)) return null;
  if (!sampled.every((one) => one.reply.kind === 'accepted' && !speaksRpc(one))) return null;
  return undetermined(
    'dynamic-accepts-everything',
    `All ${sampled.length} ports drawn at random in ${rangeWords(range)} accept, and none speaks RPC. No machine listens on all of them: a proxy or a tarpit accepts in its name, and whether the host gets a single packet is unknown.`,
    portsOf(sampled),
  );
};

const allAnswered: DynamicRule = (facts, { range, told, answered, sampled }) => {
  if (told.length === 0 || answered.length < told.length) return null;
  const confidence = weakest(
    answered.map(({ reply }) => (reply.kind === 'accepted' ? 'proven' : refusalConfidence(facts, reply))),
  );
  const clean = coverageOf(range, portsOf(sampled), 0);
  const doubt =
    facts.seesIcmp && confidence === 'likely'
      ? ' Refusals over routers are likely, not certainly, those of the host.'
      : '';
  return pass(
    weakest([confidence, sampleConfidence(clean)]),
    'dynamic-all-answered',
    `All ${told.length} dynamic ports asked in ${rangeWords(range)} answered.${coverageWords(clean)}${doubt}`,
    portsOf(told),
  );
};

const listedAnswer: DynamicRule = (_, { listed, serving }) => {
  if (serving.length === 0 || !listed.every(({ reply }) => isReachable(reply))) return null;
  const few = serving.length < ENOUGH_SERVERS;
  const rest = few
    ? 'So few may be single openings; the others are silent, as unused ports are on a Windows host with its firewall on.'
    : 'The others are silent, as unused ports are on a Windows host with its firewall on. Proven for these, likely for the rest.';
  return pass(
    few ? 'weak' : 'likely',
    'dynamic-listed-answer',
    `Every dynamic port that is known to have an RPC server answers: ${portWords(serving)}. ${rest}`,
    portsOf(serving),
  );
};

const listedForeign: DynamicRule = (_, { listed }) => {
  if (listed.length === 0 || !listed.every(({ reply }) => isReachable(reply))) return null;
  return undetermined(
    'dynamic-listed-foreign',
    `The dynamic ports that the endpoint mapper lists accept, but none of them speaks RPC: ${portWords(listed)}. A proxy may accept in the name of the host.`,
    portsOf(listed),
  );
};

const listedPartly: DynamicRule = (_, { listed }) => {
  const open = listed.filter(({ reply }) => isReachable(reply));
  if (open.length === 0) return null;
  const shut = listed.filter((one) => !open.includes(one));
  return undetermined(
    'dynamic-listed-partly',
    `Of the dynamic ports that the endpoint mapper lists, ${portWords(open)} answer and ${portWords(shut)} do not. The host may keep single programs closed, or a filter may drop part of the range.`,
    portsOf(shut),
    'either',
  );
};

const listedSilent: DynamicRule = (_, { listed }) => {
  if (listed.length === 0) return null;
  return undetermined(
    'dynamic-listed-silent',
    'None of the dynamic ports that the endpoint mapper lists answers. A healthy Windows client looks like this, because its firewall opens ports per program; a network that filters the range looks like this too.',
    portsOf(listed),
    'either',
  );
};

const openUnlisted: DynamicRule = (_, { answered: open }) => {
  if (open.length === 0) return null;
  return undetermined(
    'dynamic-open-unlisted',
    `TCP ${portWords(open)} accepts, so the way to that port is clear; it is no RPC server that the host lists, and the silence of the others tells neither a filter nor its absence.`,
    portsOf(open),
    'either',
  );
};

const silent: DynamicRule = (facts, { range, told }) => {
  if (!facts.alive) return null;
  return undetermined(
    'dynamic-silent',
    `No dynamic port asked in ${rangeWords(range)} answers. On a Windows host with its firewall on unused ports are silent, so this tells neither a filter nor its absence.`,
    portsOf(told),
    'either',
  );
};

const noAnswer: DynamicRule = () =>
  undetermined('dynamic-no-answer', 'Nothing of this host answers, on dynamic ports or elsewhere.', []);

/** The dynamic range that matters for one generation, in order; the first that matches decides. */
export const DYNAMIC_RPC: readonly DynamicRule[] = [
  ...FILTERED,
  acceptsEverything,
  allAnswered,
  listedAnswer,
  listedForeign,
  listedPartly,
  listedSilent,
  openUnlisted,
  silent,
  noAnswer,
];
