import type { PortObservation } from '../../model/evidence.ts';
import { chanceOfLosses } from '../../model/inference.ts';
import { CHANCE_OF_LOST_CONTROL, CONTROL_LOSS } from '../retry/policy.ts';

/** Of some probes to ports that answer, those that were lost, and all of them. */
interface Losses {
  readonly lost: number;
  readonly asked: number;
}

/**
 * A share of lost probes, 0..1: those to ports that answered in the end, and the controls. Later probes to a port that answered came
 * for other reasons.
 */
export const lossOf = (
  observations: readonly PortObservation[],
  control: { readonly losses: Losses } | null,
): number => {
  let { lost, asked } = control?.losses ?? { lost: 0, asked: 0 };
  for (const one of observations) {
    if (one.reply.kind === 'silent' || one.reply.kind === 'unknown') continue;
    lost += one.lost ?? 0;
    asked += (one.lost ?? 0) + 1;
  }
  return asked === 0 ? 0 : lost / asked;
};

/**
 * Whether so many of the probes to ports that answer were lost that the loss of the path (0..1) explains it less often than with the
 * chance: a limit.
 */
export const isLimit = (
  { lost, asked }: Losses,
  pathLoss: number,
  chance: number = CHANCE_OF_LOST_CONTROL,
): boolean =>
  lost >= CONTROL_LOSS.few &&
  lost / asked > CONTROL_LOSS.share &&
  chanceOfLosses(lost, asked, pathLoss) < chance;

/**
 * Whether the loss of the path (0..1) explains that probes to so many controls failed so often in all before each was answered: it does
 * as often as it takes so many or more of one probe fewer than were sent, since the last one was answered.
 */
export const explainsFailures = (pathLoss: number, failures: number, controls: number): boolean =>
  chanceOfLosses(failures, failures + controls - 1, pathLoss) >= CHANCE_OF_LOST_CONTROL;
