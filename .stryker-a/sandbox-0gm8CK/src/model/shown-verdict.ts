import { CLEAR_SO_FAR, type HostReport, isClearSoFar, type Summary, type Verdict } from './report.ts';

/** A verdict as people read it: undetermined hosts that are clear so far have a word of their own. Programs read `Verdict`. */
export type ShownVerdict = Verdict | typeof CLEAR_SO_FAR;

/** In the order in which counts name them. */
export const SHOWN_VERDICTS: readonly ShownVerdict[] = [
  'ready',
  CLEAR_SO_FAR,
  'blocked',
  'undetermined',
  'unreachable',
];

/** The words for them, as they stand in a sentence. */
export const SHOWN_WORDS: Readonly<Record<ShownVerdict, string>> = {
  ready: 'ready',
  [CLEAR_SO_FAR]: 'clear so far',
  blocked: 'blocked',
  undetermined: 'undetermined',
  unreachable: 'unreachable',
};

/** The verdict on a host as people read it. */
export const shownVerdict = (host: Pick<HostReport, 'verdict' | 'because'>): ShownVerdict =>
  isClearSoFar(host) ? CLEAR_SO_FAR : host.verdict;

/** The verdict that programs read for one that people read. */
export const verdictOf = (shown: ShownVerdict): Verdict => (shown === CLEAR_SO_FAR ? 'undetermined' : shown);

/** Hosts by the verdict that people read; those that are clear so far are not counted as undetermined too. */
export const shownCounts = ({
  ready,
  blocked,
  undetermined,
  clearSoFar,
  unreachable,
}: Summary): Readonly<Record<ShownVerdict, number>> => ({
  ready,
  [CLEAR_SO_FAR]: clearSoFar,
  blocked,
  undetermined: undetermined - clearSoFar,
  unreachable,
});

/** Nobody counted yet; for counting hosts one by one. */
export const noShownCounts = (): Record<ShownVerdict, number> => ({
  ready: 0,
  [CLEAR_SO_FAR]: 0,
  blocked: 0,
  undetermined: 0,
  unreachable: 0,
});

/** `12 ready, 5 clear so far, 3 blocked`: the verdicts that occur. */
export const shownCountsWords = (counts: Readonly<Record<ShownVerdict, number>>): string =>
  SHOWN_VERDICTS.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${SHOWN_WORDS[verdict]}`)
    .join(', ');
