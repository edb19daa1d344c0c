import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { finish } from '../lab/shell.ts';
import { type Asking, buildAsking } from './asking.ts';

const onLinux = process.platform === 'linux';

/** A network of one's own with nothing but a loopback device; works without root where the kernel allows it. */
const alone = (script: string): readonly string[] => [
  'unshare',
  '-rn',
  'sh',
  '-euc',
  `ip link set lo up; ${script}; exec "$@"`,
  'sh',
];

const whyNotAlone = async (): Promise<string | null> => {
  const needed = 'ip link set lo up; nft list tables; sysctl -n net.ipv4.ip_local_port_range';
  const { code, stderr } = await finish('unshare', ['-rn', 'sh', '-euc', needed]).catch((error) => ({
    code: 1,
    stderr: String(error),
  }));
  return code === 0 ? null : `no network namespace to be had here: ${stderr.trim()}`;
};

const faultOf = (reply: Reply | undefined): string =>
  reply?.kind === 'unknown' ? `${reply.fault.kind} ${reply.fault.code}` : (reply?.kind ?? 'none');

test.each([
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['linux', 'ia32'],
] as const)('the linux wire says in one line that it cannot run on %s %s', async (platform, arch) => {
  await expect(linuxWire(platform, arch)).rejects.toThrow(
    `it runs on Linux x64 and arm64, and this is ${platform} ${arch}`,
  );
});

describe.skipIf(!onLinux)('trouble on this machine (Linux only)', async () => {
  const notAlone = onLinux ? await whyNotAlone() : null;
  let asking: Asking;
  beforeAll(async () => {
    asking = await buildAsking();
  });
  afterAll(() => asking.remove());

  test('an idle wire that nobody closed keeps no process alive', async () => {
    const replies = await asking.ask([{ address: '127.0.0.1', port: 1 }]);
    expect(replies.map(faultOf)).toEqual(['refused']);
  });

  test('in a worker thread, whose end would crash the process, it does not run', async () => {
    const inWorker = [process.execPath, '-e', 'new (require("node:worker_threads").Worker)(process.argv[2])'];
    await expect(asking.ask([], inWorker)).rejects.toThrow('it runs in the main thread only');
  });

  test('a lack of descriptors is said, never silence, and what got one is answered', async () => {
    const questions = Array.from({ length: 200 }, () => ({ address: '127.0.0.1', port: 1 }));
    const replies = await asking.ask(questions, ['sh', '-c', 'ulimit -n 48; exec "$@"', 'sh']);
    const kinds = new Set(replies.map(faultOf));
    expect(kinds).toEqual(new Set(['refused', 'descriptors EMFILE']));
  });

  test('a lack of local ports is said', async ({ skip }) => {
    if (notAlone) return skip(notAlone);
    const questions = Array.from({ length: 8 }, () => ({ address: '127.0.0.2', port: 7, timeoutMs: 300 }));
    const script = `sysctl -qw net.ipv4.ip_local_port_range="40000 40003"
      nft add table ip f; nft add chain ip f in "{ type filter hook input priority 0; }"
      nft add rule ip f in tcp dport 7 drop`;
    const replies = await asking.ask(questions, alone(script));
    expect(replies.map(faultOf).toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'local-ports EADDRNOTAVAIL'),
      ...Array.from({ length: 4 }, () => 'silent'),
    ]);
  });

  test('a connection to oneself is not an open port', async ({ skip }) => {
    if (notAlone) return skip(notAlone);
    const script = 'sysctl -qw net.ipv4.ip_local_port_range="40000 40000"';
    const replies = await asking.ask([{ address: '127.0.0.1', port: 40_000 }], alone(script));
    expect(faultOf(replies[0])).toBe('self-connect SELF');
  });

  test('a missing route, interface or IPv4-mapped address is no word about the target', async ({ skip }) => {
    if (notAlone) return skip(notAlone);
    const replies = await asking.ask(
      ['192.0.2.1', '2001:db8::1', 'fe80::1%nowhere', '::ffff:127.0.0.1'].map((address) => ({
        address,
        port: 1,
      })),
      alone('true'),
    );
    expect(replies.map(faultOf)).toEqual([
      'no-route ENETUNREACH',
      'no-route ENETUNREACH',
      'no-route ENODEV',
      'no-route ENETUNREACH',
    ]);
  });

  test('a firewall on this machine that rejects is not one on the way', async ({ skip }) => {
    if (notAlone) return skip(notAlone);
    const script = `ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up
      ip addr add 10.9.9.1/24 dev d0; ip -6 addr add fd09::1/64 dev d0 nodad
      nft add table inet f; nft add chain inet f out "{ type filter hook output priority 0; }"
      nft add rule inet f out tcp dport 101 reject with icmpx type port-unreachable
      nft add rule inet f out tcp dport 102 reject with icmpx type admin-prohibited`;
    const questions = ['10.9.9.77', 'fd09::77'].flatMap((address) =>
      [101, 102].map((port) => ({ address, port })),
    );
    const replies = await asking.ask(questions, alone(script));
    expect(replies.map(faultOf)).toEqual([
      'blocked-locally ECONNREFUSED',
      'blocked-locally EHOSTUNREACH',
      'blocked-locally ECONNREFUSED',
      'blocked-locally EACCES',
    ]);
  });

  test('a neighbour that is not there is a fact about the target, and nobody sent it', async ({ skip }) => {
    if (notAlone) return skip(notAlone);
    const script = `ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up
      ip addr add 10.9.9.1/24 dev d0; ip -6 addr add fd09::1/64 dev d0 nodad`;
    const replies = await asking.ask(
      ['10.9.9.77', 'fd09::77'].map((address) => ({ address, port: 135 })),
      alone(script),
    );
    expect(replies.map((reply) => (reply.kind === 'rejected' ? reply.cause : reply))).toEqual([
      { errno: 'EHOSTUNREACH' },
      { errno: 'EHOSTUNREACH' },
    ]);
  });

  test("a firewall of the target's own is one, also when the target is this machine", async ({ skip }) => {
    if (notAlone) return skip(notAlone);
    const script = `nft add table inet f; nft add chain inet f in "{ type filter hook input priority 0; }"
      nft add rule inet f in tcp dport 101 reject with icmpx type port-unreachable`;
    const replies = await asking.ask(
      ['127.0.0.1', '::1'].map((address) => ({ address, port: 101 })),
      alone(script),
    );
    expect(replies.map((reply) => (reply.kind === 'rejected' ? reply.cause : reply))).toEqual([
      { icmp: { version: 4, type: 3, code: 3 }, from: '127.0.0.1' },
      { icmp: { version: 6, type: 1, code: 4 }, from: '::1' },
    ]);
  });
});
