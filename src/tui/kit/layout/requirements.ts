import { REQUIREMENTS, type RequirementName } from '../../../model/evidence.ts';
import { answerWords } from '../../../text/answer-words.ts';
import { latencyWords } from '../../../text/duration.ts';
import { pad, width } from '../../../text/fit-text.ts';
import type { HostView, PortFact } from '../host-view.ts';
import { REQUIREMENT, STATE } from '../words.ts';
import { edges, lineWidth, type Span, type StyledLine, span, type Tone } from './line.ts';

/** From these widths on the answer leaves room for names in full, and for names at all. */
const NAMES_IN_FULL = 96;
const NAMES = 60;

const factsOf = (host: HostView, name: RequirementName): PortFact[] =>
  [...host.ports.values()].filter(({ requirement }) => requirement === name);

const median = (numbers: readonly number[]): number | null =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? null;

/** Ports of a requirement by what they said. */
const tally = (facts: readonly PortFact[]) => {
  const of = (test: (fact: PortFact) => boolean) => facts.filter(test).length;
  return {
    all: facts.length,
    reachable: of(({ state }) => state === 'open' || state === 'closed'),
    silent: of(({ reason }) => reason === 'no-response'),
    rejected: of(({ state, reason }) => state === 'filtered' && reason !== 'no-response'),
    unknown: of(({ state }) => state === 'unknown'),
    waiting: of(({ state }) => state === null),
  };
};

/** Who said no, where that is known and worth a word. */
const sender = ({ state, from }: PortFact): string =>
  state === 'filtered' && from !== null ? `from ${from}` : '';

/** What the silent ones among several ports are called, and the others. */
const OTHERS = {
  silent: 'without answer',
  rejected: 'rejected',
  unknown: 'not probed',
  waiting: 'waiting',
} as const;

/** The same where there is little room. */
const BRIEF = { silent: 'silent', rejected: 'rejected', unknown: 'unknown', waiting: 'waiting' } as const;

/** The answer in words, the longest first. */
const saidWords = (facts: readonly PortFact[]): readonly string[] => {
  const [only] = facts;
  if (!only) return ['not probed'];
  const { state, reason } = only;
  if (facts.length === 1) {
    if (state === null || reason === null) return [''];
    const answer = answerWords({ state, reason });
    const from = sender(only);
    // Why stands in the list of ports, too.
    return [...(from === '' ? [] : [`${answer}, ${from}`]), answer, answer.replace(/ \(.*\)$/, '')];
  }
  const t = tally(facts);
  const others = (['silent', 'rejected', 'unknown', 'waiting'] as const).filter((key) => t[key] > 0);
  return [
    [`${t.reachable} of ${t.all} reachable`, ...others.map((key) => `${t[key]} ${OTHERS[key]}`)].join(', '),
    [`${t.reachable} reachable`, ...others.map((key) => `${t[key]} ${BRIEF[key]}`)].join(', '),
  ];
};

const timeWords = (facts: readonly PortFact[]): string => {
  const rtt = median(facts.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs])));
  if (rtt !== null) return latencyWords(rtt);
  const attempts = Math.max(0, ...facts.map((fact) => fact.attempts));
  return attempts > 1 ? `${attempts} tries` : '';
};

/** Where not all fits, the words are worth more than the time. */
const answerSpans = (facts: readonly PortFact[], room: number): { said: string; time: string } => {
  const time = timeWords(facts);
  const words = saidWords(facts);
  const variants = words.flatMap((said) => [{ said, time }, ...(time === '' ? [] : [{ said, time: '' }])]);
  const fits = variants.find((one) => width(one.said) + (one.time === '' ? 0 : 1 + width(one.time)) <= room);
  return fits ?? { said: words.at(-1) ?? '', time: '' };
};

const stateWords = (host: HostView, name: RequirementName, facts: readonly PortFact[]) => {
  const found = host.report?.requirements.find((requirement) => requirement.name === name);
  if (found) return STATE[found.state];
  const asking = facts.some(({ state }) => state === null);
  return {
    word: asking ? 'probing' : facts.length > 0 ? 'answered' : '',
    brief: asking ? '..' : facts.length > 0 ? 'got' : '',
    tone: 'quiet' as Tone,
  };
};

const nameSpans = (name: RequirementName, columns: number): Span[] => {
  const { title, brief, ports, short } = REQUIREMENT[name];
  if (columns >= NAMES_IN_FULL) return [span(pad(title, 17), 'strong'), span(pad(ports, 12))];
  return columns >= NAMES
    ? [span(pad(brief, 9), 'strong'), span(pad(short, 7))]
    : [span(pad(short, 7), 'strong')];
};

/** One row for each thing that Remote Assistance needs: state, port, the answer and its time. */
export const requirementLines = (host: HostView, columns: number): StyledLine[] =>
  REQUIREMENTS.map((name) => {
    const facts = factsOf(host, name);
    const { word, brief, tone } = stateWords(host, name, facts);
    const first = [span(columns >= NAMES ? pad(word, 12) : pad(brief, 7), tone), ...nameSpans(name, columns)];
    const { said, time } = answerSpans(facts, columns - lineWidth(first));
    return edges([...first, span(said)], time === '' ? [] : [span(time, 'quiet')], columns);
  });

/** One answer in at most six columns. */
const brief = ({ state, reason }: PortFact): string => {
  if (state === null) return '..';
  if (state === 'filtered') return reason === 'no-response' ? 'none' : 'reject';
  return state === 'unknown' ? '?' : state;
};

/** The three cells of the host list, at most six columns each: the state once judged, before that the answers so far. */
export const requirementCells = (host: HostView): { text: string; tone: Tone }[] =>
  REQUIREMENTS.map((name) => {
    const facts = factsOf(host, name);
    const found = host.report?.requirements.find((requirement) => requirement.name === name);
    if (found) return { text: STATE[found.state].brief, tone: STATE[found.state].tone };
    const [only] = facts;
    if (!only) return { text: '', tone: 'quiet' };
    const known = facts.filter(({ state }) => state !== null).length;
    return { text: facts.length === 1 ? brief(only) : `${known}/${facts.length}`, tone: 'quiet' };
  });
