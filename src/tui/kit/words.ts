import type { Confidence, HostReport, RequirementState } from '../../model/report.ts';
import { forEachRequirement, REQUIREMENT as NAMES, portOf } from '../../model/requirement.ts';
import type { ShownVerdict } from '../../model/shown-verdict.ts';
import type { PortRange } from '../../model/target.ts';
import { shortList } from '../../text/and-list.ts';
import { twoDigits } from '../../text/duration.ts';
import type { Tone } from './layout/line.ts';

/** How a requirement is named on the screen, and the ports it stands for; both in full and in at most seven columns. */
export const REQUIREMENT = forEachRequirement((name) => {
  const port = portOf(name);
  return {
    title: NAMES[name].title,
    brief: NAMES[name].brief,
    ports: port === null ? 'above 1024' : String(port),
    short: port === null ? '>1024' : String(port),
  };
});

/** A requirement's state, in full and in at most six columns. */
export const STATE: Readonly<Record<RequirementState, { word: string; brief: string; tone: Tone }>> = {
  pass: { word: 'PASS', brief: 'PASS', tone: 'good' },
  fail: { word: 'FAIL', brief: 'FAIL', tone: 'bad' },
  undetermined: { word: 'UNSURE', brief: 'UNSURE', tone: 'doubt' },
  'not-needed': { word: 'not needed', brief: '-', tone: 'quiet' },
};

/** A verdict as a heading, in at most eight columns, in a sentence, and its tone. */
export const VERDICT: Readonly<
  Record<ShownVerdict, { word: string; brief: string; says: string; tone: Tone }>
> = {
  ready: { word: 'READY', brief: 'ready', says: 'No obstacle found on the network.', tone: 'good' },
  blocked: {
    word: 'BLOCKED',
    brief: 'blocked',
    says: 'The network or the host blocks an offer of Remote Assistance.',
    tone: 'bad',
  },
  'clear-so-far': {
    word: 'CLEAR SO FAR',
    brief: 'clear',
    says: 'TCP 135 answers and nothing was found to block an offer; the rest cannot be tested from here.',
    tone: 'good',
  },
  undetermined: {
    word: 'UNDETERMINED',
    brief: 'undet.',
    says: 'Cannot be decided from here; see what to do.',
    tone: 'doubt',
  },
  unreachable: {
    word: 'UNREACHABLE',
    brief: 'unreach.',
    says: 'Nothing answered from this address.',
    tone: 'doubt',
  },
};

/** How sure a verdict is, behind its word; nothing for one that is none yet. */
export const sureWords = ({ verdict, confidence }: Pick<HostReport, 'verdict' | 'confidence'>): string =>
  verdict === 'undetermined' ? '' : ` ${confidence}`;

/** How sure a verdict is, as a sentence. */
export const CONFIDENCE: Readonly<Record<Confidence, string>> = {
  proven: 'Proven by packets seen on the wire.',
  likely: 'Likely: inferred from several answers, not seen directly.',
  weak: 'Weak: few answers, or packet loss on this path.',
};

/** Generations of Windows by name. */
export const GENERATION = {
  'xp-2003': 'Windows XP or Server 2003',
  'vista-or-later': 'Windows Vista or later',
} as const;

/** Whole seconds, for a clock that runs: `8 s`, `3:20`, `2:03:20`. */
export const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${twoDigits(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
};

/** `135, 3389, 5000-5999`: runs joined, and no more than `most` of them. */
export const portList = (ports: readonly number[], most = 8): string => {
  const runs: { from: number; to: number }[] = [];
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && port === last.to + 1) last.to = port;
    else runs.push({ from: port, to: port });
  }
  return rangeList(runs, most);
};

/** The same of ranges that are apart and in order. */
export const rangeList = (ranges: readonly PortRange[], most = 8): string => {
  const words = ranges.slice(0, most).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  return shortList(words, most, ranges.length);
};
