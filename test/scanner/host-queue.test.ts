import { describe, expect, it } from 'vitest';
import { HostQueue, NO_PORT, Scheduled } from '../../src/scanner/host-queue.ts';
import { Lanes } from '../../src/scanner/limits/lanes.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { plan } from './fakes.ts';

const queueOf = (most = 2): HostQueue =>
  new HostQueue(new Lanes(plan(), new RateControl(1000)).of('192.0.2.1', 4), most);
const probe = { address: '192.0.2.1', family: 4, port: 135, timeoutMs: 100 } as const;

describe('the queue of a host', () => {
  it('goes from new to alive to confirming, and never back', () => {
    const queue = queueOf();
    expect(queue.stage).toBe('new');
    queue.reach('alive');
    expect(queue.stage).toBe('alive');
    queue.reach('confirming');
    queue.reach('alive');
    expect(queue.stage).toBe('confirming');
  });

  it('is ready while probes wait and fewer are in flight than may be', () => {
    const queue = queueOf();
    expect([queue.isReady, queue.isQueued]).toEqual([false, false]);
    queue.waiting.push(new Scheduled(queue, probe, () => {}));
    queue.inFlight = 1;
    expect(queue.isReady).toBe(true);
    queue.inFlight = 2;
    expect(queue.isReady).toBe(false);
  });

  it('slows both its host and its subnet down', () => {
    const queue = queueOf();
    queue.slowDown();
    expect([queue.lane.host.isSlowed, queue.lane.subnet.isSlowed]).toEqual([true, true]);
  });
});

describe('a scheduled probe', () => {
  it('has what was said and nothing else', () => {
    const bare = new Scheduled(queueOf(), { ...probe, ttl: undefined, flow: undefined }, () => {});
    expect(bare).toMatchObject({ ...probe, attempt: 0, isTurn: false, isBegun: false, shortSince: null });
    expect([bare.talk, bare.ttl, bare.minTtl, bare.flow].every((field) => field === undefined)).toBe(true);
    const flow = { sourcePort: null };
    const talk = { limits: { totalMs: 1, idleMs: 1, maxBytes: 1 }, exchange: async () => {} };
    const more = { attempt: 3, talk, ttl: 4, minTtl: 5, flow };
    const full = new Scheduled(queueOf(), { ...probe, ...more }, () => {});
    expect(full).toMatchObject(more);
    expect([full.flow, full.talk]).toEqual([flow, talk]);
  });

  it('of no port is a turn for something else', () => {
    expect(new Scheduled(queueOf(), { ...probe, port: NO_PORT }, () => {}).isTurn).toBe(true);
  });
});
