import { type HostReport, REPORT_SCHEMA, type Report, type Run } from '../model/report.ts';
import { Tally } from './tally.ts';

/** The report of a run from its judged hosts, in their order, each in the light of its neighbours. */
export const assembleReport = (parts: {
  readonly version: string;
  readonly run: Run;
  readonly hosts: readonly HostReport[];
}): Report => {
  const tally = new Tally();
  for (const [index, host] of parts.hosts.entries()) tally.add(index, host);
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'ra-preflight', version: parts.version },
    run: parts.run,
    hosts: parts.hosts.map((host) => tally.raise(host)),
    groups: tally.groups(),
    summary: tally.summary,
  };
};
