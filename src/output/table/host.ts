import type { RpcEndpoint } from '../../model/evidence.ts';
import type { HostReport, PortReport, RequirementReport } from '../../model/report.ts';
import { cleanText } from '../clean-text.ts';
import type { FormatOptions } from '../format.ts';
import {
  CONFIDENCE_WORDS,
  coverageWords,
  filterWords,
  hostName,
  pathWords,
  portWords,
  REQUIREMENT_TITLES,
  rangeWords,
  STATE_WORDS,
  VERDICT_WORDS,
} from '../words.ts';
import { cut, paint, roomOf, STATE_COLOURS, table, VERDICT_COLOURS, wrap } from './draw.ts';

const answerWords = (parts: readonly (string | null)[]): string =>
  parts.flatMap((part) => (part ? [cleanText(part)] : [])).join('; ');

const seenOf = (requirement: RequirementReport, ports: readonly PortReport[]): string => {
  const own = ports.filter(({ requirement: name }) => name === requirement.name);
  const [only] = own;
  if (only && own.length === 1) return answerWords([portWords(only), only.detail]);
  const counts = new Map<string, number>();
  for (const { state, reason } of own)
    counts.set(`${state} (${reason})`, (counts.get(`${state} (${reason})`) ?? 0) + 1);
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
};

const requirementTable = (host: HostReport, options: FormatOptions): string[] => {
  const room = roomOf(options);
  const [title, state] = [room < 70 ? 12 : 27, 12];
  return table(
    ['Needed', 'State', 'Seen'],
    host.requirements.map((one) => [
      REQUIREMENT_TITLES[one.name],
      paint(STATE_WORDS[one.state], STATE_COLOURS[one.state], options),
      seenOf(one, host.ports),
    ]),
    [title, state, room - title - state - 4],
    options,
  );
};

const pathLines = (host: HostReport, { width }: FormatOptions): string[] => {
  if (host.path.hops.length === 0) return [];
  return [
    ...wrap(cleanText(pathWords(host), 2000), width, '  Path: '),
    ...host.path.filters.flatMap((filter) => wrap(cleanText(filterWords(filter)), width, '  Filter: ')),
  ];
};

const remedyLines = (host: HostReport, { width }: FormatOptions): string[] =>
  host.remedies.flatMap((remedy, i) => [
    ...wrap(`${cleanText(remedy.title)} (${remedy.where})`, width, `  ${i + 1}. `),
    ...wrap(cleanText(remedy.text, 2000), width, '     '),
    // Commands stay on one line however long: they are there to be copied.
    ...remedy.commands.map((command) => `       ${cleanText(command, 2000)}`),
  ]);

const portTable = (host: HostReport, options: FormatOptions): string[] =>
  table(
    ['Port', 'Needed for', 'Answer'],
    host.ports.map((one) => [
      String(one.port),
      one.requirement,
      answerWords([portWords(one), one.service, one.detail]),
    ]),
    [7, 17, roomOf(options) - 28],
    options,
  );

/** What the endpoint mapper has named: which service listens where. */
const endpointLines = ({ endpoints }: HostReport, { width }: FormatOptions): string[] => {
  if (endpoints.length === 0) return [];
  const entry = ({ port, interface: name, annotation }: RpcEndpoint): string[] =>
    wrap(`TCP ${port}: ${cleanText(name)}${annotation ? ` (${cleanText(annotation)})` : ''}`, width, '  - ');
  return ['  Endpoints that the mapper names', ...endpoints.flatMap(entry)];
};

const headline = (host: HostReport, options: FormatOptions): string[] => {
  const word = paint(VERDICT_WORDS[host.verdict], VERDICT_COLOURS[host.verdict], options);
  const both = Object.entries(host.byGeneration).map(([name, verdict]) => `${name}: ${verdict}`);
  const about = `${CONFIDENCE_WORDS[host.confidence]}; Windows of the novice: ${host.novice.generation} (${both.join(', ')})`;
  return [
    `${word}  ${paint(cleanText(hostName(host)), 'bold', options)}`,
    ...wrap(about, options.width, '  '),
  ];
};

/** One host in full: what was seen, why, how sure, the way to it, and what to change; every port when `verbose`. */
export const hostLines = (host: HostReport, options: FormatOptions): string[] => {
  const { width } = options;
  const ranges = host.ranges.map(rangeWords).join(', ');
  const remedies = remedyLines(host, options);
  return [
    ...headline(host, options),
    ...(host.ports.length > 0 ? requirementTable(host, options) : []),
    '  Why',
    ...host.because.flatMap(({ text, rule }) => wrap(`${cleanText(text, 2000)} [${rule}]`, width, '  - ')),
    ...(host.coverage.sampled > 0 ? wrap(coverageWords(host.coverage), width, '  Sample: ') : []),
    ...(ranges ? wrap(ranges, width, '  Ranges: ') : []),
    ...pathLines(host, options),
    ...(options.verbose && host.ports.length > 0 ? portTable(host, options) : []),
    ...(options.verbose ? endpointLines(host, options) : []),
    ...(remedies.length > 0 ? ['  What to change or check', ...remedies] : []),
  ];
};

/** Columns of the verdict and of the three states, with their padding. */
const VERDICT_COLUMN = 15;
const STATE_COLUMNS = [8, 8, 10] as const;
/** A host takes no more columns, and a reason that has fewer says nothing. */
const MOST_HOST = 34;
const LEAST_WHY = 24;

/** One line for each of a few hosts: verdict, the three requirements, and the beginning of why where there is room. */
export const overviewLines = (hosts: Iterable<HostReport>, options: FormatOptions): string[] => {
  const all = Array.from(hosts, (one) => ({ ...one, name: cleanText(hostName(one)) }));
  const room = roomOf(options);
  const states = room >= 70 ? STATE_COLUMNS : [];
  const fixed = [VERDICT_COLUMN, ...states];
  const left = room - fixed.reduce((sum, column) => sum + column, 0) - fixed.length - 2;
  const host = Math.min(left, MOST_HOST, Math.max(...all.map(({ name }) => name.length), 4) + 2);
  const why = left - host - 1 >= LEAST_WHY ? left - host - 1 : 0;
  return table(
    [
      'Host',
      'Verdict',
      ...(states.length > 0 ? ['135', '3389', 'dynamic'] : []),
      ...(why > 0 ? ['Why'] : []),
    ],
    all.map((one) => [
      cut(one.name, host - 2),
      paint(VERDICT_WORDS[one.verdict], VERDICT_COLOURS[one.verdict], options),
      ...(states.length > 0
        ? one.requirements.map(({ state }) =>
            paint(state === 'not-needed' ? '-' : STATE_WORDS[state], STATE_COLOURS[state], options),
          )
        : []),
      ...(why > 0 ? [cut(cleanText(one.because[0]?.text ?? ''), why - 2)] : []),
    ]),
    [host, ...fixed, ...(why > 0 ? [why] : [])],
    options,
  );
};
