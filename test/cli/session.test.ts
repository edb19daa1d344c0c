import { beforeEach, describe, expect, it, vi } from 'vitest';
import { withSession } from '../../src/cli/session.ts';
import type { HostReport } from '../../src/model/report.ts';
import type { Target } from '../../src/model/target.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';
import { all, FakeWire, plan, refused, run } from '../scanner/fakes.ts';

const lookedUp = vi.hoisted(() => ({ address: '' }));
vi.mock('../../src/wire/resolve.ts', () => ({
  systemResolver: () => ({
    resolve: async () => ({ kind: 'resolved', addresses: [{ address: lookedUp.address, family: 4 }] }),
  }),
}));
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  networkInterfaces: () => ({ eth7: [{ address: '192.0.2.1', family: 'IPv4', cidr: '192.0.2.1/24' }] }),
}));

const name: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
let wire: FakeWire;
beforeEach(() => {
  wire = new FakeWire(() => refused);
});

const judged = async (address: string): Promise<HostReport | undefined> => {
  lookedUp.address = address;
  const job = {
    assignment: all([name]),
    plan: plan({ retries: 0, sample: [20_000] }),
    run,
    engine: { wire, why: 'test' },
    scope: { allow: [], deny: ['192.0.2.64/28'] },
    excludes: readExcludes([{ text: '192.0.2.32', at: '--exclude' }]),
    onStopping: () => {},
  };
  return withSession(job, async ({ events }) => {
    let report: HostReport | undefined;
    for await (const event of events) if (event.type === 'host-judged') report = event.report;
    return report;
  });
};

describe('the address that a name leads to', () => {
  it.each([
    ['a multicast address', '224.0.0.1'],
    ['the broadcast address of everybody', '255.255.255.255'],
    ['"this network"', '0.0.0.1'],
    ['the broadcast address of an own network', '192.0.2.255'],
    ['the address of an own network', '192.0.2.0'],
    ['out of scope', '192.0.2.70'],
    ['excluded', '192.0.2.32'],
  ])('gets no packet when it is %s, and the report says why', async (_, address) => {
    const report = await judged(address);
    expect(wire.sent).toEqual([]);
    expect(report).toMatchObject({ address: null, verdict: 'undetermined' });
    expect(JSON.stringify(report?.because)).toContain(address);
  });

  it('is asked when it is a host', async () => {
    await judged('192.0.2.9');
    expect(new Set(wire.sent.map(({ address }) => address))).toEqual(new Set(['192.0.2.9']));
  });
});
