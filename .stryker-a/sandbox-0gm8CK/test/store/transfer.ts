import type { HostReport } from '../../src/model/report.ts';
import { hostSchema } from '../../src/output/schema.ts';
import type { ImportChecks } from '../../src/store/import.ts';
import type { Sql } from '../../src/store/sql.ts';
import { ended, newRun } from './new-run.ts';
import { judged, opened } from './open.ts';

/** Checks a report as the command line does; plans are not the store's business here. */
export const CHECKS: ImportChecks = {
  readHost: (value) => hostSchema.parse(value) as HostReport,
  checkPlan: () => {},
};

/** Runs, hosts, reports, and runs that have parts. */
export const counts = (sql: Sql): unknown =>
  sql.rows(
    'SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM hosts), (SELECT count(*) FROM evidence), (SELECT count(DISTINCT run) FROM parts)',
  )[0];

/** An export of two runs of 300 hosts, a line an element. */
export const two = (): string[] => {
  const { history } = opened(':memory:');
  for (const id of ['one', 'two']) {
    const recorder = history.begin(newRun(id, 300));
    for (let index = 0; index < 300; index++) recorder.record(judged(index));
    recorder.finish(ended);
  }
  return [...history.exportRuns(['one', 'two'])];
};
