import { isReachable } from '../model/reply.ts';
import type { Confidence } from '../model/report.ts';
import { type PortRange, portCount } from '../model/target.ts';
import { weakest } from './confidence.ts';
import { coverageOf, coverageWords } from './coverage.ts';
import { type Dynamic, portsOf, portWords, rangeWords, speaksRpc, within } from './dynamic-facts.ts';
import { filteredRules } from './dynamic-filtered.ts';
import { refusalConfidence } from './facts.ts';
import { pass, type Rule, undetermined } from './ruling.ts';

/** Random ports that all accept, from which on nobody takes them for listeners of the host. */
const MANY_ACCEPTS = 4;
/** Answering RPC servers from which on a filtered range is unlikely (one or two may be single openings). */
const ENOUGH_SERVERS = 3;
/** Shares of the range that may still be filtered (95 % bound) up to which a clean sample is proof, or likely. */
const PROVING_SHARE = 0.2;
const TELLING_SHARE = 0.5;

/** How much a clean sample says about its range. */
const sampleConfidence = ({ range, sampled }: Dynamic): Confidence => {
  const { upperBound95 } = coverageOf(range, portsOf(sampled), 0);
  if (upperBound95 <= PROVING_SHARE) return 'proven';
  return upperBound95 <= TELLING_SHARE ? 'likely' : 'weak';
};

const acceptsEverything =
  (range: PortRange): Rule =>
  (facts) => {
    const { sampled } = within(facts, range);
    if (sampled.length < MANY_ACCEPTS || sampled.length === portCount(range)) return null;
    if (!sampled.every((one) => one.reply.kind === 'accepted' && !speaksRpc(one))) return null;
    return undetermined(
      'dynamic-accepts-everything',
      `All ${sampled.length} ports drawn at random in ${rangeWords(range)} accept, and none speaks RPC. No machine listens on all of them: a proxy or a tarpit accepts in its name, and whether the host gets a single packet is unknown.`,
      portsOf(sampled),
    );
  };

const allAnswered =
  (range: PortRange): Rule =>
  (facts) => {
    const seen = within(facts, range);
    const { told, sampled } = seen;
    if (told.length === 0 || !told.every(({ reply }) => isReachable(reply))) return null;
    const confidences = told.map(
      ({ reply }): Confidence => (reply.kind === 'accepted' ? 'proven' : refusalConfidence(facts, reply)),
    );
    const doubt =
      facts.seesIcmp && confidences.includes('likely')
        ? ' Refusals over routers are likely, not certainly, those of the host.'
        : '';
    return pass(
      weakest([...confidences, sampleConfidence(seen)]),
      'dynamic-all-answered',
      `All ${told.length} dynamic ports asked in ${rangeWords(range)} answered.${coverageWords(range, portsOf(sampled))}${doubt}`,
      portsOf(told),
    );
  };

const listedAnswer =
  (range: PortRange): Rule =>
  (facts) => {
    const { listed, serving } = within(facts, range);
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

const listedForeign =
  (range: PortRange): Rule =>
  (facts) => {
    const { listed } = within(facts, range);
    if (listed.length === 0 || !listed.every(({ reply }) => isReachable(reply))) return null;
    return undetermined(
      'dynamic-listed-foreign',
      `The dynamic ports that the endpoint mapper lists accept, but none of them speaks RPC: ${portWords(listed)}. A proxy may accept in the name of the host.`,
      portsOf(listed),
    );
  };

const listedPartly =
  (range: PortRange): Rule =>
  (facts) => {
    const { listed } = within(facts, range);
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

const listedSilent =
  (range: PortRange): Rule =>
  (facts) => {
    const { listed } = within(facts, range);
    if (listed.length === 0) return null;
    return undetermined(
      'dynamic-listed-silent',
      'None of the dynamic ports that the endpoint mapper lists answers. A healthy Windows client looks like this, because its firewall opens ports per program; a network that filters the range looks like this too.',
      portsOf(listed),
      'either',
    );
  };

const openUnlisted =
  (range: PortRange): Rule =>
  (facts) => {
    const { told } = within(facts, range);
    const open = told.filter(({ reply }) => isReachable(reply));
    if (open.length === 0) return null;
    return undetermined(
      'dynamic-open-unlisted',
      `TCP ${portWords(open)} accepts, so the way to that port is clear; it is no RPC server that the host lists, and the silence of the others tells neither a filter nor its absence.`,
      portsOf(open),
      'either',
    );
  };

const silent =
  (range: PortRange): Rule =>
  (facts) => {
    if (!facts.alive) return null;
    return undetermined(
      'dynamic-silent',
      `No dynamic port asked in ${rangeWords(range)} answers. On a Windows host with its firewall on unused ports are silent, so this tells neither a filter nor its absence.`,
      portsOf(within(facts, range).told),
      'either',
    );
  };

const noAnswer: Rule = () =>
  undetermined('dynamic-no-answer', 'Nothing of this host answers, on dynamic ports or elsewhere.', []);

/** The dynamic range that matters for one generation, in order; the first that matches decides. */
export const dynamicRules = (range: PortRange): readonly Rule[] => [
  ...filteredRules(range),
  ...[
    acceptsEverything,
    allAnswered,
    listedAnswer,
    listedForeign,
    listedPartly,
    listedSilent,
    openUnlisted,
    silent,
  ].map((make) => make(range)),
  noAnswer,
];
