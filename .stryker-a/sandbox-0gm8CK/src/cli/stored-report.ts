import { type Group, REPORT_SCHEMA, type ReportSource } from '../model/report.ts';
import type { RunHistory } from '../store/memory-history.ts';
import { Tally } from '../verdict/tally.ts';
import { version } from './version.ts';

/** Groups of a run that has not finished, from the hosts that it has. */
const groupsByNow = (history: RunHistory, id: string): Group[] => {
  const tally = new Tally();
  for (const { index, report } of history.entries(id)) tally.add(index, report);
  return tally.groups();
};

/** The report of a run out of the history, as far as the run has come. `groups` spares finding them anew. */
export const storedReport = (history: RunHistory, id: string, groups?: readonly Group[]): ReportSource => ({
  schema: REPORT_SCHEMA,
  tool: { name: 'ra-preflight', version },
  run: history.run(id),
  hosts: history.hosts(id),
  groups: groups ?? history.groups(id) ?? groupsByNow(history, id),
  summary: history.summary(id),
});
