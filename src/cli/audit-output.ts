import type { JudgedEvent } from '../model/event.ts';
import type { ReportSource, RunStart } from '../model/report.ts';
import { placesIn, type Shard } from '../model/shard.ts';
import { noShownCounts, shownVerdict } from '../model/shown-verdict.ts';
import type { TargetSpace } from '../model/target.ts';
import type { RunHistory } from '../store/memory-history.ts';
import { mayBeRaised, type Tally } from '../verdict/tally.ts';
import { type OutStream, openOut } from './deliver.ts';
import { outputsOf, type ScanOptions } from './options.ts';
import { withProgress } from './progress.ts';
import type { Session } from './session.ts';
import { storedReport } from './stored-report.ts';
import { version } from './version.ts';
import { deliverReport, drain, exportPage, tuiOptions } from './write-report.ts';

/** Where the words of an audit go, while it runs and when it has ended. */
export interface AuditOutput {
  follow(events: AsyncIterable<JudgedEvent>, session: Session): Promise<void>;
  deliver(report: ReportSource): Promise<void>;
  /** The run has failed: there will be no report. */
  abandon?(): Promise<void>;
}

interface Place {
  readonly options: ScanOptions;
  readonly space: TargetSpace;
  readonly tui: boolean;
  readonly tally: Tally;
  readonly history: RunHistory;
  readonly run: RunStart;
}

const tool = { name: 'ra-preflight', version } as const;

/** Only a progress line while it runs; the report at the end. */
const quietSink = ({ options }: Place): AuditOutput => ({
  follow: (events) => drain(options.quiet ? events : withProgress(events, process.stderr)),
  deliver: (report) => deliverReport(options, report),
});

/**
 * Host by host as they are judged. One in doubt waits for the end, where its neighbours may have raised it, so that the
 * lines and the summary never contradict each other.
 */
const streamSink = ({ options, run, history }: Place): AuditOutput => {
  let opened: OutStream | undefined;
  const inDoubt: number[] = [];
  return {
    follow: async (events) => {
      const [{ path } = { path: null }] = outputsOf(options);
      const out = await openOut(path);
      opened = out;
      // The first probes leave while the code that writes the lines is loaded.
      const begun = import('../output/ndjson.ts').then(async ({ hostLine, runLine }) => {
        await out.write(runLine(tool, run));
        return hostLine;
      });
      begun.catch(() => {});
      for await (const event of options.quiet ? events : withProgress(events, process.stderr)) {
        if (event.type !== 'host-judged') continue;
        if (mayBeRaised(event.report)) inDoubt.push(event.host);
        else await out.write((await begun)(event.report));
      }
      await begun;
    },
    deliver: async (report) => {
      const { hostLine, summaryLine } = await import('../output/ndjson.ts');
      for (const index of inDoubt) {
        const host = history.host(run.id, index);
        if (host) await opened?.write(hostLine(host));
      }
      await opened?.write(summaryLine(report));
      await opened?.close();
    },
    abandon: async () => opened?.abandon(),
  };
};

/**
 * A part for a merge: hosts as they are judged, each by itself, with their numbers in the whole. What neighbours and causes
 * say of several hosts is left to the merge, which knows all of them.
 */
const partSink = ({ options, run }: Place, shard: Shard): AuditOutput => {
  const { inWhole } = placesIn(shard.ranges);
  const counts = noShownCounts();
  let opened: OutStream | undefined;
  return {
    follow: async (events) => {
      const [{ path } = { path: null }] = outputsOf(options);
      const out = await openOut(path);
      opened = out;
      const { partLine, runLine } = await import('../output/ndjson.ts');
      await out.write(runLine(tool, run));
      for await (const event of options.quiet ? events : withProgress(events, process.stderr)) {
        if (event.type !== 'host-judged') continue;
        counts[shownVerdict(event.report)] += 1;
        await out.write(partLine(inWhole(event.host), event.report));
      }
    },
    deliver: async ({ run: ended }) => {
      const { summaryLine } = await import('../output/ndjson.ts');
      const { 'clear-so-far': clearSoFar, undetermined, ...others } = counts;
      const hosts = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const summary = { hosts, ...others, undetermined: undetermined + clearSoFar, clearSoFar };
      await opened?.write(summaryLine({ run: ended, summary, groups: [] }));
      await opened?.close();
    },
    abandon: async () => opened?.abandon(),
  };
};

/** The live screen. Ink and React are loaded only now: nobody else waits for them. */
const screenSink = (place: Place): AuditOutput => {
  const { options, space, tally, history, run } = place;
  return {
    follow: async (events, { steering, interrupt }) => {
      const { targets, hosts } = history.find(run.id);
      const common = tuiOptions({ command: 'audit', targets, hosts, options, run }, interrupt.stop);
      const { showAuditTui } = await import('../tui/audit/show-audit-tui.tsx');
      await showAuditTui(events, {
        ...common,
        size: space.size,
        textOf: (index) => space.at(index).text,
        reportOf: (index) => history.host(run.id, index),
        groups: () => tally.groups(),
        steering,
        onExport: async () => exportPage(run.id, storedReport(history, run.id, tally.groups())),
      });
    },
    deliver: (report) => deliverReport(options, report),
  };
};

/** Lines as they come for ndjson alone, wherever they go; every other form is made when all is known. */
export const chooseOutput = (place: Place): AuditOutput => {
  if (place.run.shard) return partSink(place, place.run.shard);
  if (place.tui) return screenSink(place);
  const [first, ...others] = outputsOf(place.options);
  return first?.format === 'ndjson' && others.length === 0 ? streamSink(place) : quietSink(place);
};
