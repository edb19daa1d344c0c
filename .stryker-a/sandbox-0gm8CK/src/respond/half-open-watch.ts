import { setTimeout as pause } from 'node:timers/promises';
import type { KnownConnection } from './half-open.ts';

/** Where connections are looked up that no program is told of, and how long to rest between two looks, milliseconds. */
export interface ConnectionTable {
  readonly restMs: number;
  /** Never throws; empty where the system tells nobody. */
  read(): Promise<readonly KnownConnection[]>;
}

const keyOf = ({ localPort, remoteAddress, remotePort }: KnownConnection): string =>
  `${localPort} ${remoteAddress} ${remotePort}`;

/**
 * Tells the connections whose SYN arrives and that no program is told of, since its reply is lost and the handshake never ends, until the
 * signal aborts. What is there when it begins is of before. A kernel forgets such a connection when the expert's side asks again
 * over the same flow (the ACK that it then sends is answered with a reset), about 100 ms later on a short path: it is looked
 * at oftener than that.
 */
export const watchHalfOpen = async (
  { read, restMs }: ConnectionTable,
  onKnown: (known: readonly KnownConnection[]) => void,
  signal: AbortSignal,
): Promise<void> => {
  const before = new Set((await read()).map(keyOf));
  while (!signal.aborted) {
    const known = await read();
    onKnown(known.filter((one) => !before.has(keyOf(one))));
    await pause(restMs, undefined, { signal }).catch(() => {});
  }
};
