import { describe, expect, it } from 'vitest';
import type { SelfTest } from '../../src/cli/self-test/self-test.ts';
import { OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { BIN } from './run.ts';

const run = (args: readonly string[], network = '') => {
  const [program = '', ...around] = OWN_NETWORK;
  const shell = `ip link set lo up\nsysctl -qw net.ipv4.ping_group_range='0 0'\n${network}\nexec "$@"`;
  return finish(program, [...around, 'sh', '-euc', shell, 'sh', process.execPath, BIN, 'doctor', ...args]);
};

const stepsOf = (stdout: string): Record<string, string> =>
  Object.fromEntries((JSON.parse(stdout) as SelfTest).steps.map(({ name, state }) => [name, state]));

const EVERYWHERE = [
  'IPv4 connect',
  'IPv4 refusal',
  'IPv4 talk',
  'one local port',
  'many at once',
  'IPv6 connect',
];

describe('doctor --self-test', () => {
  it.for([
    ['linux', ['IPv4 TTL 1', 'IPv4 least TTL', 'IPv6 TTL 1']],
    ['node', []],
    ['syn', ['IPv4 TTL 1']],
  ] as const)('tries everything that the %s engine can do', async ([engine, own], { skip }) => {
    needs(skip, await whyNoNetwork());
    const { code, stdout } = await run(['--self-test', '--engine', engine, '--format', 'json']);
    expect(stepsOf(stdout)).toMatchObject(
      Object.fromEntries([...EVERYWHERE, ...own].map((name) => [name, 'ok'])),
    );
    expect(JSON.parse(stdout)).toMatchObject({ engine, capabilities: { ttl: engine !== 'node' } });
    expect(Object.keys(stepsOf(stdout)).filter((name) => name.startsWith('host'))).toEqual([]);
    expect(code).toBe(0);
  });

  it('fails where something goes wrong, and says what', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    const reset =
      "nft add table inet f; nft add chain inet f c '{ type filter hook output priority 0; }'; nft add rule inet f c tcp flags '&' rst == rst drop";
    const { code, stdout } = await run(['--self-test', '--engine', 'node'], reset);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}IPv4 refusal +silent for [\d.]+ m?s$/m);
    expect(stdout).toMatch(/^ok {6}IPv4 connect +accepted after [\d.]+ ms$/m);
  });

  it('says a missing IPv6 is absent, which is no failure', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    const { code, stdout } = await run(
      ['--self-test', '--format', 'json'],
      'sysctl -qw net.ipv6.conf.all.disable_ipv6=1',
    );
    expect(stepsOf(stdout)).toMatchObject({ 'IPv6 loopback': 'absent', 'IPv4 connect': 'ok' });
    expect(code).toBe(0);
  });

  it('sends a few packets to the host that was named, and tells what came back', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    const rejecting =
      "nft add table inet f; nft add chain inet f c '{ type filter hook input priority 0; }'; nft add rule inet f c tcp dport 3389 reject with icmp type admin-prohibited";
    const { code, stdout } = await run(['--self-test', '127.0.0.9', '--engine', 'linux'], rejecting);
    expect(stdout).toMatch(/^seen {4}host echo +reply after/m);
    expect(stdout).toMatch(/^seen {4}host TCP 135 +refused after/m);
    expect(stdout).toMatch(
      /^seen {4}host TCP 3389 +rejected after [\d.]+ ms: ICMPv4 3\/13 from 127\.0\.0\.9$/m,
    );
    expect(stdout).toMatch(/^seen {4}host hop 1 +refused/m);
    expect(code).toBe(0);
  });

  it.for([
    [['--self-test', '10.0.0.0/24'], /expected one host/],
    [['--self-test', '224.0.0.1'], /multicast/],
    [['--engine', 'node'], /--engine: goes with --self-test/],
    [['--self-test', '--engine', 'rocket'], /--engine 'rocket': expected one of/],
  ] as const)('refuses %j', async ([args, why], { skip }) => {
    needs(skip, await whyNoNetwork());
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(why);
  });

  it('asks no host that the configuration denies', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    const config = `printf '[scope]\\ndeny = ["127.0.0.9"]\\n' > "$TMPDIR/c.toml"`;
    const { code, stdout, stderr } = await run(
      ['--self-test', '127.0.0.9', '--config', '/dev/stdin'],
      `TMPDIR=$(mktemp -d); ${config}; exec < "$TMPDIR/c.toml"; rm -r "$TMPDIR"`,
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/out of scope/);
  });
});
