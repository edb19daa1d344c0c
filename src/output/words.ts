import type { Confidence, PortReport, RangeReport, RequirementState, Verdict } from '../model/report.ts';

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
