import type { RunEntry } from '../model/history.ts';
import { SHOWN_VERDICTS, shownCounts } from '../model/shown-verdict.ts';
import { shortList } from '../text/and-list.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { durationWords } from '../text/duration.ts';
import { clip } from '../text/fit-text.ts';
import type { FormatOptions } from './format.ts';
import { jsonText } from './json-text.ts';
import { minuteWords } from './report-words.ts';
import { roomOf, table } from './table/draw.ts';

/** Targets that are named of one run, and how much of each, so that a run stays a few lines. */
const TARGETS = { count: 3, length: 40 } as const;

/** `from hq: 10.1.0.0/16`: runs of one fleet have the same targets. */
const targetWords = ({ targets, fleet, vantage }: RunEntry): string =>
  (fleet ? `from ${cleanText(vantage, TARGETS.length)}: ` : '') +
  shortList(
    targets.map((target) => cleanText(target, TARGETS.length)),
    TARGETS.count,
  );

/** `256`, or `100 of 256` when not all were judged. */
const hostWords = ({ hosts, summary }: RunEntry): string =>
  summary.hosts === hosts ? String(hosts) : `${summary.hosts} of ${hosts}`;

const HEADS = ['Hosts', 'Ready', 'Clear', 'Blocked', 'Undet.', 'Unreach.', 'Took'];

/** Columns of a run, of its start and of its state, with their padding. */
const RUN = 25;
const STARTED = 18;
const STATE = 13;
/** Fewer columns than this cut most targets short. */
const LEAST_TARGETS = 24;

/** One line for each run; null where the screen has no room for that. */
const wideTable = (runs: readonly RunEntry[], options: FormatOptions): string[] | null => {
  const numbers = runs.map((run) => [
    hostWords(run),
    ...SHOWN_VERDICTS.map((verdict) => String(shownCounts(run.summary)[verdict])),
    durationWords(run.durationMs),
  ]);
  const widths = HEADS.map(
    (head, i) => Math.max(head.length, ...numbers.map((row) => row[i]?.length ?? 0)) + 2,
  );
  const fixed = [RUN, STARTED, STATE, ...widths];
  const targets = roomOf(options) - fixed.reduce((sum, width) => sum + width, 0) - fixed.length - 2;
  if (targets < LEAST_TARGETS) return null;
  return table(
    ['Run', 'Started (UTC)', 'State', 'Targets', ...HEADS],
    runs.map((run, i) => [
      clip(cleanText(run.id), RUN - 2),
      minuteWords(run.startedAt).replace(/ UTC$/, ''),
      run.state,
      clip(targetWords(run), targets - 2),
      ...(numbers[i] ?? []),
    ]),
    [RUN, STARTED, STATE, targets, ...widths],
    options,
    ['left', 'left', 'left', 'left', ...HEADS.map(() => 'right' as const)],
  );
};

/** `256 hosts, 3 blocked`, and how the run ended where it did not end well. */
const resultWords = ({ state, summary }: RunEntry): string =>
  `${state === 'finished' ? '' : `${state}, `}${counted(summary.hosts, 'host')}, ${summary.blocked} blocked`;

/** Most columns of the result where the screen is narrow. */
const MOST_RESULT = 36;

/** One line for each run, in three columns; the id begins with the time. */
const narrowTable = (runs: readonly RunEntry[], options: FormatOptions): string[] => {
  const results = runs.map(resultWords);
  const longest = results.reduce((most, { length }) => Math.max(most, length), 0);
  const result = Math.min(MOST_RESULT, longest + 2);
  const targets = roomOf(options) - RUN - result - 4;
  return table(
    ['Run', 'Targets', 'Result'],
    runs.map((run, i) => [
      clip(cleanText(run.id), RUN - 2),
      clip(targetWords(run), targets - 2),
      clip(results[i] ?? '', result - 2),
    ]),
    [RUN, targets, result],
    options,
  );
};

/** One line for each run where no table fits. */
const list = (runs: readonly RunEntry[], { width }: FormatOptions): string[] =>
  runs.map((run) => clip(`${cleanText(run.id)} ${resultWords(run)}`, width));

/** Recorded runs for a person, in the order given: what was asked, when, how it ended and what came of it. */
export const renderHistory = (runs: readonly RunEntry[], options: FormatOptions): string => {
  if (runs.length === 0) return 'No run is recorded.\n';
  const lines =
    wideTable(runs, options) ?? (options.width < 76 ? list(runs, options) : narrowTable(runs, options));
  return `${lines.join('\n')}\n`;
};

/** Recorded runs as `{"runs": [...]}`, indented. Times are ISO 8601 in UTC, durations milliseconds. */
export const renderHistoryJson = (runs: readonly RunEntry[]): string => `${jsonText({ runs }, 2)}\n`;
