import { CHANGE_KINDS } from '../model/history.ts';
import type { Outcome } from './outcome.ts';
import type { NotifyRule, Occasion } from './rule.ts';

/** The run itself went wrong: it failed, or it ended before it was through. */
export const hasFailed = ({ run, failed }: Pick<Outcome, 'run' | 'failed'>): boolean =>
  failed !== null || run === null || run.state !== 'finished';

/** The rules that fire for an outcome, in their order. Pure. */
export const decide = (
  rules: readonly NotifyRule[],
  outcome: Pick<Outcome, 'run' | 'diff' | 'failed'>,
): NotifyRule[] => {
  const counts = outcome.diff?.summary;
  const kinds = CHANGE_KINDS.filter((kind) => (counts?.[kind] ?? 0) > 0);
  const occasions = new Set<Occasion>(['always', ...kinds]);
  if (kinds.length > 0) occasions.add('any');
  if (hasFailed(outcome)) occasions.add('failure');
  return rules.filter(({ on }) => on.some((one) => occasions.has(one)));
};
