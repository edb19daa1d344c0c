import { type PortObservation, refusesUnused } from '../model/evidence.ts';
import type { Dial } from '../model/probe.ts';
import { isReachable } from '../model/reply.ts';
import type { Echo } from '../model/wire.ts';
import type { Questions } from './questions.ts';

/**
 * Silent questions, over neighbouring ports together, after which silence stands. With 5 % of packets lost each way a
 * question goes unanswered by chance about once in ten; six in a row once in a million.
 */
const ENOUGH_SILENCE = 6;

/** Runs of neighbours, in port order, that were all silent: a filter drops blocks, loss does not. */
const silentRuns = (ports: readonly PortObservation[]): PortObservation[][] => {
  const runs: PortObservation[][] = [];
  let run: PortObservation[] = [];
  for (const port of ports) {
    if (port.reply.kind === 'silent') {
      if (run.length === 0) runs.push(run);
      run.push(port);
    } else run = [];
  }
  return runs;
};

/**
 * Silences that were not asked often enough yet, each with how often more. On a host that refuses unused ports a silence
 * decides the verdict, so it is asked until loss is ruled out, a run of neighbours together. On a stealthy host silence
 * is expected, and `retries` is enough (docs/verdicts.md).
 */
export const doubtful = (
  observations: readonly PortObservation[],
  echo: Echo,
  retries: number,
): { observation: PortObservation; more: number }[] => {
  const alive = echo.kind === 'reply' || observations.some(({ reply }) => isReachable(reply));
  if (!alive) return [];
  const silent = observations.filter(({ reply }) => reply.kind === 'silent');
  const singles = silent
    .filter(({ why }) => why !== 'sampled')
    .map((one) => ({ run: [one], wanted: ENOUGH_SILENCE }));
  const sampled = observations.filter(({ why }) => why === 'sampled');
  const runs = refusesUnused(observations)
    ? silentRuns(sampled).map((run) => ({ run, wanted: Math.ceil(ENOUGH_SILENCE / run.length) }))
    : silent.filter(({ why }) => why === 'sampled').map((one) => ({ run: [one], wanted: retries + 1 }));
  return [...singles, ...runs].flatMap(({ run, wanted }) =>
    run
      .map((observation) => ({ observation, more: wanted - observation.attempts }))
      .filter(({ more }) => more > 0),
  );
};

/**
 * Asks doubtful silences again, in turn on each port, until one is answered or it was asked often enough. The last
 * question on a port that matters by itself is asked with `patient`, which waits for slow answers too.
 */
export const confirmSilence = async (
  questions: Questions,
  echo: Echo,
  retries: number,
  dials: { readonly dial: Dial; readonly patient: Dial },
): Promise<void> => {
  await Promise.all(
    doubtful(questions.observations, echo, retries).map(async ({ observation, more }) => {
      let current: PortObservation | undefined = observation;
      for (let turn = 0; turn < more && current?.reply.kind === 'silent'; turn++) {
        const isLast = turn === more - 1 && observation.why !== 'sampled';
        if (!(await questions.askAgain(current, isLast ? dials.patient : dials.dial))) return;
        current = questions.observations.find(({ port }) => port === observation.port);
      }
    }),
  );
};
