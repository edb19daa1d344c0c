import { isEchoOfHost } from '../../model/liveness.ts';
import type { Plan } from '../../model/plan.ts';
import type { Echo, Pinger } from '../../model/wire.ts';
import type { HostProber } from './host-prober.ts';

/** An echo only ever adds evidence of life. */
const NOT_NEEDED: Echo = { kind: 'not-observed', why: 'not needed, ports answered' };

/** The echo to a host without an address. */
export const NO_ADDRESS: Echo = { kind: 'not-observed', why: 'no address to ask' };
const SWITCHED_OFF: Echo = { kind: 'not-observed', why: 'switched off with --no-ping' };

/**
 * Pings a host at the rates of all other packets, waiting `waitMs` at most each time; twice, so that loss alone
 * does not matter. Never throws.
 */
const ping = async (prober: HostProber, pinger: Pinger, plan: Plan, waitMs: number): Promise<Echo> => {
  if (!plan.ping) return SWITCHED_OFF;
  const { address, family, signal, run, queue } = prober;
  const echo = async (): Promise<Echo> => {
    await run.scheduler.turn(queue, { address, family });
    return pinger.echo(address, family, { signal, timeoutMs: Math.min(waitMs, plan.timeoutMs) });
  };
  const first = await echo();
  return first.kind === 'no-reply' ? echo() : first;
};

/** The ICMP echo of one host: sent once, beside its probes, and waited for where it decides. */
export class HostEcho {
  readonly #prober: HostProber;
  readonly #pinger: Pinger;
  readonly #plan: Plan;
  readonly #onEcho: (echo: Echo) => void;
  #echo: Promise<Echo> | null = null;

  constructor(prober: HostProber, pinger: Pinger, plan: Plan, onEcho: (echo: Echo) => void) {
    this.#prober = prober;
    this.#pinger = pinger;
    this.#plan = plan;
    this.#onEcho = onEcho;
  }

  /** Asks for it; `result` gives what becomes of it. Later calls change nothing. */
  start(waitMs: number): void {
    if (this.#echo) return;
    const sentAt = performance.now();
    this.#echo = ping(this.#prober, this.#pinger, this.#plan, waitMs).then((echo) => {
      if (isEchoOfHost(echo, this.#prober.isHost)) this.#prober.noteAnswer(sentAt);
      this.#onEcho(echo);
      return echo;
    });
    // A bug is thrown where the echo is waited for, which may be later than it happens.
    this.#echo.catch(() => {});
  }

  /** The echo that was asked for; where none was, ports had answered. */
  result(): Promise<Echo> {
    if (!this.#echo) {
      this.#echo = Promise.resolve(NOT_NEEDED);
      this.#onEcho(NOT_NEEDED);
    }
    return this.#echo;
  }
}
