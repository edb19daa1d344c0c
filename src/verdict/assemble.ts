import {
  type HostReport,
  REPORT_SCHEMA,
  type Report,
  type Run,
  type Summary,
  VERDICTS,
} from '../model/report.ts';

const summarise = (hosts: readonly HostReport[]): Summary => {
  const counts = VERDICTS.map((verdict) => [
    verdict,
    hosts.filter((host) => host.verdict === verdict).length,
  ]);
  return { hosts: hosts.length, ...Object.fromEntries(counts) } as Summary;
};

/** The report of a run from its judged hosts, in their order. */
export const assembleReport = (parts: {
  readonly version: string;
  readonly run: Run;
  readonly hosts: readonly HostReport[];
}): Report => ({
  schema: REPORT_SCHEMA,
  tool: { name: 'ra-preflight', version: parts.version },
  run: parts.run,
  hosts: parts.hosts,
  groups: [],
  summary: summarise(parts.hosts),
});
