import type { PortObservation } from '../../model/evidence.ts';
import type { HostControl } from './control.ts';

/** Probes to ports that answered in the end, and how many of them were lost. Later probes to them came for other reasons. */
const lossesOf = (
  observations: readonly PortObservation[],
): { readonly lost: number; readonly asked: number } => {
  let lost = 0;
  let asked = 0;
  for (const one of observations) {
    if (one.reply.kind === 'silent' || one.reply.kind === 'unknown') continue;
    lost += one.lost ?? 0;
    asked += (one.lost ?? 0) + 1;
  }
  return { lost, asked };
};

/** A share of lost probes, 0..1: those to ports that answered in the end, and the controls. */
export const lossOf = (observations: readonly PortObservation[], control: HostControl | null): number => {
  const own = lossesOf(observations);
  const controls = control?.losses ?? { lost: 0, asked: 0 };
  const asked = own.asked + controls.asked;
  return asked === 0 ? 0 : (own.lost + controls.lost) / asked;
};
