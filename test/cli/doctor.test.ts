import { describe, expect, it } from 'vitest';
import { OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { BIN, run } from './run.ts';

describe('doctor', () => {
  it('says which engines run here, and how to get those that do not', async () => {
    const { code, stdout } = await run(['doctor', '--format', 'json']);
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout) as {
      findings: { name: string; ok: boolean; lines: string[] }[];
    };
    expect(findings.map(({ name }) => name)).toEqual([
      'engine node',
      'engine linux',
      'engine syn',
      'ICMP echo',
      'history',
    ]);
    for (const { lines } of findings) expect(lines.join('')).not.toBe('');
    expect(findings[0]?.ok).toBe(true);
  });

  it.each(['table', 'json'])('lets no path steer a terminal, as %s', async (format) => {
    const env = { XDG_CONFIG_HOME: '/x\u001b]0;owned\u0007', XDG_DATA_HOME: '/y\u202e\u009b2J' };
    const { code, stdout } = await run(['doctor', '--format', format], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('owned');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('names the missing right and the command that grants it', async ({ skip }) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return skip('needs root to give the right up');
    const { stdout } = await run(['doctor'], { without: 'cap_net_raw' });
    expect(stdout).toMatch(/missing {2}engine syn .*CAP_NET_RAW/);
    expect(stdout).toMatch(/setcap cap_net_raw/);
    const asked = await run(['audit', '127.0.29.1', '--engine', 'syn', '--db', ':memory:'], {
      without: 'cap_net_raw',
    });
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toMatch(/--engine syn: .*CAP_NET_RAW/);
    const auto = await run(['audit', '127.0.29.1', '--db', ':memory:', '--format', 'json', '--sample', '3'], {
      without: 'cap_net_raw',
    });
    expect(JSON.parse(auto.stdout).run).toMatchObject({
      engine: 'linux',
      engineWhy: expect.stringContaining('CAP_NET_RAW'),
    });
  });

  it.for([
    ['0 0', /ok {7}ICMP echo {6}an ICMP datagram socket, without privileges; sent beside TCP/, null],
    [
      '1 0',
      /missing {2}ICMP echo {6}no ping could be sent: ping_group_range forbids it to this user, and raw/,
      /sudo sysctl net\.ipv4\.ping_group_range="0 2147483647" lets every user ping/,
    ],
  ] as const)(
    'says which way of pinging works, and what would enable one (groups %s)',
    async ([range, first, then], { skip }) => {
      needs(skip, await whyNoNetwork());
      const [program = '', ...args] = OWN_NETWORK;
      const shell = `ip link set lo up; sysctl -qw net.ipv4.ping_group_range='${range}'; exec "$@"`;
      const bare = [
        'setpriv',
        '--bounding-set=-net_raw',
        '--inh-caps=-net_raw',
        process.execPath,
        BIN,
        'doctor',
      ];
      const { stdout } = await finish(program, [...args, 'sh', '-euc', shell, 'sh', ...bare]);
      expect(stdout).toMatch(first);
      if (then) expect(stdout).toMatch(then);
      else expect(stdout).not.toMatch(/ping_group_range/);
    },
  );
});
