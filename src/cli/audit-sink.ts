import type { JudgedEvent } from '../model/event.ts';
import type { ReportSource, RunStart } from '../model/report.ts';
import type { TargetSpace } from '../model/target.ts';
import type { History } from '../store/history.ts';
import type { Tally } from '../verdict/tally.ts';
import { deliver, openStream } from './deliver.ts';
import type { ScanOptions } from './options.ts';
import { deliverReport, drain, tuiOptions } from './present.ts';
import { withProgress } from './progress.ts';
import type { Session } from './session.ts';
import { storedReport } from './stored-report.ts';
import { version } from './version.ts';

/** Where the words of an audit go, while it runs and when it has ended. */
export interface Sink {
  follow(events: AsyncIterable<JudgedEvent>, session: Session): Promise<void>;
  deliver(report: ReportSource): Promise<void>;
}

interface Place {
  readonly options: ScanOptions;
  readonly space: TargetSpace;
  readonly tui: boolean;
  readonly tally: Tally;
  readonly history: History;
  readonly run: RunStart;
}

const tool = { name: 'ra-preflight', version } as const;

/** Only a progress line while it runs; the report at the end. */
const quietSink = ({ options }: Place): Sink => ({
  follow: (events) => drain(options.quiet ? events : withProgress(events, process.stderr)),
  deliver: (report) => deliverReport(options, report),
});

/**
 * Host by host as they are judged. One in doubt waits for the end, where its neighbours may have raised it, so that the
 * lines and the summary never contradict each other.
 */
const streamSink = ({ options, run, history }: Place): Sink => {
  const out = openStream(process.stdout);
  const inDoubt: number[] = [];
  return {
    follow: async (events) => {
      const { hostLine, runLine } = await import('../output/ndjson.ts');
      await out.write(runLine(tool, run));
      for await (const event of options.quiet ? events : withProgress(events, process.stderr)) {
        if (event.type !== 'host-judged') continue;
        if (event.report.verdict === 'undetermined') inDoubt.push(event.host);
        else await out.write(hostLine(event.report));
      }
    },
    deliver: async (report) => {
      const { hostLine, summaryLine } = await import('../output/ndjson.ts');
      for (const index of inDoubt) {
        const host = history.host(run.id, index);
        if (host) await out.write(hostLine(host));
      }
      await out.write(summaryLine(report));
      out.close();
    },
  };
};

/** What is known by now, as a page beside the user's other files. */
const exportPage = async ({ history, tally, run }: Place): Promise<string> => {
  const path = `ra-preflight-${run.id}.html`;
  const { renderHtml } = await import('../output/html.ts');
  const report = storedReport(history, run.id, tally.groups());
  await deliver(renderHtml(report, { width: 100, colour: false, verbose: false }), path);
  return `written to ${path}`;
};

/** The live screen. Ink and React are loaded only now: nobody else waits for them. */
const screenSink = (place: Place): Sink => {
  const { options, space, tally, history, run } = place;
  return {
    follow: async (events, { steering, interrupt }) => {
      const common = tuiOptions(options.colour, interrupt.stop);
      const { showAuditTui } = await import('../tui/audit/show-audit-tui.tsx');
      await showAuditTui(events, {
        ...common,
        size: space.size,
        textOf: (index) => space.at(index).text,
        reportOf: (index) => history.host(run.id, index),
        groups: () => tally.groups(),
        steering,
        onExport: () => exportPage(place),
      });
    },
    deliver: (report) => deliverReport(options, report),
  };
};

/** Lines as they come suit a pipe; a file is written whole at the end, or not at all. */
export const chooseSink = (place: Place): Sink => {
  const { format, output } = place.options;
  if (place.tui) return screenSink(place);
  return format === 'ndjson' && (output === null || output === '-') ? streamSink(place) : quietSink(place);
};
