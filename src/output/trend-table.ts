import type { Verdict } from '../model/report.ts';
import { portOf, REQUIREMENTS, type RequirementName } from '../model/requirement.ts';
import type { TrendRun } from '../model/trend.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { wrapIndented } from '../text/fit-text.ts';
import type { FormatOptions } from './format.ts';
import { jsonText } from './json-text.ts';
import { minuteWords } from './report-words.ts';
import { paint, table } from './table/draw.ts';

interface Bounded<T> {
  readonly count: number;
  readonly top: readonly T[];
}

interface Named {
  readonly target: string;
  readonly address: string | null;
}

/** Several runs together, oldest first. Lists are bounded: `count` of all, `top` the first of them. */
export interface TrendPage {
  readonly runs: readonly TrendRun[];
  /** Hosts that were in some run. */
  readonly hosts: number;
  /** For each run, hosts by the state of each requirement. */
  readonly requirements: readonly Readonly<
    Record<RequirementName, { readonly pass: number; readonly fail: number; readonly undetermined: number }>
  >[];
  /** A filter over the runs: its hosts in each. */
  readonly groups: readonly {
    readonly id: string;
    readonly signature: string;
    readonly text: string;
    readonly hosts: readonly number[];
  }[];
  readonly flapping: Bounded<Named & { readonly changes: number; readonly verdict: Verdict | null }>;
  readonly worst: Bounded<Named & { readonly asked: number; readonly ready: number; readonly share: number }>;
  readonly newlyBlocked: Bounded<Named>;
  readonly mended: Bounded<Named>;
}

/** What fits a screen. */
const MOST = { runs: 20, groups: 10, hosts: 10 } as const;

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${Math.round((100 * part) / whole)} %`;

const runTable = ({ runs, requirements }: TrendPage, options: FormatOptions): string[] => {
  const skipped = Math.max(0, runs.length - MOST.runs);
  const rows = runs.slice(skipped).map(({ startedAt, summary }, i) => [
    minuteWords(startedAt),
    String(summary.hosts),
    String(summary.ready),
    String(summary.blocked),
    ...REQUIREMENTS.map((name) => {
      const { pass = 0, fail = 0 } = requirements[skipped + i]?.[name] ?? {};
      return percent(pass, pass + fail);
    }),
  ]);
  return table(
    ['Run', 'Hosts', 'Ready', 'Blocked', ...REQUIREMENTS.map((name) => String(portOf(name) ?? 'RPC'))],
    rows,
    [22, 9, 9, 9, ...REQUIREMENTS.map(() => 8)],
    options,
  );
};

const listOf = <T extends Named>(
  title: string,
  { count, top }: Bounded<T>,
  words: (host: T) => string,
  options: FormatOptions,
): string[] => {
  if (count === 0) return [];
  const shown = top.slice(0, MOST.hosts);
  return [
    paint(`${title}: ${counted(count, 'host')}`, 'bold', options),
    ...shown.flatMap((host) =>
      wrapIndented(`${cleanText(host.target)}${words(host)}`, options.width, '  - '),
    ),
    ...(count > shown.length ? [`  and ${count - shown.length} more`] : []),
  ];
};

/** For a person: the runs, how often each requirement passed where that was known, filters over time, restless and worst hosts. */
export const renderTrend = (trend: TrendPage, options: FormatOptions): string => {
  const groups = trend.groups.slice(0, MOST.groups);
  const parts = [
    runTable(trend, options),
    groups.length === 0
      ? []
      : [
          paint('Filters, with their hosts in each run', 'bold', options),
          ...groups.flatMap(({ text, hosts }) => [
            ...wrapIndented(cleanText(text, 2000), options.width, '  - '),
            ...wrapIndented(hosts.slice(-MOST.runs).join(' '), options.width, '    '),
          ]),
        ],
    listOf('Settled as blocked', trend.newlyBlocked, () => '', options),
    listOf('Fixed', trend.mended, () => '', options),
    listOf('Flapping', trend.flapping, ({ changes }) => `: changed ${changes} times`, options),
    listOf(
      'Most often not ready',
      trend.worst,
      ({ ready, asked }) => `: ready in ${ready} of ${counted(asked, 'run')}`,
      options,
    ),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

/** The same for programs, all that is known of it. */
export const renderTrendJson = (trend: TrendPage): string =>
  `${jsonText({ schema: 'ra-preflight/trend@1', ...trend }, 2)}\n`;
