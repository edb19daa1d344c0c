import type { WireProbe } from '../../src/model/wire.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { synWire } from '../../src/wire/syn-engine.ts';
import { watchDelay } from './delay.ts';

/** One sweep: over how many probes, how fast, and what they meet. */
export interface SweepJob {
  readonly meets: 'refused' | 'silent';
  readonly probes: number;
  readonly perSecond: number;
  readonly timeoutMs: number;
  /** First two numbers of the addresses, as `127.1`; or one address. */
  readonly addresses: string;
  readonly ports: number;
}

export interface SweepFigures {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly userUs: number;
  readonly worstDelayMs: number;
  readonly rssMb: number;
  /** Probes that were not told what they had met. */
  readonly wrong: number;
}

const FIRST_PORT = 1025;

/** An address or 32,000 of them, each asked at every 7,919th port: no pair comes twice. */
function* probesOf({ addresses, ports, timeoutMs }: SweepJob, count: number): Generator<WireProbe> {
  const isOne = addresses.split('.').length !== 2;
  const family = addresses.includes(':') ? 6 : 4;
  for (let i = 0; i < count; i++) {
    const address = isOne ? addresses : `${addresses}.${(i >> 7) & 255}.${1 + (i & 127)}`;
    yield { address, family, port: FIRST_PORT + ((i * 7919) % ports), timeoutMs };
  }
}

/** Runs a sweep in this process, after one that warms up the compiler. */
export const oneSweep = async (job: SweepJob): Promise<SweepFigures> => {
  const wire = await synWire(process.platform, process.arch, await linuxWire(process.platform, process.arch));
  const { signal } = new AbortController();
  const { perSecond, meets } = job;
  const run = async (count: number): Promise<number> => {
    let right = 0;
    await wire.run(probesOf(job, count), {
      ...{ signal, perSecond },
      onReplies: (replies) => {
        for (const { reply } of replies) if (reply.kind === meets) right++;
      },
    });
    return count - right;
  };
  await run(Math.min(20_000, job.probes));
  const stop = watchDelay();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const wrong = await run(job.probes);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await wire.close();
  return {
    perSecond: job.probes / seconds,
    cpuUs: (user + system) / job.probes,
    userUs: user / job.probes,
    worstDelayMs: stop(),
    rssMb: process.memoryUsage().rss / 2 ** 20,
    wrong,
  };
};
