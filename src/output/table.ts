import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import type { HostReport, PortReport, ReportSource, RequirementReport, Verdict } from '../model/report.ts';
import { cleanText } from './clean-text.ts';
import type { Format, FormatOptions } from './format.ts';
import {
  CONFIDENCE_WORDS,
  portWords,
  REQUIREMENT_TITLES,
  rangeWords,
  STATE_WORDS,
  VERDICT_WORDS,
} from './words.ts';

type Colour = 'green' | 'red' | 'yellow' | 'gray' | 'bold';

const VERDICT_COLOURS: Readonly<Record<Verdict, Colour>> = {
  ready: 'green',
  blocked: 'red',
  undetermined: 'yellow',
  unreachable: 'gray',
};
const STATE_COLOURS: Readonly<Record<RequirementReport['state'], Colour>> = {
  pass: 'green',
  fail: 'red',
  undetermined: 'yellow',
  'not-needed': 'gray',
};

const paint = (text: string, colour: Colour, { colour: wanted }: FormatOptions): string =>
  wanted ? styleText(colour, text, { validateStream: false }) : text;

/** Breaks text at blanks so that no line is longer than the screen; every line starts with the indent. */
const wrap = (text: string, width: number, first: string, rest = ' '.repeat(first.length)): string[] => {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(/\s+/)) {
    const joined = line === first || line === rest ? line + word : `${line} ${word}`;
    if (joined.length > width && line !== first && line !== rest) {
      lines.push(line);
      line = rest + word;
    } else line = joined;
  }
  return [...lines, line];
};

