import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import type { Wire, WireEnd } from '../../src/model/wire.ts';
import { HostQueue } from '../../src/scanner/host-queue.ts';
import { Lanes } from '../../src/scanner/limits/lanes.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { runLimiter } from '../../src/scanner/limits/run-limiter.ts';
import { ProbeScheduler } from '../../src/scanner/probe-scheduler.ts';
import { FakeWire, plan, refused } from './fakes.ts';

const END: WireEnd = { isStopped: false, probes: 0, packets: 0, ignored: 0, overruns: 0 };

/** A scheduler whose wire has ended its run although nobody stopped it. */
const afterTheEnd = async (run: Wire['run']) => {
  const wire = Object.assign(new FakeWire(() => refused), { run });
  const limits = plan();
  const control = new RateControl(limits.rate);
  const scheduler = new ProbeScheduler({
    ...{ wire, plan: limits, control, limiter: runLimiter(limits.rate, control) },
    ...{ signal: new AbortController().signal, onShortage: () => {} },
  });
  await scheduler.run().catch(() => {});
  const queue = new HostQueue(new Lanes(limits, control).of('192.0.2.1', 4), limits.perHost);
  return { scheduler, queue };
};

describe('after the run of the wire has ended by itself', () => {
  it.each<[string, Wire['run']]>([
    ['ended', async () => END],
    ['failed', () => Promise.reject(new Error('no memory for packets'))],
  ])('a probe of a wire that %s is answered as stopped, and no host waits for room', async (_, run) => {
    const { scheduler, queue } = await afterTheEnd(run);
    const replies: Reply[] = [];
    const probe = { address: '192.0.2.1', family: 4, port: 135, timeoutMs: 1000 } as const;
    for (let count = 0; count < 200; count++) scheduler.send(queue, probe, (reply) => replies.push(reply));
    expect(replies).toHaveLength(200);
    expect(replies[0]).toMatchObject({ kind: 'unknown', fault: { kind: 'aborted' } });
    await scheduler.turn(queue, probe);
    await scheduler.roomForHost();
  });
});
