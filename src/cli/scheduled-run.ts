import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../model/fault.ts';
import type { ReportSource } from '../model/report.ts';
import { notify } from '../notify/deliver.ts';
import { makeFolder } from '../notify/make-folder.ts';
import type { NotifyRule } from '../notify/rule.ts';
import type { ReportFile, RunResult } from '../notify/run-result.ts';
import { readSecretFile } from '../notify/secrets.ts';
import type { Format } from '../output/format.ts';
import { type FormatName, formats } from '../output/formats.ts';
import type { ScheduleSpec } from '../schedule/spec.ts';
import type { History } from '../store/history.ts';
import { cleanText } from '../text/clean-text.ts';
import { failureWords, messageOf } from '../text/error-message.ts';
import { prepareAudit, startAudit } from './audit.ts';
import type { AuditOutput } from './audit-output.ts';
import { deliver } from './deliver.ts';
import { acceptedClear } from './exit-code.ts';
import { fleetChoice } from './fleet-choice.ts';
import { fleetDiff, pageOf, wholeOf } from './fleet-stored.ts';
import { extensionOf } from './format-of-file.ts';
import { openHistoryFile } from './history-file.ts';
import { isList } from './is-list-file.ts';
import { nameVantages } from './name-vantages.ts';
import type { ScanOptions } from './options.ts';
import { removeAbandoned } from './output-file.ts';
import { diffToPrevious } from './report-history.ts';
import { runInPieces } from './run-in-pieces.ts';
import { version } from './version.ts';

/** A schedule that was read whole: its runs can start. */
export interface Schedule {
  readonly spec: ScheduleSpec;
  readonly options: ScanOptions;
  readonly formats: readonly FormatName[];
  readonly rules: readonly NotifyRule[];
  /** The config file, absolute; relative paths count from its folder. */
  readonly config: string;
}

/** How long the notifications of a run may take, and after a stop signal, milliseconds. A mail that is retried takes 18 minutes. */
const NOTIFY_MS = 20 * 60_000;
const NOTIFY_STOPPING_MS = 10_000;

const silent: AuditOutput = {
  follow: async (events) => {
    for await (const _ of events);
  },
  deliver: async () => {},
};

const fromFolder = ({ config }: Schedule, path: string): string => resolve(dirname(config), path);

const targetsOf = (schedule: Schedule): string[] =>
  schedule.spec.targets.map((text) => (isList(text) ? `@${fromFolder(schedule, text.slice(1))}` : text));

/** How a report is written, with what the history knows beside it in the page. */
const renderer = async (
  history: History,
  id: string,
  names: readonly FormatName[],
  clearIsReady: boolean,
): Promise<(name: FormatName, report: ReportSource) => Iterable<string>> => {
  const loaded = new Map<FormatName, Format>();
  for (const name of names)
    loaded.set(name, name === 'html' ? await pageOf(history, id) : await formats[name]());
  const options = { width: 100, colour: false, verbose: false, clearIsReady };
  return (name, report) => {
    const render = loaded.get(name);
    if (!render) throw new Error(`format ${name} was not loaded`);
    return render(nameVantages(report, name), options);
  };
};

const writeReports = async (
  schedule: Schedule,
  id: string,
  render: (name: FormatName) => Iterable<string>,
): Promise<ReportFile[]> => {
  const { spec, formats: names } = schedule;
  if (spec.out === null) return [];
  const folder = fromFolder(schedule, spec.out);
  await makeFolder(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`schedule '${spec.name}': out: ${folder} cannot be made: ${failureWords(error)}`);
  });
  const files: ReportFile[] = [];
  for (const format of names) {
    const path = join(folder, `${spec.name}-${id}.${extensionOf(format)}`);
    await deliver(render(format), path);
    files.push({ format, path });
  }
  return files;
};

interface RunOptions {
  readonly log: (text: string) => void;
  /** A stop signal from the caller, instead of the signals of the process. */
  readonly stop?: AbortSignal;
}

/**
 * Gives work a signal that aborts after so long in any case, and soon after a stop signal. Timers are held here: see within()
 * of src/notify/with-timeout.ts.
 */
export const patiently = async <T>(
  stop: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  [longest, stopping]: readonly [number, number] = [NOTIFY_MS, NOTIFY_STOPPING_MS],
): Promise<T> => {
  const control = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const endIn = (ms: number, why: string): void => {
    timers.push(setTimeout(() => control.abort(new Error(why)), ms));
  };
  const soon = (): void => endIn(stopping, 'stopped');
  endIn(longest, `not done within ${longest / 60_000} minutes`);
  if (stop?.aborted) soon();
  stop?.addEventListener('abort', soon, { once: true });
  try {
    return await work(control.signal);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    stop?.removeEventListener('abort', soon);
  }
};

