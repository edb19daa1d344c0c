import type { Plan } from '../../model/plan.ts';
import type { Echo, Pinger } from '../../model/wire.ts';
import type { HostProber } from './host-prober.ts';

/** Longest wait for an ICMP echo, milliseconds. */
export const ECHO_WAIT_MS = 1000;

/** An echo only ever adds evidence of life. */
export const NOT_NEEDED: Echo = { kind: 'not-observed', why: 'not needed, ports answered' };

/** The echo to a host without an address. */
export const NO_ADDRESS: Echo = { kind: 'not-observed', why: 'no address to ask' };
const SWITCHED_OFF: Echo = { kind: 'not-observed', why: 'switched off with --no-ping' };

/**
 * Pings a host at the rates of all other packets, waiting `waitMs` at most each time; twice, so that loss alone
 * does not matter. Never throws.
 */
export const ping = async (prober: HostProber, pinger: Pinger, plan: Plan, waitMs: number): Promise<Echo> => {
  if (!plan.ping) return SWITCHED_OFF;
  const { address, family, signal, run, queue } = prober;
  const ask = async (): Promise<Echo> => {
    await run.scheduler.turn(queue, { address, family });
    return pinger.echo(address, family, { signal, timeoutMs: Math.min(waitMs, plan.timeoutMs) });
  };
  const first = await ask();
  return first.kind === 'no-reply' ? ask() : first;
};