const table = (head: string[], rows: string[][], widths: number[], options: FormatOptions): string[] => {
  const drawn = new CliTable({
    head: head.map((cell) => paint(cell, 'bold', options)),
    colWidths: widths,
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [], compact: true },
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
};

const nameOf = ({ target, address }: HostReport): string =>
  cleanText(address === null || address === target ? target : `${target} (${address})`);

const seenOf = (requirement: RequirementReport, ports: readonly PortReport[]): string => {
  const own = ports.filter(({ requirement: name }) => name === requirement.name);
  const [only] = own;
  if (only && own.length === 1)
    return [portWords(only), only.detail && cleanText(only.detail)].filter(Boolean).join('; ');
  const counts = new Map<string, number>();
  for (const { state, reason } of own)
    counts.set(`${state} (${reason})`, (counts.get(`${state} (${reason})`) ?? 0) + 1);
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
};

const requirementTable = (host: HostReport, options: FormatOptions): string[] => {
  const room = Math.max(options.width - 1, 38);
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

const percent = (share: number): string =>
  share >= 0.1 ? `${Math.round(share * 100)} %` : `${(share * 100).toFixed(1)} %`;

const coverageText = ({ coverage }: HostReport): string =>
  `${coverage.sampled} of ${coverage.population} ports asked, ${coverage.filtered} of them filtered. A filtered block of ${coverage.blockGuaranteed} or more ports in a row would have been hit; with 95 % certainty at most ${percent(coverage.upperBound95)} of the range is filtered.`;

const pathLines = ({ path, address }: HostReport, { width }: FormatOptions): string[] => {
  if (path.hops.length === 0) return [];
  const way = ['here', ...path.hops.map((hop) => hop.address ?? '*'), ...(address ? [address] : [])].join(
    ' > ',
  );
  return [
    ...wrap(way, width, '  Path: '),
    ...path.filters.flatMap((filter) => {
      const who = filter.by ? ` by ${filter.by}` : '';
      const how = { drop: 'dropped', icmp: 'rejected', reset: 'reset' }[filter.how];
      const where = filter.afterHop ? `after ${filter.afterHop}` : 'at a place that could not be found';
      return wrap(`TCP ${portList(filter.ports)} ${how}${who} ${where}`, width, '  Filter: ');
    }),
  ];
};

const portList = (ports: readonly number[]): string =>
  ports.length > 6 ? `${ports.slice(0, 6).join(', ')} and ${ports.length - 6} more` : ports.join(', ');

const remedyLines = (host: HostReport, { width }: FormatOptions): string[] =>
  host.remedies.flatMap((remedy, i) => [
    ...wrap(`${cleanText(remedy.title)} (${remedy.where})`, width, `  ${i + 1}. `),
    ...wrap(cleanText(remedy.text, 2000), width, '     '),
    // Commands stay on one line however long: they are there to be copied.
    ...remedy.commands.map((command) => `       ${cleanText(command, 2000)}`),
  ]);

const portTable = (host: HostReport, options: FormatOptions): string[] => {
  const room = Math.max(options.width - 1, 38);
  return table(
    ['Port', 'Needed for', 'Answer'],
    host.ports.map((one) => [
      String(one.port),
      one.requirement,
      [portWords(one), one.service, one.detail && cleanText(one.detail)].filter(Boolean).join('; '),
    ]),
    [7, 17, room - 28],
    options,
  );
};

const headline = (host: HostReport, options: FormatOptions): string[] => {
  const word = paint(VERDICT_WORDS[host.verdict], VERDICT_COLOURS[host.verdict], options);
  const both = Object.entries(host.byGeneration).map(([name, verdict]) => `${name}: ${verdict}`);
  const about = `${CONFIDENCE_WORDS[host.confidence]}; Windows of the novice: ${host.novice.generation} (${both.join(', ')})`;
  return [`${word}  ${paint(nameOf(host), 'bold', options)}`, ...wrap(about, options.width, '  ')];
};

const hostLines = (host: HostReport, options: FormatOptions): string[] => {
  const { width } = options;
  const ranges = host.ranges.map(rangeWords).join(', ');
  const remedies = remedyLines(host, options);
  return [
    ...headline(host, options),
    ...(host.ports.length > 0 ? requirementTable(host, options) : []),
    '  Why',
    ...host.because.flatMap(({ text, rule }) => wrap(`${cleanText(text, 2000)} [${rule}]`, width, '  - ')),
    ...(host.coverage.sampled > 0 ? wrap(coverageText(host), width, '  Sample: ') : []),
    ...(ranges ? wrap(ranges, width, '  Ranges: ') : []),
    ...pathLines(host, options),
    ...(options.verbose && host.ports.length > 0 ? portTable(host, options) : []),
    ...(remedies.length > 0 ? ['  What to change or check', ...remedies] : []),
  ];
};

const overview = (hosts: readonly HostReport[], options: FormatOptions): string[] => {
  const room = Math.max(options.width - 1, 38);
  const wide = room >= 70;
  const states = wide ? 8 : 0;
  const host = wide ? 32 : 20;
  const columns = [host, 15, ...(wide ? [states, states, states + 2] : [])];
  const why = room - columns.reduce((sum, column) => sum + column, 0) - columns.length - 2;
  return table(
    ['Host', 'Verdict', ...(wide ? ['135', '3389', 'dynamic'] : []), ...(why > 10 ? ['Why'] : [])],
    hosts.map((one) => [
      nameOf(one),
      paint(VERDICT_WORDS[one.verdict], VERDICT_COLOURS[one.verdict], options),
      ...(wide
        ? one.requirements.map(({ state }) =>
            paint(state === 'not-needed' ? '-' : STATE_WORDS[state], STATE_COLOURS[state], options),
          )
        : []),
      ...(why > 10 ? [cleanText(one.because[0]?.text ?? '')] : []),
    ]),
    [...columns, ...(why > 10 ? [why] : [])],
    options,
  );
};

const summaryLine = ({ summary, run }: ReportSource): string => {
  const counts = (['ready', 'blocked', 'undetermined', 'unreachable'] as const)
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => `${summary[verdict]} ${verdict}`);
  const hosts = `${summary.hosts} ${summary.hosts === 1 ? 'host' : 'hosts'}`;
  const how = `${run.probesSent} probes in ${(run.durationMs / 1000).toFixed(1)} s, engine ${run.engine}, seed ${run.seed}`;
  return `${hosts}: ${counts.join(', ')}. ${how}.${run.interrupted ? ' Interrupted: this is what was known by then.' : ''}`;
};

/**
 * The report for a person: with several hosts first an overview, then each host that is not ready (all when `verbose`)
 * with what was seen, why, and what to change; last a summary line. No line but a command is longer than `width`.
 */
export const renderTable: Format = function* (report, options) {
  const hosts = [...report.hosts];
  const several = hosts.length > 1;
  const detailed = several && !options.verbose ? hosts.filter(({ verdict }) => verdict !== 'ready') : hosts;
  const parts = [
    ...(several ? [overview(hosts, options)] : []),
    ...detailed.map((host) => hostLines(host, options)),
    wrap(summaryLine(report), options.width, ''),
  ];
  yield `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
};
