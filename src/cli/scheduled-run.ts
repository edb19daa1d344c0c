import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../model/fault.ts';
import type { RunEntry } from '../model/history.ts';
import type { ReportSource } from '../model/report.ts';
import { type Delivery, notify } from '../notify/deliver.ts';
import type { Outcome, ReportFile } from '../notify/outcome.ts';
import type { NotifyRule } from '../notify/rule.ts';
import { readSecretFile } from '../notify/secrets.ts';
import { cleanText } from '../output/clean-text.ts';
import type { Format } from '../output/format.ts';
import { type FormatName, formats } from '../output/formats.ts';
import type { ScheduleSpec } from '../schedule/spec.ts';
import type { History } from '../store/history.ts';
import { startAudit } from './audit.ts';
import type { Sink } from './audit-sink.ts';
import { deliver } from './deliver.ts';
import { openHistoryFile } from './history-file.ts';
import type { ScanOptions } from './options.ts';
import { diffToPrevious, pageHistoryOf } from './page-history.ts';
import { isList } from './targets.ts';
import { version } from './version.ts';

/** A schedule that was read whole: its runs can start. */
export interface Schedule {
  readonly spec: ScheduleSpec;
  readonly options: ScanOptions;
  readonly formats: readonly FormatName[];
  readonly rules: readonly NotifyRule[];
  /** Folder of the config file, from which relative paths count; null without one. */
  readonly folder: string | null;
}

/** Longest a notification may take after the report stands, milliseconds. */
const NOTIFY_MS = 5 * 60_000;

const EXTENSIONS: Readonly<Partial<Record<FormatName, string>>> = {
  table: 'txt',
  'nmap-xml': 'nmap.xml',
  junit: 'junit.xml',
  nagios: 'nagios.txt',
  prometheus: 'prom',
};

const silent: Sink = {
  follow: async (events) => {
    for await (const _ of events);
  },
  deliver: async () => {},
};

const fromFolder = ({ folder }: Schedule, path: string): string => resolve(folder ?? '.', path);

const targetsOf = (schedule: Schedule): string[] =>
  schedule.spec.targets.map((text) => (isList(text) ? `@${fromFolder(schedule, text.slice(1))}` : text));

/** How a report is written, with what the history knows beside it in the page. */
const renderer = async (
  history: History,
  id: string,
  names: readonly FormatName[],
): Promise<(name: FormatName, report: ReportSource) => Iterable<string>> => {
  const loaded = new Map<FormatName, Format>();
  for (const name of names) loaded.set(name, await formats[name]());
  const { renderHtmlWith } = await import('../output/html.ts');
  const options = { width: 100, colour: false, verbose: false };
  return (name, report) => {
    if (name === 'html') return renderHtmlWith(report, options, pageHistoryOf(history, id));
    const render = loaded.get(name);
    if (!render) throw new Error(`format ${name} was not loaded`);
    return render(report, options);
  };
};

const writeReports = async (
  { spec, formats: names, ...schedule }: Schedule,
  id: string,
  render: (name: FormatName) => Iterable<string>,
): Promise<ReportFile[]> => {
  if (spec.out === null) return [];
  const folder = fromFolder({ spec, formats: names, ...schedule }, spec.out);
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`schedule '${spec.name}': out: ${folder} cannot be made (${error.code ?? error})`);
  });
  const files: ReportFile[] = [];
  for (const format of names) {
    const path = join(folder, `${spec.name}-${id}.${EXTENSIONS[format] ?? format}`);
    await deliver(render(format), path);
    files.push({ format, path });
  }
  return files;
};

/** What one run of a schedule came to. `report` is null when it failed before it could start. */
export interface ScheduledEnd {
  readonly summary: ReportSource['summary'] | null;
  readonly interrupted: boolean;
  readonly outcome: Outcome;
  readonly deliveries: readonly Delivery[];
}

interface RunOptions {
  readonly say: (text: string) => void;
  readonly stop?: AbortSignal;
}

const tell = async (
  schedule: Schedule,
  outcome: Outcome,
  render: ((format: string) => Iterable<string>) | null,
  say: RunOptions['say'],
): Promise<readonly Delivery[]> => {
  const deliveries = await notify(schedule.rules, outcome, {
    env: (name) => process.env[name],
    readSecret: readSecretFile,
    clean: cleanText,
    render,
    now: Date.now,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal });
    },
    random: Math.random,
    signal: AbortSignal.timeout(NOTIFY_MS),
    userAgent: `ra-preflight/${version}`,
  });
  for (const { rule, ok, detail, notices } of deliveries) {
    say(`${schedule.spec.name}: ${rule}: ${ok ? '' : 'FAILED: '}${detail}`);
    for (const notice of notices) say(`${schedule.spec.name}: ${rule}: ${notice}`);
  }
  return deliveries;
};

/**
 * One run of a schedule: the audit, its reports in the folder, then the notifications. The reports stand before anybody is
 * told, and a notification that fails is said and changes nothing. What keeps the audit from running is told by the rules
 * for failures, and thrown.
 */
export const runScheduled = async (schedule: Schedule, { say, stop }: RunOptions): Promise<ScheduledEnd> => {
  const { spec, options } = schedule;
  const base = { schedule: spec.name, run: null, diff: null, failed: null, groups: [], files: [] };
  const history = await openHistoryFile(options.db);
  try {
    let report: ReportSource;
    try {
      report = await startAudit(targetsOf(schedule), options, {
        history,
        schedule: spec.name,
        sink: silent,
        ...(stop ? { stop } : {}),
      });
    } catch (error) {
      const failed = error instanceof Error ? error.message : String(error);
      await tell(schedule, { ...base, failed }, null, say);
      throw error;
    }
    const { id } = report.run;
    const run: RunEntry = history.find(id);
    const names = [...new Set<FormatName>([...schedule.formats, ...dropFormats(schedule.rules)])];
    const write = await renderer(history, id, names);
    const render = (name: string): Iterable<string> => write(name as FormatName, report);
    const files = await writeReports(schedule, id, render);
    for (const { path } of files) say(`${spec.name}: report written to ${path}`);
    const outcome: Outcome = {
      ...base,
      run,
      diff: report.run.interrupted ? null : diffToPrevious(history, id),
      groups: report.groups,
      files,
    };
    const deliveries = await tell(schedule, outcome, render, say);
    return { summary: report.summary, interrupted: report.run.interrupted, outcome, deliveries };
  } finally {
    history.close();
  }
};

/** Formats that rules write files in. */
const dropFormats = (rules: readonly NotifyRule[]): FormatName[] =>
  rules.flatMap(({ via }): FormatName[] => {
    if (via.kind === 'prometheus') return ['prometheus'];
    return via.kind === 'file' ? (via.formats as FormatName[]) : [];
  });

/** The folder from which relative paths of a config file count. */
export const folderOf = (path: string | null): string | null =>
  path === null ? null : dirname(resolve(path));
