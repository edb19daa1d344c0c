import { type HostReport, type ReportSource, VERDICTS } from '../model/report.ts';
import { cleanText } from '../text/clean-text.ts';
import type { Format } from './format.ts';

/** Longer than any host name, so that two long names never become one series. */
const LONGEST_LABEL = 300;

type Labels = Readonly<Record<string, string>>;

/** A label value of the text format: backslash, quote and line feed are escaped; other control characters cleaned before. */
const labelValue = (text: string): string =>
  cleanText(text, LONGEST_LABEL).replaceAll(/[\\"]/g, (char) => `\\${char}`);

const sample = (name: string, labels: Labels, value: number): string => {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${labelValue(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
};

const head = (name: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;

const family = (name: string, help: string, samples: readonly (readonly [Labels, number])[]): string =>
  head(name, help) + samples.map(([labels, value]) => sample(name, labels, value)).join('');

const runFamilies = ({ run, tool, summary }: ReportSource): string =>
  [
    family('ra_preflight_info', 'The tool and how it probed.', [
      [{ version: tool.version, engine: run.engine, vantage: run.vantage }, 1],
    ]),
    family(
      'ra_preflight_hosts',
      'Hosts by verdict.',
      VERDICTS.map((verdict) => [{ verdict }, summary[verdict]] as const),
    ),
    family('ra_preflight_probes_sent', 'Probes sent by the last run.', [[{}, run.probesSent]]),
    family('ra_preflight_run_duration_seconds', 'How long the last run took.', [[{}, run.durationMs / 1000]]),
    family('ra_preflight_run_finished_timestamp_seconds', 'When the last run ended.', [
      [{}, Date.parse(run.finishedAt) / 1000],
    ]),
    family('ra_preflight_run_interrupted', 'Whether the last run was stopped before its end.', [
      [{}, run.interrupted ? 1 : 0],
    ]),
    family('ra_preflight_run_running', 'Whether the last run is still going on.', [
      [{}, run.running ? 1 : 0],
    ]),
  ].join('');

const VERDICT = 'ra_preflight_host_verdict';
const verdictOf = ({ target, address, verdict }: HostReport): string =>
  sample(VERDICT, { target, address: address ?? '', verdict }, 1);

const REQUIREMENT = 'ra_preflight_requirement_state';
const requirementsOf = ({ target, requirements }: HostReport): string =>
  requirements
    .map(({ name, state }) => sample(REQUIREMENT, { target, requirement: name, state }, 1))
    .join('');

/**
 * The report in Prometheus' text exposition format, for the textfile collector: gauges of the run, then a series for each
 * host and for each of its requirements, that is four a host; beyond some thousand hosts keep only the first part. The
 * series of one metric must stand together, so the hosts are walked twice.
 */
export const renderPrometheus: Format = function* (report) {
  yield runFamilies(report);
  yield head(VERDICT, 'The verdict of each host, 1 for the one it has.');
  for (const host of report.hosts) yield verdictOf(host);
  yield head(REQUIREMENT, 'State of each requirement of Remote Assistance, 1 for the current one.');
  for (const host of report.hosts) yield requirementsOf(host);
};
