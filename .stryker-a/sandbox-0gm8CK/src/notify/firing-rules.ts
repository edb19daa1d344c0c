import { CHANGE_KINDS } from '../model/history.ts';
import type { NotifyRule, Trigger } from './rule.ts';
import type { RunResult } from './run-result.ts';

/** The run itself went wrong: it failed, or it ended before it was through. */
export const hasFailed = ({ run, failed }: Pick<RunResult, 'run' | 'failed'>): boolean =>
  failed !== null || run === null || run.state !== 'finished';

/** The rules that fire for a result, in their order. Pure. */
export const firingRules = (
  rules: readonly NotifyRule[],
  result: Pick<RunResult, 'run' | 'diff' | 'failed'>,
): NotifyRule[] => {
  const counts = result.diff?.summary;
  const kinds = CHANGE_KINDS.filter((kind) => (counts?.[kind] ?? 0) > 0);
  const occasions = new Set<Trigger>(['always', ...kinds]);
  if (kinds.length > 0) occasions.add('any');
  if (hasFailed(result)) occasions.add('failure');
  return rules.filter(({ on }) => on.some((one) => occasions.has(one)));
};
