import type { RunEntry } from '../model/history.ts';
import { VERDICTS } from '../model/report.ts';
import { cleanText } from './clean-text.ts';
import type { FormatOptions } from './format.ts';
import { jsonText } from './json-text.ts';
import { paint, roomOf, table, VERDICT_COLOURS, wrap } from './table/draw.ts';
import { durationWords, listWords, minuteWords, verdictCounts } from './words.ts';

/** Targets that are named of one run, and how much of each, so that a run stays a few lines. */
const TARGETS = { count: 3, length: 40 } as const;

const targetWords = ({ targets }: RunEntry): string =>
  listWords(
    targets.map((target) => cleanText(target, TARGETS.length)),
    TARGETS.count,
  );

/** `256`, or `100 of 256` when not all were judged. */
const hostWords = ({ hosts, summary }: RunEntry): string =>
  summary.hosts === hosts ? String(hosts) : `${summary.hosts} of ${hosts}`;

const HEADS = ['Hosts', 'Ready', 'Blocked', 'Undet.', 'Unreach.', 'Took'];

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
    ...VERDICTS.map((verdict) => String(run.summary[verdict])),
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
      cleanText(run.id),
      minuteWords(run.startedAt).replace(/ UTC$/, ''),
      run.state,
      targetWords(run),
      ...(numbers[i] ?? []),
    ]),
    [RUN, STARTED, STATE, targets, ...widths],
    options,
    ['left', 'left', 'left', 'left', ...HEADS.map(() => 'right' as const)],
  );
};

/** A few lines for each run, in three columns. */
const stackedTable = (runs: readonly RunEntry[], options: FormatOptions): string[] =>
  table(
    ['Run', 'Targets', 'Result'],
    runs.map((run) => [
      [cleanText(run.id), minuteWords(run.startedAt), run.state, durationWords(run.durationMs)].join('\n'),
      targetWords(run),
      [
        `${hostWords(run)} hosts`,
        ...VERDICTS.filter((verdict) => run.summary[verdict] > 0).map((verdict) =>
          paint(`${run.summary[verdict]} ${verdict}`, VERDICT_COLOURS[verdict], options),
        ),
      ].join('\n'),
    ]),
    [RUN, roomOf(options) - RUN - 25, 21],
    options,
  );

/** Where no table fits. */
const list = (runs: readonly RunEntry[], { width }: FormatOptions): string[] =>
  runs.flatMap((run) => [
    ...wrap(cleanText(run.id), width, ''),
    ...wrap(`${minuteWords(run.startedAt)}, ${run.state}, ${durationWords(run.durationMs)}`, width, '  '),
    ...wrap(targetWords(run), width, '  '),
    ...wrap(`${hostWords(run)} hosts: ${verdictCounts(run.summary)}`, width, '  '),
  ]);

/** Recorded runs for a person, in the order given: what was asked, when, how it ended and what came of it. */
export const renderHistory = (runs: readonly RunEntry[], options: FormatOptions): string => {
  if (runs.length === 0) return 'No run is recorded.\n';
  const lines =
    wideTable(runs, options) ?? (options.width < 70 ? list(runs, options) : stackedTable(runs, options));
  return `${lines.join('\n')}\n`;
};

/** Recorded runs as `{"runs": [...]}`, indented. Times are ISO 8601 in UTC, durations milliseconds. */
export const renderHistoryJson = (runs: readonly RunEntry[]): string => `${jsonText({ runs }, 2)}\n`;
