import { UsageError } from '../model/fault.ts';
import type { RunEntry } from '../model/history.ts';
import type { History } from '../store/history.ts';
import { systemResolver } from '../wire/resolve.ts';
import { resolveExcludes } from './resolve-excludes.ts';
import type { StoredPlan } from './stored-plan.ts';

/**
 * The plan of a stored run, checked like what is typed, with the addresses that its excluded names have now. Throws UsageError, which
 * says what cannot be done with the run.
 */
export const loadStoredPlan = async (
  history: History,
  { id, hosts, targets }: RunEntry,
  what: 'resumed' | 'verified',
): Promise<StoredPlan> => {
  const { readStoredPlan } = await import('./stored-plan.ts');
  try {
    const plan = history.plan(id);
    if (plan === null) throw new UsageError('it has no plan, as a run that was merged from parts');
    const kept = readStoredPlan(plan, { hosts, targets });
    const { excludes } = await resolveExcludes(kept.excludes, systemResolver());
    return { ...kept, excludes };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`run ${id} cannot be ${what}: ${error.message}`);
  }
};
