import type { Report } from '../model/report.ts';
import type { PreparedCheck } from './check-run.ts';
import { withHistory } from './history-file.ts';
import { log } from './log.ts';
import type { ScanOptions } from './options.ts';
import type { StoredPlan } from './stored-plan.ts';

/** Opens the history, so that one that cannot be written is an error before anything is sent. Throws StoreError or UsageError. */
export const checkKeepable = ({ db }: ScanOptions): Promise<void> =>
  withHistory(db, 'create', async () => {});

/**
 * Keeps a check in the history, as audits are kept; one that was interrupted is not, for nothing could resume it. Throws StoreError or
 * UsageError when the history cannot be written.
 */
export const keepCheck = async (
  { texts, options, spec, excludes }: PreparedCheck,
  { run, hosts, groups }: Report,
): Promise<void> => {
  if (run.interrupted) {
    if (!options.quiet) log('the check was interrupted and is not kept in the history');
    return;
  }
  const { finishedAt: _, probesSent, durationMs: __, interrupted: ___, ...start } = run;
  const plan: StoredPlan = { spec, excludes, options, shard: null };
  await withHistory(options.db, 'create', async (history) => {
    const recorder = history.begin({ run: start, targets: texts, hosts: hosts.length, plan });
    for (const [index, report] of hosts.entries())
      recorder.record({ index, ordinal: index, report, probesSent });
    recorder.flush(probesSent, hosts.length);
    recorder.finish(run, groups);
  });
  if (!options.quiet) log(`kept as run ${run.id}`);
};
