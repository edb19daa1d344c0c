import { type HostReport, isClearSoFar, type Report } from '../model/report.ts';
import { SHOWN_WORDS, shownVerdict } from '../model/shown-verdict.ts';
import { pause } from '../scanner/pause.ts';
import { checkOnce, type PreparedCheck } from './check-run.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import { logUnlessQuiet } from './log.ts';
import { withProgress } from './progress.ts';
import { drain } from './write-report.ts';

const BELL = '\x07';

/** No obstacle to an offer was seen. */
const isFine = (host: HostReport): boolean => host.verdict === 'ready' || isClearSoFar(host);

const timeOfDay = (now: Date): string => now.toTimeString().slice(0, 8);

/** `pc0417 BLOCKED: TCP 135 gets no answer.`; what a person compares from check to check. */
const stateOf = (host: HostReport): string => {
  const [first] = host.because;
  const why = isFine(host) || !first ? '' : `: ${first.text}`;
  return `${host.target} ${SHOWN_WORDS[shownVerdict(host)].toUpperCase()}${why}`;
};

/**
 * Checks again and again, with the same ports, until nothing that was seen blocks an offer to any of the hosts, and rings the bell of
 * the terminal. Says on standard error what changed. Ctrl-C ends it; the report of the last whole check is given either way.
 */
export const watchChecks = async (prepared: PreparedCheck): Promise<Report> => {
  const { options } = prepared;
  const interrupt = interruptible(
    () => logUnlessQuiet(options, 'stopping; the last result follows'),
    () => process.exit(EXIT_INTERRUPTED),
    SIGNALS,
  );
  const said = new Map<number, string>();
  let last: Report | undefined;
  try {
    for (;;) {
      const report = await checkOnce(prepared, {
        follow: (events) => drain(options.quiet ? events : withProgress(events, process.stderr)),
        onStopping: () => {},
        stop: interrupt.signal,
      });
      // What an interrupted check did not get to know is no news.
      if (report.run.interrupted) return last ?? report;
      last = report;
      for (const [index, host] of report.hosts.entries()) {
        const state = stateOf(host);
        if (said.get(index) !== state) logUnlessQuiet(options, `${timeOfDay(new Date())} ${state}`);
        said.set(index, state);
      }
      if (report.hosts.every(isFine)) {
        if (process.stderr.isTTY) process.stderr.write(BELL);
        return report;
      }
      await pause(options.everyMs, interrupt.signal);
      if (interrupt.signal.aborted) return report;
    }
  } finally {
    interrupt.release();
  }
};
