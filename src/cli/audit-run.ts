import type { JudgedEvent } from '../model/event.ts';
import type { RunEntry } from '../model/history.ts';
import type { ExtraProbe } from '../model/probe.ts';
import type { ReportSource, Run, RunStart } from '../model/report.ts';
import type { TargetSpace } from '../model/target.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Recorder } from '../store/recorder.ts';
import type { JudgedOrdinals } from '../store/reports.ts';
import type { Excludes } from '../targets/read-excludes.ts';
import { Tally } from '../verdict/tally.ts';
import { type AuditOrder, openOrder } from './audit-order.ts';
import { type AuditOutput, chooseOutput } from './audit-output.ts';
import type { Engine } from './engine.ts';
import { finishRun } from './finish-run.ts';
import { spareMemory } from './heap-growth.ts';
import { log } from './log.ts';
import type { ScanOptions } from './options.ts';
import { planOf } from './plan.ts';
import type { PolicyOfRun } from './policy-of-run.ts';
import { resumeCommand } from './resume-command.ts';
import { type Session, withSession } from './session.ts';
import { storedReport } from './stored-report.ts';
import { wantsTui } from './terminal.ts';
import { withStored } from './with-stored.ts';

/** How often the history is written although no host was judged, milliseconds: it shows that the run goes on. */
const FLUSH_MS = 250;

/** One audit, new or resumed. */
export interface AuditRun {
  readonly history: RunHistory;
  readonly recorder: Recorder;
  readonly run: RunStart;
  /** What the history had of the run when it was resumed. */
  readonly earlier: RunEntry | null;
  readonly space: TargetSpace;
  readonly excludes: Excludes;
  readonly done: JudgedOrdinals;
  readonly engine: Engine;
  readonly extraProbes: readonly ExtraProbe[];
  readonly options: ScanOptions;
  /** What the policy files of the run say of its hosts. */
  readonly policy: PolicyOfRun | null;
  /** Where the words go; what suits the options and the terminal when absent. */
  readonly sink?: AuditOutput;
  /** A stop signal from the caller, instead of the signals of the process. */
  readonly stop?: AbortSignal;
}

/**
 * Writes each judged host down before it is passed on. Of a run that was resumed, the end counts what went before. The
 * history that cannot be written ends the run with its StoreError.
 */
async function* recorded(
  events: AsyncIterable<JudgedEvent>,
  { recorder, earlier }: AuditRun,
  order: AuditOrder,
  { steering }: Session,
  on: { readonly failure: () => void; readonly judged: (host: number) => void },
): AsyncGenerator<JudgedEvent> {
  let failure: unknown;
  const sent = (): number => (earlier?.probesSent ?? 0) + steering.sent;
  const beat = setInterval(() => {
    try {
      recorder.flush(sent(), order.handedOut);
    } catch (error) {
      failure ??= error;
      on.failure();
    }
  }, FLUSH_MS);
  try {
    for await (const event of events) {
      if (failure !== undefined) throw failure;
      if (event.type === 'host-judged') {
        const { host: index, report } = event;
        on.judged(index);
        recorder.record({ index, ordinal: order.placeOf(index), report, probesSent: sent() });
      }
      yield event.type === 'run-finished' ? { ...event, run: withEarlier(event.run, earlier) } : event;
    }
  } finally {
    clearInterval(beat);
  }
}

const withEarlier = (run: Run, earlier: RunEntry | null): Run => ({
  ...run,
  probesSent: run.probesSent + (earlier?.probesSent ?? 0),
  durationMs: run.durationMs + (earlier?.durationMs ?? 0),
});

/** Passes the stream through, counts and groups its hosts, and ends the record of the run. */
async function* tallied(
  events: AsyncIterable<JudgedEvent>,
  tally: Tally,
  { history, recorder }: AuditRun,
): AsyncGenerator<JudgedEvent> {
  for await (const event of events) {
    if (event.type === 'host-judged') tally.add(event.host, event.report);
    if (event.type === 'run-finished') {
      // A run that will be resumed has not seen all neighbours yet, which is what raises a host.
      if (event.run.interrupted) recorder.finish(event.run);
      else await finishRun(history, recorder, event.run, tally);
    }
    yield event;
  }
}

/** Asks what is left to ask, shows it, keeps it and delivers the report of the whole run, which it gives. */
export const runAudit = async (audit: AuditRun): Promise<ReportSource> => {
  const { space, run, options, done, engine } = audit;
  const order = openOrder(space, run.seed, done);
  const tally = new Tally();
  const tui = wantsTui(options);
  let broken = false;
  const job = {
    assignment: { space, order: order.order, begunBefore: order.begunBefore },
    plan: planOf(options, run.seed, engine.wire.capabilities),
    run,
    engine,
    scope: options.scope,
    excludes: audit.excludes,
    extraProbes: audit.extraProbes,
    ptr: options.ptr,
    policy: audit.policy,
    ...(audit.stop ? { stop: audit.stop } : {}),
    onStopping: () => {
      // Who stops it from elsewhere has said so, and so has what broke.
      if (!tui && !broken && !audit.stop) log('stopping; the results so far follow');
    },
  };
  const sink = audit.sink ?? chooseOutput({ options, space, tui, tally, history: audit.history, run });
  const stopSparing = spareMemory();
  try {
    const ended = await withSession(job, async (session: Session) => {
      let last: Run | undefined;
      const failure = (): void => {
        broken = true;
        session.interrupt.stop();
      };
      const whole = withStored(
        (judged) => recorded(session.events, audit, order, session, { failure, judged }),
        audit.earlier ? audit.history.entries(run.id) : [],
      );
      async function* watched(): AsyncGenerator<JudgedEvent> {
        for await (const event of tallied(whole, tally, audit)) {
          if (event.type === 'run-finished') last = event.run;
          yield event;
        }
      }
      await sink.follow(watched(), session);
      return last;
    });
    if (!ended) throw new Error('the stream ended without run-finished');
    const report = { ...storedReport(audit.history, run.id, tally.groups()), run: ended };
    await sink.deliver(report);
    const isKept = 'resume' in audit.history && options.db !== ':memory:';
    if (ended.interrupted && isKept && !options.quiet) {
      log(`resume with: ${resumeCommand(run.id, space.size, 'here', options)}`);
    }
    return report;
  } catch (error) {
    await sink.abandon?.();
    throw error;
  } finally {
    stopSparing();
  }
};
