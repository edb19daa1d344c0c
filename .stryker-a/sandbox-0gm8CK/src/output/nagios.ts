import {
  type HostReport,
  isClearSoFar,
  type ReportSource,
  type Run,
  type Summary,
  type Verdict,
} from '../model/report.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import type { Format } from './format.ts';
import { verdictWord } from './report-words.ts';

const MOST_HOSTS = 50;
/** Characters of a line about one host. */
const LONGEST_LINE = 140;
/** Monitoring keeps 8 KiB of a plugin's output; so much of it is for the lines about hosts. */
const MOST_BYTES = 7680;

/** What a plugin says in its first word, and the exit code that means the same. */
export interface NagiosStatus {
  readonly word: 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN';
  readonly code: 0 | 1 | 2 | 3;
}

/**
 * The plugin status of a run, for the exit code too. Some host blocked: CRITICAL, even of a run that was interrupted. Else
 * interrupted, still running or nothing judged: UNKNOWN. Else some host undetermined or unreachable (a machine that is off is no broken
 * network): WARNING. Else OK. `accepted`: undetermined hosts that count as ready.
 */
export const nagiosStatus = (
  summary: Summary,
  { interrupted, running }: Pick<Run, 'interrupted' | 'running'>,
  accepted: number,
): NagiosStatus => {
  if (summary.blocked > 0) return { word: 'CRITICAL', code: 2 };
  if (interrupted || running || summary.hosts === 0) return { word: 'UNKNOWN', code: 3 };
  if (summary.ready + accepted < summary.hosts) return { word: 'WARNING', code: 1 };
  return { word: 'OK', code: 0 };
};

/**
 * Text that a monitoring system cannot take for something else: `|` begins performance data, `\n` written as two characters
 * is a line break to it, and `<`, `>` and `&` are markup in its web pages.
 */
const REPLACED: Readonly<Record<string, string>> = { '|': '/', '\\': '/', '<': '(', '>': ')', '&': '+' };
const plain = (text: string, most = LONGEST_LINE): string =>
  cleanText(
    cleanText(text, most).replaceAll(/[|\\<>&]/g, (char) => REPLACED[char] ?? ''),
    most,
  );

/** Characters of the line that says why there is no result. */
const LONGEST_REASON = 500;

/** The one line of a plugin that could not do its work, which goes with exit code 3. */
export const unknownLine = (reason: string): string =>
  `RA-PREFLIGHT UNKNOWN - ${plain(reason.replaceAll('\n', '; '), LONGEST_REASON)}\n`;

const count = (summary: Summary, verdict: Verdict): string => `${summary[verdict]} ${verdict}`;

const statusText = ({ summary, run }: ReportSource): string => {
  const clear = summary.clearSoFar;
  const rest = (['blocked', 'undetermined', 'unreachable'] as const)
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => `, ${count(summary, verdict)}`)
    .map((text) => (clear > 0 && text.endsWith('undetermined') ? `${text} (${clear} clear so far)` : text));
  const ready = `${summary.ready} of ${counted(summary.hosts, 'host')} ready`;
  return `${ready}${rest.join('')}${run.interrupted ? ', interrupted' : ''}${run.running ? ', still running' : ''}`;
};

/** `label=value[unit];warn;crit;min;max`. A range `0` means: alert on anything but 0. */
const performance = ({ summary, run }: ReportSource): string => {
  const most = summary.hosts;
  return [
    `ready=${summary.ready};;;0;${most}`,
    `blocked=${summary.blocked};;0;0;${most}`,
    `undetermined=${summary.undetermined};0;;0;${most}`,
    `clear=${summary.clearSoFar};;;0;${most}`,
    `unreachable=${summary.unreachable};0;;0;${most}`,
    `probes=${run.probesSent};;;0;`,
    `time=${(run.durationMs / 1000).toFixed(3)}s;;;0;`,
  ].join(' ');
};

const hostText = (host: HostReport): string =>
  plain(`${verdictWord(host)}: ${host.target}: ${host.because[0]?.text ?? ''}`);

/**
 * The report as a monitoring plugin prints it: a status line with performance data, then a line for each host that is not
 * ready, 50 and 8 KiB at most. `nagiosStatus` gives the exit code that belongs to it.
 */
export const renderNagios: Format = function* (report, { clearIsReady = false }) {
  const { clearSoFar } = report.summary;
  const { word } = nagiosStatus(report.summary, report.run, clearIsReady ? clearSoFar : 0);
  yield `RA-PREFLIGHT ${word} - ${statusText(report)} | ${performance(report)}\n`;
  let shown = 0;
  let room = MOST_BYTES;
  for (const host of report.hosts) {
    if (host.verdict === 'ready' || (clearIsReady && isClearSoFar(host))) {
      yield '';
      continue;
    }
    const line = `${hostText(host)}\n`;
    room -= Buffer.byteLength(line);
    if (shown === MOST_HOSTS || room < 0) break;
    yield line;
    shown++;
  }
  const more = report.summary.hosts - report.summary.ready - (clearIsReady ? clearSoFar : 0) - shown;
  if (more > 0) yield `and ${more} more\n`;
};
