import { describe, expect, it } from 'vitest';
import { DYNAMIC_LIMITS, dynamicRpc, LISTED_LIMITS, MOST_LISTED } from '../../probes/dynamic-rpc.ts';
import type { PortObservation, RpcEndpoint } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { TalkLimits } from '../../src/model/wire.ts';
import { heard } from './fixtures.ts';
import { dialer, listen, MANAGEMENT_ID, rpcServer } from './peer.ts';
import * as server from './server-side.ts';

const PLAN = { sample: [1500, 3389, 50_000] } as unknown as Plan;

const knowing = (ports: readonly number[]) => {
  const endpoints: RpcEndpoint[] = ports.map((port) => ({ port, interface: 'any v1.0', annotation: '' }));
  const mapper: PortObservation = {
    port: 135,
    requirement: 'endpoint-mapper',
    why: 'required',
    reply: { kind: 'accepted', rttMs: 1 },
    attempts: 1,
    finding: {
      kind: 'endpoint-mapper',
      speech: 'spoke',
      listing: 'complete',
      endpoints,
      resolver: { kind: 'refused' },
    },
  };
  return { observations: [mapper] };
};

const listedFor = (ports: readonly number[]): number[] =>
  dynamicRpc
    .ports(PLAN, knowing(ports))
    .filter(({ why }) => why === 'listed')
    .map(({ port }) => port);

describe('which ports', () => {
  it('the sample, before anything is known', () => {
    expect(dynamicRpc.ports(PLAN, { observations: [] })).toEqual([
      { port: 1500, why: 'sampled' },
      { port: 50_000, why: 'sampled' },
    ]);
  });

  it('what the mapper lists first, each port once, so that a sampled one counts as listed', () => {
    expect(dynamicRpc.ports(PLAN, knowing([50_000, 49_664, 49_664])).slice(0, 2)).toEqual([
      { port: 49_664, why: 'listed' },
      { port: 50_000, why: 'listed' },
    ]);
  });

  it('none below 1025, and none that another probe asks', () => {
    expect(listedFor([135, 593, 1024, 1025, 3389, 65_535])).toEqual([1025, 65_535]);
  });

  it('evenly thinned where the list is long', () => {
    const all = Array.from({ length: 1000 }, (_, at) => 50_000 + at);
    const chosen = listedFor(all);
    expect(chosen).toHaveLength(MOST_LISTED);
    const gaps = chosen.slice(1).map((port, at) => port - (chosen[at] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.ceil(all.length / MOST_LISTED));
    expect(listedFor(all.slice(0, MOST_LISTED))).toHaveLength(MOST_LISTED);
  });
});

describe('what listens there', () => {
  const observe = async (answer: Buffer) =>
    dynamicRpc.observe(await rpcServer((id) => (id === MANAGEMENT_ID ? [answer] : [])), dialer(10));

  it.each(['samba-management', 'samba-addc-management'])('%s, replayed, is an RPC server', async (name) => {
    expect(await observe(heard(name, 0))).toMatchObject({
      service: 'msrpc',
      detail: 'answers DCE/RPC',
      finding: { kind: 'rpc-server', speech: 'spoke' },
    });
  });

  it('a refusal proves an RPC server too', async () => {
    expect(await observe(server.bindAck(2, 1))).toMatchObject({
      service: 'msrpc',
      finding: { kind: 'rpc-server', speech: 'refused' },
    });
  });

  it('another service is open, and no RPC', async () => {
    const endpoint = await listen((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1 Debian\r\n'));
    const seen = await dynamicRpc.observe(endpoint, dialer(10));
    expect(seen).toMatchObject({ detail: 'answers SSH, not DCE/RPC', finding: { speech: 'foreign' } });
    expect(seen.service).toBeUndefined();
  });

  it('a listed port is given longer to speak than a sampled one: a busy machine answers late', async () => {
    const endpoint = { address: '127.0.0.1', family: 4, port: 49_152 } as const;
    const limitsFor = async (why: 'listed' | 'sampled') => {
      const limits: TalkLimits[] = [];
      await dynamicRpc.observe(
        endpoint,
        async (_, talk) => {
          if (talk) limits.push(talk.limits);
          return { reply: { kind: 'silent', waitedMs: 1, attempts: 1 }, attempts: 1 };
        },
        why,
      );
      return limits;
    };
    expect(await limitsFor('listed')).toEqual([LISTED_LIMITS]);
    expect(await limitsFor('sampled')).toEqual([DYNAMIC_LIMITS]);
    expect(LISTED_LIMITS.idleMs).toBeGreaterThan(2 * DYNAMIC_LIMITS.idleMs);
  });

  it('a port that refuses was not tested', async () => {
    const nowhere = { address: '127.0.0.1', family: 4, port: 1 } as const;
    const seen = await dynamicRpc.observe(nowhere, dialer());
    expect(seen.reply.kind).toBe('refused');
    expect(seen.finding).toBeUndefined();
  });
});
