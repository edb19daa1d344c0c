import { isForeignReset, isProhibition, isReachable, type Reply } from './reply.ts';
import type { Echo } from './wire.ts';

/** Who sent an answer: the host itself, or a device that answers in its place; `none`: it does not show that anything is there. */
export type Liveness = 'host' | 'in-its-place' | 'none';

/** Whether an address that an ICMP error came from is the host's own, however it is spelled. */
export type IsHost = (from: string) => boolean;

/** Reads one reply of a port. The scan continues unless it is `none`; a verdict calls a host alive only when it answered itself. */
export const livenessOf = (reply: Reply, isHost: IsHost): Liveness => {
  if (isReachable(reply)) return 'host';
  if (reply.kind === 'rejected' && 'from' in reply.cause && isHost(reply.cause.from)) return 'host';
  return isForeignReset(reply) || isProhibition(reply) ? 'in-its-place' : 'none';
};

/** Whether an ICMP echo came back from the host itself: its reply, or an error of its own. */
export const isEchoOfHost = (echo: Echo, isHost: IsHost): boolean =>
  echo.kind === 'reply' || (echo.kind === 'unreachable' && isHost(echo.from));
