import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { synWire, whyNoRaw } from '../../src/wire/syn-engine.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { type Asking, alone, buildAsking, said } from './asking.ts';

const whyNotAlone = async (): Promise<string | null> => {
  if (process.platform !== 'linux') return `network namespaces need Linux, this is ${process.platform}`;
  const { code, stderr } = await finish('unshare', ['-rn', 'nft', 'list', 'tables']).catch((error) => ({
    code: 1,
    stderr: String(error),
  }));
  return code === 0 ? null : `no network namespace to be had here: ${stderr.trim()}`;
};

test('where it cannot run it says in two lines what is missing', async () => {
  expect(await whyNoRaw('darwin')).toBe(
    'half-open SYNs need Linux, and this is darwin\nThe node engine runs here',
  );
});

test.skipIf(process.platform !== 'linux')('the wire is for 64-bit Linux', async () => {
  const under = await linuxWire('linux', process.arch);
  await expect(synWire('linux', 'ia32', under)).rejects.toThrow('it runs on Linux x64 and arm64');
});

describe('the syn wire on a machine of its own', async () => {
  const why = await whyNotAlone();
  let asking: Asking;
  beforeAll(async () => {
    asking = await buildAsking();
  });
  afterAll(() => asking.remove());

  const D0 = `ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up
    ip addr add 10.9.9.1/24 dev d0; ip -6 addr add fd09::1/64 dev d0 nodad
    sysctl -qw net.ipv4.neigh.d0.retrans_time_ms=100 net.ipv6.neigh.d0.retrans_time_ms=100`;

  test('without the right to open raw sockets it says so, and how to get it', async ({ skip }) => {
    needs(skip, why);
    const answers = await asking.ask({}, [...alone('true'), 'setpriv', '--bounding-set=-net_raw']);
    expect(answers.why?.split('\n')).toEqual([
      expect.stringContaining('CAP_NET_RAW'),
      expect.stringContaining('setcap cap_net_raw'),
    ]);
  });

  test('without IPv6 it asks IPv4 all the same', async ({ skip }) => {
    needs(skip, why);
    const script = 'sysctl -qw net.ipv6.conf.all.disable_ipv6=1';
    const ask = [
      { address: '127.0.0.1', family: 4, port: 1 },
      { address: '::1', family: 6, port: 1 },
    ] as const;
    const { replies } = await asking.ask({ ask }, alone(script));
    expect(replies.map(said)).toEqual(['refused by target, ttl 64', 'no-route EADDRNOTAVAIL']);
  });

  test('where the kernel gives any port to anybody it holds a few', async ({ skip }) => {
    needs(skip, why);
    const script = 'sysctl -qw net.ipv4.ip_local_port_range="1024 65535"';
    const { swept, end } = await asking.ask(
      {
        sweep: {
          ...{ address: '127.0.0.1', ports: [2, 1001] },
          ...{ perSecond: 50_000, timeoutMs: 500 },
        },
      },
      alone(script),
    );
    expect(new Set(swept.map(([, reply]) => said(reply)))).toEqual(new Set(['refused by target, ttl 64']));
    expect(end).toMatchObject({ probes: 1000, packets: 1000, ignored: 0 });
  });

  test('two processes side by side keep apart', async ({ skip }) => {
    needs(skip, why);
    const sweep = {
      ...{ address: '127.0.0.1', ports: [2, 20_001] as const },
      ...{ perSecond: 20_000, timeoutMs: 1000 },
    };
    // Both in the network of this test: loopback of the machine itself.
    const both = await Promise.all([asking.ask({ sweep }), asking.ask({ sweep })]);
    for (const { swept, end } of both) {
      expect(end).toMatchObject({ probes: 20_000, packets: 20_000, ignored: 0, overruns: 0 });
      expect(swept.filter(([, reply]) => reply.kind !== 'refused' && reply.kind !== 'accepted')).toEqual([]);
    }
  });

  test('asks once and no more, however long it waits', async ({ skip }) => {
    needs(skip, why);
    const script = `nft 'add table ip f'
      nft 'add chain ip f in { type filter hook input priority 0; }'
      nft 'add rule ip f in tcp dport 9 limit rate 1/hour burst 1 packets drop'`;
    const ask = [
      { address: '127.0.0.1', family: 4, port: 9, timeoutMs: 2500 },
      { address: '127.0.0.1', family: 4, port: 10, timeoutMs: 900 },
    ] as const;
    const { replies } = await asking.ask({ ask }, alone(script));
    expect(replies.map(said)).toEqual(['silent', 'refused by target, ttl 64']);
  });

  test('forged answers are not believed', async ({ skip }) => {
    needs(skip, why);
    const script = `nft 'add table ip f'
      nft 'add chain ip f in { type filter hook input priority 0; }'
      nft 'add rule ip f in tcp dport 7 drop'`;
    const { asked, swept, end, forged } = await asking.forge(alone(script));
    expect(asked).toMatchObject({ kind: 'silent' });
    expect(swept).toMatchObject([{ kind: 'silent', attempts: 1 }]);
    // They did arrive: those to the ports of the sweep, but for the resets that acknowledge nothing.
    expect(end.ignored).toBeGreaterThan(500);
    expect(forged).toBeGreaterThan(10_000);
  });

  test('a neighbour that is not there is a fact about the target, and nobody sent it', async ({ skip }) => {
    needs(skip, why);
    const ask = [
      { address: '10.9.9.77', family: 4, port: 135 },
      { address: 'fd09::77', family: 6, port: 135 },
    ] as const;
    const { replies } = await asking.ask({ ask }, alone(D0));
    expect(replies.map(said)).toEqual(['rejected EHOSTUNREACH', 'rejected EHOSTUNREACH']);
  });

  test('of a thousand ports of a neighbour that is not there, none is called silent', async ({ skip }) => {
    needs(skip, why);
    const { swept } = await asking.ask(
      {
        sweep: {
          ...{ address: '10.9.9.77', ports: [1, 1000] },
          ...{ perSecond: 20_000, timeoutMs: 900 },
        },
      },
      alone(D0),
    );
    expect(swept).toHaveLength(1000);
    expect(new Set(swept.map(([, reply]) => said(reply)))).toEqual(new Set(['rejected EHOSTUNREACH']));
  });

  test('packets that wait for a neighbour fill the send buffer, and nothing is lost', async ({ skip }) => {
    needs(skip, why);
    const { swept, end } = await asking.ask(
      {
        sweep: {
          ...{ address: '10.9.9.77', ports: [1, 60], sizes: { sendBytes: 4096 } },
          ...{ perSecond: 10_000, retries: 1, timeoutMs: 2000 },
        },
      },
      alone(D0),
    );
    expect(new Set(swept.map(([, reply]) => said(reply)))).toEqual(new Set(['rejected EHOSTUNREACH']));
    // Once in a while the kernel drops one of them without a word; then it is asked again.
    expect(swept).toHaveLength(60);
    expect(end?.packets).toBeLessThan(70);
  });

  test('a firewall of this machine is not one on the way', async ({ skip }) => {
    needs(skip, why);
    const script = `${D0}
      nft 'add table inet f'
      nft 'add chain inet f out { type filter hook output priority 0; }'
      nft 'add rule inet f out tcp dport 101 reject with icmpx type port-unreachable'
      nft 'add rule inet f out tcp dport 102 drop'`;
    const ask = ['10.9.9.77', 'fd09::77'].flatMap((address) =>
      [101, 102].map((port) => ({ address, family: address.includes(':') ? 6 : 4, port }) as const),
    );
    const { replies } = await asking.ask({ ask }, alone(script));
    expect(replies.map(said)).toEqual(Array.from({ length: 4 }, () => 'blocked-locally EPERM'));
  });
});
