import stringWidth from 'string-width';
import type { RpcEndpoint } from '../../model/evidence.ts';
import {
  type HostReport,
  isClearSoFar,
  type PortReport,
  type RequirementReport,
} from '../../model/report.ts';
import { answerWords } from '../../text/answer-words.ts';
import { cleanText } from '../../text/clean-text.ts';
import { coverageWords } from '../../text/coverage-words.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { filterWords, pathWords } from '../path-words.ts';
import {
  hostName,
  noviceWords,
  portStateWords,
  REQUIREMENT_TITLES,
  rangeStateWords,
  STATE_WORDS,
} from '../report-words.ts';
import { paint, roomOf, STATE_COLOURS, table } from './draw.ts';
import { policyLines } from './policy.ts';
import { remedyLines } from './remedy.ts';
import { REMARKS_APART, verdictLines } from './verdict.ts';

const joined = (parts: readonly (string | null)[]): string =>
  parts.flatMap((part) => (part ? [cleanText(part)] : [])).join('; ');

const seenOf = (
  requirement: RequirementReport,
  ports: readonly PortReport[],
  { verbose }: FormatOptions,
): string => {
  const own = ports.filter(({ requirement: name }) => name === requirement.name);
  const [only] = own;
  // What was said there matters where it is not what belongs there.
  if (only && own.length === 1)
    return joined([portStateWords(only), verbose || requirement.state !== 'pass' ? only.detail : null]);
  const counts = new Map<string, number>();
  for (const port of own) counts.set(answerWords(port), (counts.get(answerWords(port)) ?? 0) + 1);
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
};

/** Columns of the longest state with its indent and the blanks behind it. */
const STATE = 14;

const requirementLines = (host: HostReport, options: FormatOptions): string[] =>
  host.requirements.flatMap((one) => {
    const word = STATE_WORDS[one.state];
    const seen = one.state === 'not-needed' && !options.verbose ? '' : seenOf(one, host.ports, options);
    const text = `${REQUIREMENT_TITLES[one.name]}${seen ? `: ${seen}` : ''}`;
    const [first = '', ...rest] = wrapIndented(text, options.width, ' '.repeat(STATE));
    const lead = `  ${paint(word, STATE_COLOURS[one.state], options)}${' '.repeat(STATE - 2 - word.length)}`;
    return [lead + first.slice(STATE), ...rest];
  });

/** Rules that the requirement lines and the verdict say already, in fewer words. */
const isSaid = (host: HostReport, rule: string): boolean => {
  const own = host.requirements.find((one) => one.rule === rule);
  if (!own) return REMARKS_APART.has(rule);
  if (own.state === 'fail') return false;
  return own.state !== 'undetermined' || host.verdict !== 'undetermined' || isClearSoFar(host);
};

/** Reasons beside the first, which stands with the verdict: what else fails or is in doubt, and remarks; all when `verbose`. */
const reasonLines = (host: HostReport, { width, verbose }: FormatOptions): string[] => {
  const [, ...others] = host.because;
  const shown = verbose ? host.because : others.filter(({ rule }) => !isSaid(host, rule));
  if (shown.length === 0) return [];
  return [
    verbose ? '  Why' : '  Also',
    ...shown.flatMap(({ text, rule }) =>
      wrapIndented(`${cleanText(text, 2000)}${verbose ? ` [${rule}]` : ''}`, width, '  - '),
    ),
  ];
};

/** Stretches that a reader takes in; more are for `verbose`. */
const FEW_RANGES = 4;

const rangeLines = (host: HostReport, { width, verbose }: FormatOptions): string[] => {
  const { ranges, coverage, requirements } = host;
  // The reason names exact ranges, and the rule that passes a clean sample explains it.
  const isNews =
    host.verdict === 'blocked' &&
    ranges.length > 1 &&
    ranges.length <= FEW_RANGES &&
    ranges.some(({ state, exact }) => !exact && (state === 'filtered' || state === 'mixed'));
  const isExplained = requirements.some(({ rule }) => rule === 'dynamic-all-answered');
  return [
    ...((verbose && ranges.length > 0) || isNews
      ? wrapIndented(ranges.map(rangeStateWords).join(', '), width, '  Ranges: ')
      : []),
    ...(verbose && coverage.sampled > 0 && !isExplained
      ? wrapIndented(coverageWords(coverage), width, '  Sample: ')
      : []),
  ];
};

const pathLines = (host: HostReport, { width, verbose }: FormatOptions): string[] => {
  if (host.path.hops.length === 0 || (host.verdict === 'ready' && !verbose)) return [];
  return [
    ...wrapIndented(cleanText(pathWords(host), 2000), width, '  Path: '),
    ...(verbose
      ? host.path.filters.flatMap((filter) =>
          wrapIndented(cleanText(filterWords(host, filter)), width, '  Filter: '),
        )
      : []),
  ];
};

const portTable = (host: HostReport, options: FormatOptions): string[] =>
  table(
    ['Port', 'Needed for', 'Answer'],
    host.ports.map((one) => [
      String(one.port),
      one.requirement,
      joined([portStateWords(one), one.service, one.detail]),
    ]),
    [7, 17, roomOf(options) - 28],
    options,
  );

/** What the endpoint mapper has named: which service listens where. */
const endpointLines = ({ endpoints }: HostReport, { width }: FormatOptions): string[] => {
  if (endpoints.length === 0) return [];
  const entry = ({ port, interface: name, annotation }: RpcEndpoint): string[] =>
    wrapIndented(
      `TCP ${port}: ${cleanText(name)}${annotation ? ` (${cleanText(annotation)})` : ''}`,
      width,
      '  - ',
    );
  return ['  Endpoints listed by the mapper', ...endpoints.flatMap(entry)];
};

/** What the user's own probes found. */
const extraLines = ({ extra = [] }: HostReport, { width }: FormatOptions): string[] =>
  extra.length === 0
    ? []
    : [
        '  Extra probes',
        ...extra.flatMap((one) =>
          wrapIndented(
            `TCP ${one.port} (${one.probe}): ${joined([answerWords(one), one.service, one.detail])}`,
            width,
            '  - ',
          ),
        ),
      ];

/** The host and its Windows, in one line where that fits. */
const titleLines = (host: HostReport, options: FormatOptions): string[] => {
  const name = cleanText(hostName(host));
  const title = paint(name, 'bold', options);
  if (host.verdict === 'unreachable' && !options.verbose) return [title];
  const novice = `Novice's Windows: ${noviceWords(host)}`;
  return stringWidth(name) + 2 + novice.length <= options.width
    ? [`${title}  ${novice}`]
    : [title, ...wrapIndented(novice, options.width, '  ')];
};

/** One host in full: what was seen, the path and what to do, and last the verdict with its cause; every port when `verbose`. */
export const hostLines = (host: HostReport, options: FormatOptions): string[] => {
  const { verbose } = options;
  // Of a host of which nothing answered, three lines would say the same.
  const isSilent = host.verdict === 'unreachable' && !verbose;
  return [
    ...titleLines(host, options),
    ...(host.ports.length > 0 && !isSilent ? requirementLines(host, options) : []),
    ...policyLines(host, options),
    ...reasonLines(host, options),
    ...rangeLines(host, options),
    ...pathLines(host, options),
    ...(verbose && host.ports.length > 0 ? portTable(host, options) : []),
    ...(verbose ? endpointLines(host, options) : []),
    ...extraLines(host, options),
    ...(host.verdict === 'ready' && !verbose ? [] : remedyLines(host, options)),
    ...verdictLines(host, options),
  ];
};
