import type { Answers } from './answers.ts';
import { addressOf, type Job, truthOf } from './campus.ts';

/** How a contender's answers compare with what the builder of the campus knows. */
export interface Score {
  readonly pairs: number;
  /** Share (0..1) of all pairs with the right state, where a pair that is absent reads as filtered. */
  readonly right: number;
  /** Pairs that the output does not name. */
  readonly absent: number;
  /** Pairs whose port a router resets, and those of them that were told from closed ports. */
  readonly routerResets: number;
  readonly routerResetsTold: number;
  /** What was wrong, as `truth said` with how often. */
  readonly wrong: Readonly<Record<string, number>>;
}

/**
 * Compares. A router's reset may be called closed, as by half-open scans that look at nothing but the flags, or a router's
 * reset; nobody may call it filtered for want of an answer. An absent pair reads as filtered, since some contenders
 * say silence by saying nothing.
 */
export const score = ({ size, ports }: Job, answers: Answers): Score => {
  let right = 0;
  let absent = 0;
  let routerResets = 0;
  let routerResetsTold = 0;
  const wrong: Record<string, number> = {};
  for (let n = 0; n < size; n++) {
    for (const port of ports) {
      const truth = truthOf(n, port);
      const said = answers.get(`${addressOf(n)} ${port}`);
      if (said === undefined) absent++;
      if (truth === 'router-reset') {
        routerResets++;
        if (said === 'router-reset') routerResetsTold++;
      }
      const reads = said ?? 'filtered';
      if (reads === truth || (truth === 'router-reset' && reads === 'closed')) right++;
      else {
        const key = `${truth} ${said ?? 'absent'}`;
        wrong[key] = (wrong[key] ?? 0) + 1;
      }
    }
  }
  const pairs = size * ports.length;
  return { pairs, right: right / pairs, absent, routerResets, routerResetsTold, wrong };
};
