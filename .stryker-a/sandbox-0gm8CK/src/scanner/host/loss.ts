import type { PortObservation } from '../../model/evidence.ts';
import type { HostControl } from './control.ts';

/**
 * A share of lost probes, 0..1: those to ports that answered in the end, and the controls. Later probes to a port that answered came
 * for other reasons.
 */
export const lossOf = (observations: readonly PortObservation[], control: HostControl | null): number => {
  let { lost, asked } = control?.losses ?? { lost: 0, asked: 0 };
  for (const one of observations) {
    if (one.reply.kind === 'silent' || one.reply.kind === 'unknown') continue;
    lost += one.lost ?? 0;
    asked += (one.lost ?? 0) + 1;
  }
  return asked === 0 ? 0 : lost / asked;
};
