import type { RunEntry } from '../model/history.ts';
import { DIFF_SCHEMA } from '../model/history.ts';
import { renderDiffHtml } from '../output/diff-html.ts';
import { formats } from '../output/formats.ts';
import { hostDetails } from '../output/html/host.ts';
import { html } from '../output/html/markup.ts';
import { STYLE } from '../output/html/style.ts';
import { badge } from '../output/html/verdict.ts';
import { renderHtmlWith } from '../output/html.ts';
import { durationWords, hostName, minuteWords } from '../output/words.ts';
import type { Dashboard, Look } from '../serve/dashboard.ts';
import type { History } from '../store/history.ts';
import { diffHosts } from '../verdict/diff.ts';
import { pageHistoryOf } from './page-history.ts';
import { storedReport } from './stored-report.ts';

const OPTIONS = { width: 100, colour: false, verbose: false };

/** The dashboard looks and speaks like the report. */
export const LOOK: Look = {
  html,
  style: STYLE,
  badge,
  hostDetails: (host, index, open) => hostDetails(host, index, open, ''),
  minuteWords,
  durationWords,
  hostName,
};

/** The history as the dashboard asks for it. */
export const dashboardOf = async (history: History): Promise<Dashboard> => {
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
  return {
    runs: (limit, offset) => history.runs(limit, offset),
    running: () => history.unfinished().filter(({ state }) => state === 'running'),
    entry,
    report: (id, format) => {
      if (!entry(id)) return null;
      const report = storedReport(history, id);
      return format === 'html'
        ? renderHtmlWith(report, OPTIONS, pageHistoryOf(history, id))
        : renderers[format](report, OPTIONS);
    },
    diff: (a, b) => {
      const [before, after] = [entry(a), entry(b)];
      if (!before || !after) return null;
      const compared = diffHosts(history.hostsByTarget(a), history.hostsByTarget(b));
      return renderDiffHtml({ schema: DIFF_SCHEMA, before, after, ...compared });
    },
    hosts: (id, query) => (entry(id) ? history.listed(id, query) : []),
    host: (id, index) => (entry(id) ? history.host(id, index) : null),
  };
};
