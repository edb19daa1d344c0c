import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { audit, spaceOf } from './audits.ts';
import { FakeWire, refused } from './fakes.ts';

describe('the order of an audit', () => {
  it('takes numbers no faster than it asks, and the next when one has ended', async () => {
    let taken = 0;
    let finished = 0;
    let most = 0;
    const order = {
      *[Symbol.iterator]() {
        for (let i = 0; i < 300; i++) {
          most = Math.max(most, ++taken - finished);
          yield i;
        }
      },
    };
    // Every tenth host is dead and takes its time; the others do not wait for it.
    const wire = new FakeWire(({ address: at }) => (at.endsWith('0') ? 'silence' : refused));
    const { evidence } = await audit(wire, 0, {
      assignment: { space: spaceOf(300), order },
      plan: { hostsAtOnce: 10, timeoutMs: 1000 },
      onEvent: ({ type }) => {
        if (type === 'host-finished') finished++;
      },
    });
    expect(new Set(evidence.map(({ address: at }) => at)).size).toBe(300);
    expect(most).toBeLessThanOrEqual(20);
  });

  it('ends what is begun before it begins more', async () => {
    const wire = new FakeWire(() => ({ ...refused, rttMs: 2 }) as Reply);
    const sample = Array.from({ length: 16 }, (_, at) => 2000 + 3000 * at);
    await audit(wire, 60, { plan: { sample, rate: 5000, concurrency: 30, retries: 0 } });
    const order = wire.sent.map(({ address: to }) => to);
    const lasts = Array.from({ length: 30 }, (_, host) => order.lastIndexOf(`192.0.0.${host}`));
    expect(Math.max(...lasts)).toBeLessThan(order.indexOf('192.0.0.50'));
  });

  it('asks hosts in doubt first, for what is left of them takes longest', async () => {
    const wire = new FakeWire(({ address: to, port }) =>
      port === 3389 && to === '192.0.0.5' ? 'silence' : ({ ...refused, rttMs: 2 } as Reply),
    );
    const sample = Array.from({ length: 16 }, (_, at) => 2000 + 3000 * at);
    const { evidence } = await audit(wire, 250, {
      plan: { sample, rate: 2000, concurrency: 30, perSubnetRate: 1e6 },
    });
    const place = evidence.findIndex(({ address: to }) => to === '192.0.0.5');
    expect(place).toBeLessThan(250);
    // Seven looks one after the other, while some 180 others are asked.
    expect(place).toBeGreaterThan(30);
  });

  it('begins a host no earlier than its probes would leave', async () => {
    let begun = 0;
    let sent = 0;
    const wire = new FakeWire(() => {
      sent++;
      return { ...refused, rttMs: 2 } as Reply;
    });
    await audit(wire, 1000, {
      plan: { rate: 5000, perSubnetRate: 1e6, hostsAtOnce: 1000 },
      onEvent: ({ type }) => {
        if (type !== 'host-started') return;
        begun++;
        // Five probes each; 128 wait, and as many are under way as a round trip takes.
        expect(begun).toBeLessThan(sent / 5 + 128 + 64);
      },
    });
    expect(begun).toBe(1000);
  });

  it('emits a host while the silence of another lasts', async () => {
    const wire = new FakeWire(({ address: to }) => (to === '192.0.0.0' ? 'silence' : refused));
    const { evidence } = await audit(wire, 2);
    expect(evidence.map(({ address: to }) => to)).toEqual(['192.0.0.1', '192.0.0.0']);
  });

  it('waits less for hosts whose neighbours answered soon', async () => {
    const wire = new FakeWire(({ address: to }) => (Number(to.split('.')[3]) > 64 ? 'silence' : refused));
    await audit(wire, 75, { plan: { hostsAtOnce: 64, perHostRate: 1e6, perSubnetRate: 1e6 } });
    const waits = wire.sent
      .filter(({ address: to }) => to === '192.0.0.74')
      .map(({ timeoutMs }) => timeoutMs);
    // Twice the longest round trip of 1 ms and 75 ms, but never less than silence needs here; then 400 ms.
    expect(waits).toEqual([...Array(5).fill(100), 400, 400]);
    expect(wire.sent[0]?.timeoutMs).toBe(300);
  });
});

describe('hosts under way', () => {
  it('are as many as the rate is enough for where nothing answers, so that silence does not decide how long it takes', async () => {
    let underWay = 0;
    let most = 0;
    await audit(new FakeWire(() => 'silence'), 1500, {
      plan: { hostsAtOnce: 16_384, concurrency: 16_384, rate: 2500, perSubnetRate: 1e6 },
      onEvent: ({ type }) => {
        if (type === 'host-started') most = Math.max(most, ++underWay);
        if (type === 'host-finished') underWay--;
      },
    });
    expect(most).toBeGreaterThan(1200);
  });
});
