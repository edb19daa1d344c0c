import type {
  Confidence,
  Coverage,
  FilterReport,
  HostReport,
  PortReport,
  RangeReport,
  ReportSource,
  RequirementState,
  Summary,
  Verdict,
} from '../model/report.ts';
import { VERDICTS } from '../model/report.ts';

/** The words that a person reads, the same in every format made for people. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  ready: 'READY',
  blocked: 'BLOCKED',
  undetermined: 'UNDETERMINED',
  unreachable: 'UNREACHABLE',
};

export const STATE_WORDS: Readonly<Record<RequirementState, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  undetermined: 'UNSURE',
  'not-needed': 'not needed',
};

export const CONFIDENCE_WORDS: Readonly<Record<Confidence, string>> = {
  proven: 'proven',
  likely: 'likely',
  weak: 'weak evidence',
};

export const REQUIREMENT_TITLES: Readonly<Record<PortReport['requirement'], string>> = {
  'endpoint-mapper': 'TCP 135 endpoint mapper',
  'remote-desktop': 'TCP 3389 Remote Desktop',
  'dynamic-rpc': 'Dynamic RPC ports',
};

/** `open, syn-ack, 1.2 ms` */
export const portWords = ({ state, reason, rttMs, from, attempts }: PortReport): string => {
  const parts: string[] = [state, reason];
  if (rttMs !== null) parts.push(`${rttMs < 10 ? rttMs.toFixed(1) : Math.round(rttMs)} ms`);
  if (from !== null && state === 'filtered') parts.push(`from ${from}`);
  if (reason === 'no-response') parts.push(`asked ${attempts} ${attempts === 1 ? 'time' : 'times'}`);
  return parts.join(', ');
};

/** `49152-65535 filtered (exact)` */
export const rangeWords = ({ from, to, state, exact }: RangeReport): string =>
  `${from === to ? from : `${from}-${to}`} ${state}${exact ? ' (exact)' : ''}`;

const percent = (share: number): string =>
  share >= 0.1 ? `${Math.round(share * 100)} %` : `${(share * 100).toFixed(1)} %`;

/** What the sample of dynamic ports proves, in two sentences. */
export const coverageWords = (coverage: Coverage): string =>
  `${coverage.sampled} of ${coverage.population} ports asked, ${coverage.filtered} of them filtered. A filtered block of ${coverage.blockGuaranteed} or more ports in a row would have been hit; with 95 % certainty at most ${percent(coverage.upperBound95)} of the range is filtered.`;

/** The first `most` of a list, and how many more there are. */
export const listWords = (items: readonly (string | number)[], most: number): string =>
  items.length > most
    ? `${items.slice(0, most).join(', ')} and ${items.length - most} more`
    : items.join(', ');

/** `here > 10.64.1.1 > * > 10.77.1.2` */
export const pathWords = ({ path, address }: HostReport): string =>
  ['here', ...path.hops.map((hop) => hop.address ?? '*'), ...(address ? [address] : [])].join(' > ');

/** `TCP 50400, 53000 dropped after 10.64.1.1` */
export const filterWords = ({ ports, by, how, afterHop }: FilterReport): string => {
  const who = by ? ` by ${by}` : '';
  const where = afterHop ? `after ${afterHop}` : 'at a place that could not be found';
  return `TCP ${listWords(ports, 6)} ${{ drop: 'dropped', icmp: 'rejected', reset: 'reset' }[how]}${who} ${where}`;
};

/** `pc0417.corp.example (10.77.1.2)`: as typed, with the address where that says more. Not cleaned. */
export const hostName = ({ target, address }: Pick<HostReport, 'target' | 'address'>): string =>
  address === null || address === target ? target : `${target} (${address})`;

/** `1 host`, `3 hosts` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `12 ready, 3 blocked`: the verdicts that occur. */
export const verdictCounts = (counts: Readonly<Record<Verdict, number>>): string =>
  VERDICTS.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`)
    .join(', ');

/** `1.2 s`, `3 min 20 s`, `2 h 05 min` */
export const durationWords = (ms: number): string => {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
};

/** `2026-01-01 00:00 UTC` out of an ISO 8601 time; what is no such time is given back. */
export const minuteWords = (time: string): string => {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(time);
  return parts ? `${parts[1]} ${parts[2]} UTC` : time;
};

/** How the run ended and what it cost, the last line of a report for a person. */
export const summaryWords = ({ summary, run }: Pick<ReportSource, 'summary' | 'run'>): string => {
  const how = `${counted(run.probesSent, 'probe')} in ${durationWords(run.durationMs)}, engine ${run.engine}, seed ${run.seed}`;
  return `${countsWords(summary)}. ${how}.${run.interrupted ? ' Interrupted: this is what was known by then.' : ''}`;
};

const countsWords = (summary: Summary): string => {
  const counts = verdictCounts(summary);
  return counted(summary.hosts, 'host') + (counts ? `: ${counts}` : '');
};
