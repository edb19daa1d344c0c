import { stat } from 'node:fs/promises';
import { UsageError } from '../model/fault.ts';
import { NOVICES } from '../model/policy.ts';
import type { HostReport } from '../model/report.ts';
import { quoted } from '../text/quoted.ts';
import type { ScanOptions } from './options.ts';

/** Joins what the policy files of a run say with the report on a host. */
export type PolicyOfRun = (report: HostReport) => HostReport;

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** `--policy a.pol b.pol` names one file: the other would be looked up as a host. Throws UsageError for it. */
export const refusePolicyTargets = async (
  texts: readonly string[],
  { policies }: Pick<ScanOptions, 'policies'>,
): Promise<void> => {
  if (policies.length === 0) return;
  for (const text of texts)
    if (await isFile(text))
      throw new UsageError(
        `target ${quoted(text)}: is a file; each policy file has a --policy of its own before it`,
      );
};

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
