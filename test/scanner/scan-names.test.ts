import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Target } from '../../src/model/target.ts';
import type { Resolver } from '../../src/model/wire.ts';
import { fakeClock } from './clock.ts';
import { collect } from './collect.ts';
import { FakeWire, fault, refused } from './fakes.ts';

const held = fakeClock();

describe('names', () => {
  const name: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
  const two: Resolver = {
    resolve: async () => ({
      kind: 'resolved',
      addresses: [
        { address: '2001:db8::1', family: 6 },
        { address: '192.0.2.9', family: 4 },
      ],
    }),
  };

  it('takes the first address that serves best and keeps what the others said', async () => {
    const wire = new FakeWire(({ family }) => (family === 6 ? fault('no-route', 'ENETUNREACH') : refused));
    const { evidence } = await collect(held.clock, wire, { hosts: [name], resolver: two });
    expect(evidence[0]).toMatchObject({ address: '192.0.2.9', otherAddresses: [{ address: '2001:db8::1' }] });
  });

  it('asks only the families of the plan', async () => {
    const wire = new FakeWire(() => refused);
    const families: Plan['families'] = { v4: false, v6: true };
    const { evidence } = await collect(held.clock, wire, {
      hosts: [name],
      resolver: two,
      plan: { families },
    });
    expect(evidence[0]).toMatchObject({ address: '2001:db8::1', otherAddresses: [] });
    expect(wire.sent.every(({ family }) => family === 6)).toBe(true);
  });

  it('sends nothing to what the guard forbids, and says so', async () => {
    const wire = new FakeWire(() => refused);
    const guard = () => 'out of scope';
    const { evidence } = await collect(held.clock, wire, { hosts: [name], resolver: two, guard });
    expect(wire.sent).toEqual([]);
    expect(evidence[0]?.resolution).toMatchObject({
      kind: 'failed',
      fault: { text: expect.stringContaining('out of scope') },
    });
  });

  it('asks the addresses that may be asked, and none that the guard forbids', async () => {
    const wire = new FakeWire(() => refused);
    const guard = (at: string) => (at === '192.0.2.9' ? 'is excluded' : null);
    const { evidence } = await collect(held.clock, wire, { hosts: [name], resolver: two, guard });
    expect(new Set(wire.sent.map(({ address }) => address))).toEqual(new Set(['2001:db8::1']));
    expect(evidence[0]?.address).toBe('2001:db8::1');
  });

  it('of two addresses that serve alike takes the first, as Windows does', async () => {
    const { evidence } = await collect(held.clock, new FakeWire(() => refused), {
      hosts: [name],
      resolver: two,
    });
    expect(evidence[0]).toMatchObject({ address: '2001:db8::1', otherAddresses: [{ address: '192.0.2.9' }] });
  });

  it('asks eight of the five hundred addresses of a load balancer', async () => {
    const wire = new FakeWire(() => 'silence');
    const addresses = Array.from({ length: 500 }, (_, i) => ({
      address: `198.18.${i >> 8}.${i & 255}`,
      family: 4 as const,
    }));
    const many: Resolver = { resolve: async () => ({ kind: 'resolved', addresses }) };
    await collect(held.clock, wire, { hosts: [name], resolver: many });
    expect(new Set(wire.sent.map(({ address }) => address))).toEqual(
      new Set(addresses.slice(0, 8).map(({ address }) => address)),
    );
  });

  it('is a result, not a crash, when the name is unknown', async () => {
    const wire = new FakeWire(() => refused);
    const { evidence } = await collect(held.clock, wire, { hosts: [name] });
    expect(wire.sent).toEqual([]);
    expect(evidence[0]).toMatchObject({ address: null, ports: [], resolution: { kind: 'not-found' } });
  });
});
