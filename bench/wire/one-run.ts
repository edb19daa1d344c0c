import type { Endpoint } from '../../src/model/target.ts';
import { type Contender, contender } from './contenders.ts';
import { watchDelay } from './delay.ts';

/** One job: how many connects, how many at once, and what they meet. */
export interface Job {
  readonly contender: Contender;
  readonly meets: 'refused' | 'silent';
  readonly connects: number;
  readonly inFlight: number;
  /** Where silence is to be had; refusals are had at all of 127.0.0.0/8. */
  readonly silentPort: number;
  readonly timeoutMs: number;
}

export interface Figures {
  readonly perSecond: number;
  readonly cpuUs: number;
  /** Longest time that a 1 ms timer had to wait, milliseconds: what a screen would have felt. */
  readonly worstDelayMs: number;
  readonly rssMb: number;
}

/** Closed ports without a listener, spread over addresses so that no pair comes twice within the run. */
const endpointOf = ({ meets, silentPort }: Job, i: number) => ({
  address: `127.1.${(i >> 7) & 255}.${1 + (i & 127)}`,
  family: 4 as const,
  port: meets === 'silent' ? silentPort : 1025 + ((i * 7919) % 20_000),
});

/** Runs a job in this process. */
export const oneRun = async (job: Job): Promise<Figures> => {
  const askAll = await contender(job.contender, job.inFlight);
  const run = (from: number, to: number): Promise<void> => {
    function* endpoints(): Generator<Endpoint> {
      for (let i = from; i < to; i++) yield endpointOf(job, i);
    }
    return askAll(endpoints(), job.timeoutMs, (word) => {
      if (word !== job.meets) throw new Error(`${job.contender} said ${word} for ${job.meets}`);
    });
  };
  // The compiler warms up on connects that do not count.
  const warmUp = job.meets === 'silent' ? 0 : Math.min(10_000, job.connects);
  await run(0, warmUp);
  const stop = watchDelay();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run(warmUp, warmUp + job.connects);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: job.connects / seconds,
    cpuUs: (user + system) / job.connects,
    worstDelayMs: stop(),
    rssMb: process.memoryUsage().rss / 2 ** 20,
  };
};
