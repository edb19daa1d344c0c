import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Wire, WireEnd, WireOptions } from '../../src/model/wire.ts';
import { HostQueue, type Scheduled } from '../../src/scanner/host-queue.ts';
import { Lanes } from '../../src/scanner/limits/lanes.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { runLimiter } from '../../src/scanner/limits/run-limiter.ts';
import { ProbeScheduler } from '../../src/scanner/probe-scheduler.ts';
import { FakeWire, plan, refused } from './fakes.ts';

export const END: WireEnd = { isStopped: false, probes: 0, packets: 0, ignored: 0, overruns: 0 };

/** A scheduler whose probes are taken and answered by hand. */
export const begin = (changes: Partial<Plan> = {}, seesTtl = false, stop = new AbortController()) => {
  const limits = plan({ concurrency: 100_000, ...changes });
  const control = new RateControl(limits.rate);
  const shortages: [number, string][] = [];
  const limiter = runLimiter(limits.rate, control);
  const seen = { wakes: 0 };
  let end = (_: WireEnd): void => {};
  let fail = (_: Error): void => {};
  let given: { probes: Iterator<Scheduled | null>; options: WireOptions<Scheduled> } | undefined;
  const run = (probes: Iterable<Scheduled | null>, options: WireOptions<Scheduled>): Promise<WireEnd> => {
    given = { probes: probes[Symbol.iterator](), options };
    options.subscribe?.(() => seen.wakes++);
    return new Promise((resolve, reject) => {
      [end, fail] = [resolve, reject];
    });
  };
  const wire = Object.assign(new FakeWire(() => refused, { seesTtl }), {
    run: run as unknown as Wire['run'],
  });
  const scheduler = new ProbeScheduler({
    ...{ wire, plan: limits, control, limiter, signal: stop.signal },
    onShortage: (size, code) => shortages.push([size, code]),
  });
  const running = scheduler.run();
  if (!given) throw new Error('the wire was not run');
  const { probes, options } = given;
  const lanes = new Lanes(limits, control);
  const of = (host: number): HostQueue =>
    new HostQueue(lanes.of(`192.0.${host >> 8}.${host & 255}`, 4), limits.perHost);
  return {
    ...{ scheduler, control, limiter, stop, shortages, seen, options, probes, of },
    end: async () => {
      end(END);
      return running;
    },
    fail: async (error: Error) => {
      fail(error);
      return running;
    },
    send: (queue: HostQueue, port = 135): Reply[] => {
      const replies: Reply[] = [];
      scheduler.send(queue, { address: '', family: 4, port, timeoutMs: 1000 }, (reply) =>
        replies.push(reply),
      );
      return replies;
    },
    /** The probe that leaves next; null when none may. */
    next: (): Scheduled | null => probes.next().value ?? null,
    answer: (probe: Scheduled | null, reply: Reply = refused): void => {
      if (probe) options.onReplies([{ probe, reply }]);
    },
  };
};

/** The ports of the next probes that may leave now. */
export const portsOf = ({ next }: ReturnType<typeof begin>, most = 100): number[] => {
  const ports: number[] = [];
  for (let probe = next(); probe && ports.length < most; probe = next()) ports.push(probe.port);
  return ports;
};
