import type { Plan } from '../model/plan.ts';
import type { Family } from '../model/target.ts';
import type { Echo, Pinger } from '../model/wire.ts';
import type { Shared } from './dial.ts';
import { subnetOf } from './subnets.ts';

/** Longest wait for an ICMP echo, milliseconds. */
export const ECHO_WAIT_MS = 1000;

/** An echo only ever adds evidence of life. */
export const NOT_NEEDED: Echo = { kind: 'not-observed', why: 'not needed, ports answered' };
export const NO_ADDRESS: Echo = { kind: 'not-observed', why: 'no address to ask' };

/** Asks an address for an ICMP echo, waiting `waitMs` at most each time. Never throws. */
export type EchoAsker = (address: string, family: Family, waitMs: number) => Promise<Echo>;

/** Echoes as the plan wants them, at the rates of all other questions; asked twice, so that loss alone does not matter. */
export const echoAsker = (pinger: Pinger, plan: Plan, { rate, subnets, signal }: Shared): EchoAsker => {
  if (!plan.ping) return async () => ({ kind: 'not-observed', why: 'switched off with --no-ping' });
  return async (address, family, waitMs) => {
    const ask = async (): Promise<Echo> => {
      await subnets.of(subnetOf(address, family)).take(signal);
      await rate.take(signal);
      return pinger.echo(address, family, { signal, timeoutMs: Math.min(waitMs, plan.timeoutMs) });
    };
    const first = await ask();
    return first.kind === 'no-reply' ? ask() : first;
  };
};
