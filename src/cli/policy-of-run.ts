import { NOVICES } from '../model/policy.ts';
import type { HostReport } from '../model/report.ts';
import type { ScanOptions } from './options.ts';

/** Joins what the policy files of a run say with the report on a host. */
export type PolicyOfRun = (report: HostReport) => HostReport;

/**
 * Reads the policy files of a run, and judges them for every kind of novice; null where none were named. What reads policies is
 * loaded only then. Throws UsageError for files that cannot be read.
 */
export const loadPolicy = async ({
  policies,
}: Pick<ScanOptions, 'policies'>): Promise<PolicyOfRun | null> => {
  if (policies.length === 0) return null;
  const [{ readPolicyFiles }, { judgePolicy }, { withPolicy }] = await Promise.all([
    import('./policy-files.ts'),
    import('../policy/judge/judge.ts'),
    import('../verdict/policy.ts'),
  ]);
  const files = await readPolicyFiles(policies);
  return withPolicy(NOVICES.map((novice) => judgePolicy(files, novice)));
};