const sendNotifications = async (
  schedule: Schedule,
  result: RunResult,
  render: ((format: string) => Iterable<string>) | null,
  { log, stop }: RunOptions,
): Promise<void> => {
  const deliveries = await patiently(stop, (signal) =>
    notify(schedule.rules, result, {
      env: (name) => process.env[name],
      readSecret: readSecretFile,
      clean: cleanText,
      render,
      drafts: { maker: { machine: hostname(), pid: process.pid }, removeAbandoned },
      now: Date.now,
      sleep: async (ms, until) => {
        await sleep(ms, undefined, { signal: until });
      },
      random: Math.random,
      signal,
      userAgent: `ra-preflight/${version}`,
    }),
  );
  for (const { rule, ok, detail, notices } of deliveries) {
    log(`${schedule.spec.name}: ${rule}: ${ok ? '' : 'FAILED: '}${detail}`);
    for (const notice of notices) log(`${schedule.spec.name}: ${rule}: ${notice}`);
  }
};

/** Sends the notifications of an result; nothing waits for it. */
type SendNotifications = (result: RunResult, render: ((format: string) => Iterable<string>) | null) => void;

/** The reports and the result of a run that has ended. A report that cannot be written is reported, and the error is thrown. */
const conclude = async (
  schedule: Schedule,
  history: History,
  report: ReportSource,
  log: (text: string) => void,
  send: SendNotifications,
): Promise<void> => {
  const { id } = report.run;
  const { name } = schedule.spec;
  const names = [...new Set<FormatName>([...schedule.formats, ...reportFormats(schedule.rules)])];
  const write = await renderer(history, id, names, schedule.options.undetermined === 'ok');
  const render = (format: string): Iterable<string> => write(format as FormatName, report);
  const fleet = history.fleet(id);
  const result: RunResult = {
    schedule: name,
    run: fleet.length > 0 ? wholeOf(fleet) : history.find(id),
    diff: report.run.interrupted
      ? null
      : await runInPieces(fleet.length > 0 ? fleetDiff(history, fleet) : diffToPrevious(history, id)),
    failed: null,
    groups: report.groups,
    files: [],
  };
  let files: readonly ReportFile[];
  try {
    files = await writeReports(schedule, id, render);
  } catch (error) {
    send({ ...result, failed: messageOf(error) }, render);
    throw error;
  }
  for (const { path } of files) log(`${name}: report written to ${path}`);
  send({ ...result, files }, render);
};

/** How a run ended. `accepted`: undetermined hosts that count as ready. */
export interface EndedRun extends Pick<ReportSource, 'summary' | 'run'> {
  readonly accepted: number;
}

/** A run of a schedule on its way. */
export interface ScheduledRun {
  /** The audit has ended and its reports stand. Rejects with what kept it from that. */
  readonly ended: Promise<EndedRun>;
  /** All notifications were sent or failed, and the history is closed. Never rejects; settles after `ended`. */
  readonly notified: Promise<void>;
}

/**
 * One run of a schedule: the audit, its reports in the folder, then the notifications. The reports stand before anybody is
 * reported, and a notification that fails is reported and changes nothing. What keeps the audit from running is sent by the rules
 * for failures, and thrown.
 */
export const runScheduled = (schedule: Schedule, how: RunOptions): ScheduledRun => {
  const { spec, options } = schedule;
  let history: History | null = null;
  let sent: Promise<void> = Promise.resolve();
  const send: SendNotifications = (result, render) => {
    sent = sendNotifications(schedule, result, render, how);
  };
  const work = async (): Promise<EndedRun> => {
    let report: ReportSource;
    try {
      history = await openHistoryFile(options.db, 'create');
      const place = { history, schedule: spec.name, ...(how.stop ? { stop: how.stop } : {}) };
      const fleet = fleetChoice(options);
      const targets = targetsOf(schedule);
      report = fleet
        ? await (await import('./fleet-run.ts')).startFleetAudit(targets, options, fleet, place)
        : await startAudit(await prepareAudit(targets, options), { ...place, sink: silent });
    } catch (error) {
      const nothing = { run: null, diff: null, groups: [], files: [] };
      send({ schedule: spec.name, ...nothing, failed: messageOf(error) }, null);
      throw error;
    }
    await conclude(schedule, history, report, how.log, send);
    const accepted = acceptedClear(report, options.undetermined);
    return { summary: report.summary, run: report.run, accepted };
  };
  const ended = work();
  const finishSending = async (): Promise<void> => {
    await ended.catch(() => {});
    try {
      await sent;
    } catch (error) {
      how.log(`${spec.name}: notifications: FAILED: ${messageOf(error)}`);
    } finally {
      history?.close();
    }
  };
  return { ended, notified: finishSending() };
};

/** Formats that rules write files in. */
const reportFormats = (rules: readonly NotifyRule[]): FormatName[] =>
  rules.flatMap(({ channel }): FormatName[] => {
    if (channel.kind === 'prometheus') return ['prometheus'];
    return channel.kind === 'file' ? (channel.formats as FormatName[]) : [];
  });
