import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPassing } from '../../src/model/fault.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { WireName } from '../../src/model/wire.ts';
import { needs } from '../lab/gate.ts';
import type { Job } from './elsewhere/asker.ts';
import { Elsewhere, OWN_NETWORK, whyNoNetwork } from './elsewhere/elsewhere.ts';
import { DEAD_ROUTES, NOTHING, ONE_LOCAL_PORT, WITHOUT_IPV6 } from './elsewhere/networks.ts';
import { Peers } from './peers.ts';
import { said } from './stand.ts';

const at = (address: string, port = 9): Endpoint => ({
  address,
  family: address.includes(':') ? 6 : 4,
  port,
});
const codeOf = (reply: Reply): string => (reply.kind === 'unknown' ? reply.fault.code : 'none');

let elsewhere: Elsewhere;
let whyNot: string | null;
beforeAll(async () => {
  [elsewhere, whyNot] = await Promise.all([Elsewhere.open(), whyNoNetwork()]);
});
afterAll(() => elsewhere.close());

const inNetworkOf =
  (wire: WireName) =>
  async (network: string, job: Omit<Job, 'wire'>): Promise<readonly Reply[]> =>
    (await elsewhere.ask({ wire, ...job }, network, OWN_NETWORK)).replies;

describe.each(['node', 'linux'] as const)('what a lack of something is, as the %s wire tells it', (wire) => {
  const inNetwork = inNetworkOf(wire);

  test('with 64 descriptors, two thousand at once are answered or short of descriptors', async () => {
    const peers = new Peers();
    try {
      const [accepting, refusing] = await Promise.all([peers.serve(() => {}), peers.refusing()]);
      const ask = Array.from({ length: 2000 }, (_, i) => ({
        endpoint: i % 2 ? accepting : refusing,
        timeoutMs: 10_000,
      }));
      const { replies } = await elsewhere.ask({ wire, ask }, 'ulimit -n 64; exec "$@"');
      expect(replies).toHaveLength(2000);
      const counts = { right: 0, short: 0 };
      for (const [i, reply] of replies.entries()) {
        if (reply.kind === 'unknown') {
          expect([reply.fault.kind, reply.fault.code]).toEqual(['descriptors', 'EMFILE']);
          expect(isPassing(reply.fault)).toBe(true);
          counts.short++;
        } else {
          expect(said(reply)).toBe(i % 2 ? 'accepted' : 'refused by target');
          counts.right++;
        }
      }
      expect(counts.right).toBeGreaterThan(10);
      expect(counts.short).toBeGreaterThan(100);
    } finally {
      await peers.close();
    }
  });

  test('a shortage of descriptors is never taken for a missing route', async ({ skip }) => {
    needs(skip, whyNot);
    const ask = Array.from({ length: 500 }, () => ({ endpoint: at('192.0.2.1'), timeoutMs: 5000 }));
    const replies = await inNetwork(`ulimit -n 64; ${NOTHING}`, { ask });
    const words = replies.map((reply) => `${said(reply)} ${codeOf(reply)}`);
    expect(['unknown: descriptors EMFILE', 'unknown: no-route ENETUNREACH']).toEqual(
      expect.arrayContaining([...new Set(words)]),
    );
    expect(words).toContain('unknown: no-route ENETUNREACH');
  });

  test('a connect that meets itself', async ({ skip }) => {
    needs(skip, whyNot);
    const [reply] = await inNetwork(ONE_LOCAL_PORT, {
      ask: [{ endpoint: at('127.0.0.1', 50_000), timeoutMs: 1000 }],
    });
    expect(reply && said(reply)).toBe('unknown: self-connect');
  });

  test('no local port left', async ({ skip }) => {
    needs(skip, whyNot);
    const endpoint = at('127.0.0.1', 4000);
    const replies = await inNetwork(ONE_LOCAL_PORT, {
      listen: [endpoint],
      ask: Array.from({ length: 3 }, () => ({ endpoint, timeoutMs: 1000, holdMs: 300 })),
    });
    expect(replies.map(said).toSorted()).toEqual([
      'accepted',
      'unknown: local-ports',
      'unknown: local-ports',
    ]);
    expect(replies.map(codeOf)).toContain('EADDRNOTAVAIL');
  });
});

describe.each(['node', 'linux', 'syn'] as const)('what leads nowhere, as the %s wire tells it', (wire) => {
  const inNetwork = inNetworkOf(wire);

  test.for([
    ['nothing up', { network: NOTHING, address: '127.0.0.1', expected: 'no-route ENETUNREACH' }],
    ['nothing up', { network: NOTHING, address: '10.0.0.1', expected: 'no-route ENETUNREACH' }],
    ['nothing up', { network: NOTHING, address: '2001:db8::1', expected: 'no-route EADDRNOTAVAIL' }],
    ['IPv6 switched off', { network: WITHOUT_IPV6, address: '::1', expected: 'no-route EADDRNOTAVAIL' }],
    [
      'IPv6 switched off',
      { network: WITHOUT_IPV6, address: '2001:db8::1', expected: 'no-route EADDRNOTAVAIL' },
    ],
    ['no route', { network: DEAD_ROUTES, address: '10.0.0.1', expected: 'no-route ENETUNREACH' }],
    ['no route', { network: DEAD_ROUTES, address: '2001:db8::1', expected: 'no-route ENETUNREACH' }],
    ['a blackhole route', { network: DEAD_ROUTES, address: '10.1.0.1', expected: 'no-route EINVAL' }],
    ['a blackhole route', { network: DEAD_ROUTES, address: '2001:db8:1::1', expected: 'no-route EINVAL' }],
    [
      'an unreachable route',
      { network: DEAD_ROUTES, address: '10.2.0.1', expected: 'no-route EHOSTUNREACH' },
    ],
    [
      'an unreachable route',
      { network: DEAD_ROUTES, address: '2001:db8:2::1', expected: 'no-route EHOSTUNREACH' },
    ],
    ['a prohibit route', { network: DEAD_ROUTES, address: '10.3.0.1', expected: 'blocked-locally EACCES' }],
    ['a prohibit route', { network: DEAD_ROUTES, address: '2001:db8:3::1', expected: 'no-route EACCES' }],
    [
      'an interface that is down',
      { network: DEAD_ROUTES, address: '10.4.0.2', expected: 'no-route ENETUNREACH' },
    ],
    [
      'a link-local address without its zone',
      { network: DEAD_ROUTES, address: 'fe80::1', expected: 'no-route EINVAL' },
    ],
    [
      'a zone that is not there',
      { network: DEAD_ROUTES, address: 'fe80::1%nowhere', expected: 'no-route E(INVAL|NODEV)' },
    ],
  ] as const)('%s', async ([, { network, address, expected }], { skip }) => {
    needs(skip, whyNot);
    const [reply] = await inNetwork(network, { ask: [{ endpoint: at(address), timeoutMs: 1000 }] });
    expect(reply?.kind).toBe('unknown');
    if (reply?.kind === 'unknown')
      expect(`${reply.fault.kind} ${reply.fault.code}`).toMatch(new RegExp(`^${expected}$`));
  });
});
