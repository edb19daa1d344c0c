import type { PortObservation } from '../../model/evidence.ts';
import type { Plan } from '../../model/plan.ts';
import type { PlannedPort } from '../../model/probe.ts';
import { isReachable, portState } from '../../model/reply.ts';

/** What a router says when it knows no way to the host: no sign of life, and no reply of a filter either. */
const NOBODY_THERE: ReadonlySet<string> = new Set(['host-unreach', 'net-unreach', 'time-exceeded']);

/** Whether more probes are worth sending: the host answered a port, or a filter replied for it. */
export const showsLife = (observations: readonly Pick<PortObservation, 'reply'>[]): boolean =>
  observations.some(
    ({ reply }) =>
      isReachable(reply) ||
      (reply.kind === 'refused' && reply.by === 'middlebox') ||
      (reply.kind === 'rejected' && !NOBODY_THERE.has(portState(reply).reason)),
  );

/**
 * The ports that show whether a host is there: those that Remote Assistance needs, and one of the sample in each
 * third of it, so that a host of which 135 and 3389 are dropped is not taken for one that is off.
 */
export const isFirstAsked = ({ port, why }: PlannedPort, { sample }: Plan): boolean => {
  if (why === 'required') return true;
  const isAt = (sixth: number): boolean => sample[Math.floor((sample.length * sixth) / 6)] === port;
  return isAt(1) || isAt(3) || isAt(5);
};
