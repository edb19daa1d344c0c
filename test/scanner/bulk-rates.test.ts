import { describe, expect, it } from 'vitest';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { audit, held } from './audits.ts';
import { collect } from './collect.ts';
import { FakeWire, refused } from './fakes.ts';

/** The most packets that left within any second. */
const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map((from, i) => times.slice(i).filter((at) => at < from + 1000).length));

describe('rates, counted where packets leave', () => {
  const burst = { host: 48, subnet: 100 };
  const timesOf = (wire: FakeWire, isWanted: (to: string) => boolean): number[] =>
    wire.sent.filter(({ address: to }) => isWanted(to)).map(({ at }) => at);

  it('holds that of the run', async () => {
    const wire = new FakeWire(() => refused);
    await audit(wire, 100, { plan: { rate: 400 } });
    expect(mostInASecond(timesOf(wire, () => true))).toBeLessThanOrEqual(400 + 20 + 1);
    expect(held.clock.now).toBeLessThan((1000 * wire.sent.length) / 400 + 1000);
  });

  it('follows it when a person changes it', async () => {
    const control = new RateControl(100);
    const wire = new FakeWire(() => refused);
    setTimeout(() => control.setRate(1000), 2000);
    await audit(wire, 200, { control, plan: { rate: 100 } });
    const before = wire.sent.filter(({ at }) => at < 2000).length;
    expect(before).toBeGreaterThan(180);
    expect(before).toBeLessThan(210);
    expect(held.clock.now).toBeLessThan(2000 + wire.sent.length + 1000);
  });

  it('holds that of a subnet, while another subnet goes at its own', async () => {
    const wire = new FakeWire(() => refused);
    await audit(wire, 300, { plan: { perSubnetRate: 200 } });
    expect(mostInASecond(timesOf(wire, (to) => to.startsWith('192.0.0.')))).toBeLessThanOrEqual(
      200 + burst.subnet + 1,
    );
    const other = timesOf(wire, (to) => to.startsWith('192.0.1.'));
    expect(Math.max(...other)).toBeLessThan(held.clock.now);
  });

  it('holds that of a host, however many names it has', async () => {
    const wire = new FakeWire(({ port }) => (port === 3389 ? 'silence' : refused));
    const resolver = {
      resolve: async () => ({ kind: 'resolved', addresses: [{ address: '192.0.2.1', family: 4 }] }) as const,
    };
    const names = Array.from(
      { length: 20 },
      (_, i) => ({ kind: 'name', text: `pc${i}`, name: `pc${i}` }) as const,
    );
    const { evidence } = await collect(held.clock, wire, {
      hosts: names,
      resolver,
      plan: { bulk: true, perHostRate: 50 },
    });
    expect(evidence).toHaveLength(20);
    expect(mostInASecond(timesOf(wire, () => true))).toBeLessThanOrEqual(50 + burst.host + 1);
  });
});
