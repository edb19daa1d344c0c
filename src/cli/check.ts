import { randomInt } from 'node:crypto';
import type { JudgedEvent } from '../model/event.ts';
import { UsageError } from '../model/fault.ts';
import type { Report } from '../model/report.ts';
import { isBlock } from '../targets/item.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import type { ResponderRun } from './check-responder.ts';
import { checkOnce, type PreparedCheck } from './check-run.ts';
import type { ShownRun } from './command-line.ts';
import { estimateText, MOST_UNCONFIRMED } from './estimate.ts';
import { exitCodeOf } from './exit-code.ts';
import { loadExtraProbes } from './extra-probes.ts';
import { isList } from './is-list-file.ts';
import { log } from './log.ts';
import { findOfferer, nextStep, offerTo, refuseOffer } from './offer.ts';
import { asksResponder, type RawResponder } from './options/respond.ts';
import type { ScanOptions } from './options.ts';
import { checkAllWritable } from './output-file.ts';
import { loadPolicy, refusePolicyTargets } from './policy-of-run.ts';
import { withProgress } from './progress.ts';
import { readTargets } from './read-targets.ts';
import { wantsTui } from './terminal.ts';
import { readWitnesses } from './witnesses.ts';
import { deliverReport, drain, tuiOptions } from './write-report.ts';

/** Shows the work on the terminal. Ink and React are loaded only now: nobody else waits for them. */
const watchScreen = async (
  events: AsyncIterable<JudgedEvent>,
  shown: ShownRun,
  onStop: () => void,
): Promise<void> => {
  const options = tuiOptions(shown, onStop);
  const { showCheckTui } = await import('../tui/check/show-check-tui.tsx');
  await showCheckTui(events, options);
};

/** Only single hosts are for a check; lists and blocks have a command of their own. */
const refuseMany = (texts: readonly string[]): void => {
  const many = texts.filter((text) => isList(text) || isBlock(text));
  if (many.length > 0) {
    throw new UsageError(
      `target ${quoted(many[0] ?? '')}: is for many hosts; ra-preflight audit ${many.map(escapeControls).join(' ')} probes them`,
    );
  }
};

const prepare = async (texts: readonly string[], options: ScanOptions): Promise<PreparedCheck> => {
  refuseMany(texts);
  await refusePolicyTargets(texts, options);
  if (options.rehearse)
    await import('./rehearsals.ts').then(({ refuseElsewhere }) => refuseElsewhere(process.platform));
  const { spec, size, excludes, notices } = await readTargets(texts, options);
  const witnesses = await readWitnesses(options);
  if (size > MOST_UNCONFIRMED && !options.yes) {
    throw new UsageError(`${estimateText(size, options)}; add --yes to probe them`);
  }
  if (options.offer) refuseOffer(texts.length, findOfferer(process.platform, process.env));
  await checkAllWritable(options.outputs);
  if (options.keep) await import('./check-keep.ts').then(({ checkKeepable }) => checkKeepable(options));
  const policy = await loadPolicy(options);
  const extraProbes = await loadExtraProbes(options.probes, process.cwd());
  if (!options.quiet) for (const notice of notices) log(notice);
  const seed = options.seed ?? randomInt(2 ** 32);
  return { texts, options, spec, witnesses, excludes, extraProbes, policy, seed };
};

const reported = (prepared: PreparedCheck): Promise<Report> =>
  prepared.options.watch
    ? import('./check-watch.ts').then(({ watchChecks }) => watchChecks(prepared))
    : shownCheck(prepared);

/** `ra-preflight check`: probes the targets, shows the work where somebody looks, delivers the report, gives the exit code. */
export const check = async (
  typed: readonly string[],
  options: ScanOptions,
  asked: RawResponder,
): Promise<number> => {
  // Loaded for those who ask: most checks have no responder, and nothing to rehearse.
  const responders = asksResponder(asked) ? await import('./check-responder.ts') : null;
  const through = responders?.responderOrder(asked, typed);
  const prepared = await prepare(through?.targets ?? typed, options);
  const run = (responder: ResponderRun | null): Promise<Report> => reported({ ...prepared, responder });
  const checked = await (responders && through
    ? responders.withResponder(through.order, options.quiet, run)
    : run(null));
  const report = options.rehearse
    ? await import('./rehearsals.ts').then(({ withRehearsals }) => withRehearsals(checked, options))
    : checked;
  await deliverReport(options, report);
  if (options.keep) {
    const { keepCheck } = await import('./check-keep.ts');
    await keepCheck(prepared, report);
  }
  await offerHelp(report, options);
  return exitCodeOf(report, options);
};

/** The step after a check, on Windows: makes the offer, where it is asked for, or says how. */
const offerHelp = async ({ hosts }: Report, { offer, quiet }: ScanOptions): Promise<void> => {
  const offerer = findOfferer(process.platform, process.env);
  const [host] = hosts;
  if (offer && host) return offerTo(host, offerer);
  const step = quiet ? null : nextStep(hosts, offerer);
  if (step !== null) log(step);
};

const shownCheck = (prepared: PreparedCheck): Promise<Report> => {
  const { options } = prepared;
  const tui = wantsTui(options);
  return checkOnce(prepared, {
    follow: async (events, { interrupt }, run) => {
      if (tui) await watchScreen(events, run, interrupt.stop);
      else await drain(options.quiet ? events : withProgress(events, process.stderr));
    },
    onStopping: () => {
      if (!tui) log('stopping; the results so far follow');
    },
  });
};
