import type { Remedy } from './report.ts';

/** What other ways to decide a host that is clear so far are called where they share one line. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['ask-witness', 'check --witness'],
  ['run-responder', 'ra-preflight respond'],
  ['rehearse', 'check --rehearse'],
  ['test-dynamic-port', 'one port opened by hand'],
]);

/** The remedies of a host in doubt: the one next step with all that is no alternative to it, and the alternatives. */
export interface NextStep {
  readonly remedies: readonly Remedy[];
  /** `check --rehearse`, in the order of the remedies. */
  readonly others: readonly string[];
}

/** Parts the ways to decide what silence leaves open: the first stays among the remedies, the others get a name each. */
export const oneNextStep = (remedies: readonly Remedy[]): NextStep => {
  const [, ...others] = remedies.filter(({ id }) => WORDS.has(id));
  return {
    remedies: remedies.filter((one) => !others.includes(one)),
    others: others.flatMap(({ id }) => WORDS.get(id) ?? []),
  };
};
