import type { Hop } from '../../../model/evidence.ts';
import { filteredPorts } from '../../../model/filtered-ports.ts';
import type { FilterReport, HostReport, RangeReport } from '../../../model/report.ts';
import { latencyWords } from '../../../text/duration.ts';
import { oneLine } from '../../../text/fit-text.ts';
import { rangeList } from '../words.ts';
import { type StyledLine, span, type Tone } from './line.ts';

const HOW: Readonly<Record<FilterReport['how'], string>> = {
  drop: 'silently dropped',
  icmp: 'rejected by ICMP',
  reset: 'reset',
};

/** A reset may come from a device behind the hop that hides from traces. */
const afterWords = (hop: string, how: FilterReport['how']): string =>
  how === 'reset' ? ` at ${oneLine(hop)} or the device behind it` : ` after ${oneLine(hop)}`;

const filterLine = (report: HostReport, filter: FilterReport, isPlaced: boolean): StyledLine => {
  const { by, how, afterHop, beforeHop } = filter;
  const where = isPlaced && by !== afterHop ? afterWords(afterHop ?? '', how) : '';
  const before = beforeHop === undefined ? ', place not known' : `, somewhere before ${oneLine(beforeHop)}`;
  return [
    span(' ×  ', 'bad'),
    span('FILTER ', 'bad'),
    span(
      `TCP ${rangeList(filteredPorts(report, filter))} ${HOW[how]}${by === null ? '' : ` from ${oneLine(by)}`}${where}`,
    ),
    span(isPlaced ? '' : before, 'quiet'),
  ];
};

/** Neighbouring silent hops are shown as one. */
const hopRuns = (hops: readonly Hop[]): Hop[][] => {
  const runs: Hop[][] = [];
  for (const hop of [...hops].sort((a, b) => a.ttl - b.ttl)) {
    const last = runs.at(-1);
    if (hop.address === null && last?.[0]?.address === null) last.push(hop);
    else runs.push([hop]);
  }
  return runs;
};

const hopLine = (run: readonly Hop[], novice: string | null): StyledLine => {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last) return [];
  const ttl = first === last ? `${first.ttl}` : `${first.ttl}-${last.ttl}`;
  return first.address === null
    ? [span(' :  ', 'quiet'), span(`${ttl.padEnd(6)}no answer`, 'quiet')]
    : [
        span(' o  ', 'good'),
        span(ttl.padEnd(6), 'quiet'),
        span(oneLine(first.address).padEnd(26)),
        span(first.rttMs === null ? '' : ` ${latencyWords(first.rttMs).padStart(8)}`, 'quiet'),
        span(first.address === novice ? '  novice' : '', 'quiet'),
      ];
};

const LINK: StyledLine = [span(' │', 'quiet')];

/** The way from here to the host, each filter drawn behind the hop that it follows. Empty without hops. */
export const pathLines = (report: HostReport, vantage: string): StyledLine[] => {
  const { hops, filters } = report.path;
  if (hops.length === 0) return [];
  const lines: StyledLine[] = [
    [span('Path', 'strong')],
    [span(' ■  ', 'good'), span(oneLine(vantage) || 'this machine'), span('  expert', 'quiet')],
  ];
  const placed = new Set<FilterReport>();
  for (const run of hopRuns(hops)) {
    lines.push(LINK, hopLine(run, report.address));
    for (const filter of filters) {
      if (filter.afterHop === null || !run.some(({ address }) => address === filter.afterHop)) continue;
      placed.add(filter);
      lines.push(filterLine(report, filter, true));
    }
  }
  for (const filter of filters) if (!placed.has(filter)) lines.push(filterLine(report, filter, false));
  const reached = hops.some(({ address }) => address !== null && address === report.address);
  // Where no port answered, the distance of the host is not known.
  const answered = report.ports.some(({ state }) => state === 'open' || state === 'closed');
  if (!reached && !answered)
    lines.push(LINK, [span(' :  ', 'quiet'), span('no answer from here on', 'quiet')]);
  if (!reached)
    lines.push(LINK, [
      span(' ■  ', filters.length > 0 ? 'quiet' : 'good'),
      span(oneLine(report.address ?? report.target)),
      span('  novice', 'quiet'),
    ]);
  return lines;
};

const RANGE_TONE: Readonly<Record<RangeReport['state'], Tone>> = {
  reachable: 'good',
  filtered: 'bad',
  mixed: 'doubt',
  unknown: 'quiet',
};

/** The port ranges once edges have been seen and confirmed. Empty while all of them are guesses from a sample. */
export const rangeLines = ({ ranges }: HostReport): StyledLine[] =>
  ranges.some(({ exact }) => exact)
    ? [
        [span('Ranges', 'strong')],
        ...ranges.map(({ from, to, state, exact }) => [
          span(` ${from}-${to}`.padEnd(14)),
          span(state === 'filtered' ? 'FILTERED' : state, RANGE_TONE[state]),
          span(exact ? '' : '  edges from the sample', 'quiet'),
        ]),
      ]
    : [];
