import type { RunEntry } from '../model/history.ts';
import { DIFF_SCHEMA } from '../model/history.ts';
import { CLEAR_SO_FAR, type HostReport } from '../model/report.ts';
import type { ShownVerdict } from '../model/shown-verdict.ts';
import { renderDiffHtml } from '../output/diff-html.ts';
import { formats } from '../output/formats.ts';
import { hostDetails } from '../output/html/host.ts';
import { html } from '../output/html/markup.ts';
import { STYLE } from '../output/html/style.ts';
import { badge, sign } from '../output/html/verdict.ts';
import { type PageLinks, renderHtmlWith } from '../output/html.ts';
import { hostName, minuteWords, REQUIREMENT_TITLES } from '../output/report-words.ts';
import type { Dashboard, HostLine, HostQuery, Theme } from '../serve/dashboard.ts';
import { NAVIGATION } from '../serve/pages/page-frame.ts';
import { scheduleHref } from '../serve/routes.ts';
import type { History } from '../store/history.ts';
import type { ListedHost } from '../store/reports.ts';
import { durationWords } from '../text/duration.ts';
import { diffSteps } from '../verdict/diff.ts';
import { withComparison } from './fleet-stored.ts';
import { pageHistoryOf } from './report-history.ts';
import { scheduleStatuses } from './schedule-status.ts';
import { storedReport } from './stored-report.ts';

const OPTIONS = { width: 100, colour: false, verbose: false };

/** Runs that the page of a host, and of a schedule, looks back on. */
const LOOKED_BACK = 60;

/** The worst news first. */
const WORST_FIRST: readonly ShownVerdict[] = [
  'blocked',
  'undetermined',
  CLEAR_SO_FAR,
  'ready',
  'unreachable',
];

/** The dashboard has the looks and words of the report. */
export const THEME: Theme = {
  html,
  style: STYLE,
  badge,
  sign,
  hostDetails: (host, index, open) => hostDetails(host, index, open, ''),
  minuteWords,
  durationWords,
  hostName,
};

const SITE: PageLinks = {
  navigation: NAVIGATION,
  runHref: (id) => `/runs/${id}`,
  hostHref: '/host?target=',
};

/** The pages around that of one run. */
const siteOf = ({ id, schedule }: RunEntry): PageLinks => ({
  ...SITE,
  navigation: [
    ...NAVIGATION,
    [`/runs/${id}/hosts`, 'Hosts of this audit'],
    ...(schedule === undefined ? [] : [[scheduleHref(schedule), 'Its schedule'] as const]),
  ],
});

/** Why a host has its verdict: the reason for what fails, else for what is uncertain, else the first. */
const lineOf = (host: ListedHost, report: HostReport | null): HostLine => {
  const requirements = report?.requirements ?? [];
  const failing = requirements.filter(({ state }) => state === 'fail');
  const decisive = failing[0] ?? requirements.find(({ state }) => state === 'undetermined');
  const isDoubtful = host.verdict === 'blocked' || host.verdict === 'undetermined';
  return {
    ...host,
    fails: failing.map(({ name }) => REQUIREMENT_TITLES[name]),
    why: (isDoubtful ? decisive?.text : undefined) ?? report?.because[0]?.text ?? '',
  };
};

/** Hosts of a run, those of one verdict after the other. */
const worstFirst = (
  history: History,
  id: string,
  { verdict, search, after, limit }: HostQuery,
): readonly HostLine[] => {
  const wanted = verdict === null ? WORST_FIRST : [verdict];
  const start = after === null ? 0 : Math.max(0, wanted.indexOf(after.verdict));
  const found: ListedHost[] = [];
  for (const [place, one] of wanted.slice(start).entries()) {
    const left = limit - found.length;
    if (left === 0) break;
    const behind = place === 0 && after !== null && after.verdict === one ? after.index : null;
    found.push(...history.listed(id, { verdict: one, search, after: behind, limit: left }));
  }
  return found.map((host) => lineOf(host, history.host(id, host.index)));
};

/** The history as the dashboard reads it. `config` as in scheduleStatuses(); errors in it are reported to `say`. */
export const dashboardOf = async (
  history: History,
  config: string | undefined,
  say: (text: string) => void,
): Promise<Dashboard> => {
  const [json, ndjson, csv, prometheus] = await Promise.all([
    formats.json(),
    formats.ndjson(),
    formats.csv(),
    formats.prometheus(),
  ]);
  const renderers = { json, ndjson, csv, prometheus };
  const entry = (id: string): RunEntry | null => {
    try {
      const found = history.find(id);
      return found.id === id ? found : null;
    } catch {
      return null;
    }
  };
  function* page(run: RunEntry): Iterable<string> {
    const past = yield* pageHistoryOf(history, run.id);
    const report = yield* withComparison(history, storedReport(history, run.id));
    yield* renderHtmlWith(report, OPTIONS, { ...past, site: siteOf(run) });
  }
  function* machine(id: string, format: keyof typeof renderers): Iterable<string> {
    const report = yield* withComparison(history, storedReport(history, id));
    yield* renderers[format](report, OPTIONS);
  }
  function* diffPage(before: RunEntry, after: RunEntry): Iterable<string> {
    const compared = yield* diffSteps(history.hostsByTarget(before.id), history.hostsByTarget(after.id));
    yield* renderDiffHtml({ schema: DIFF_SCHEMA, before, after, ...compared }, SITE);
  }
  return {
    runs: (limit, offset) => history.runs(limit, offset),
    running: () => history.unfinished().filter(({ state }) => state === 'running'),
    entry,
    report: (id, format) => {
      const run = entry(id);
      if (!run) return null;
      return format === 'html' ? page(run) : machine(id, format);
    },
    diff: (a, b) => {
      const [before, after] = [entry(a), entry(b)];
      return before && after ? diffPage(before, after) : null;
    },
    hosts: (id, query) => (entry(id) ? worstFirst(history, id, query) : []),
    host: (id, index) => (entry(id) ? history.host(id, index) : null),
    hostRuns: (target) => history.ofTarget(target, LOOKED_BACK),
    schedules: () => scheduleStatuses(history, config, new Date(), say),
    scheduleRuns: (name) => history.ofSchedule(name, LOOKED_BACK),
  };
};
