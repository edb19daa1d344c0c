import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clockFinding, filesFinding, portsFinding, terminalFinding } from '../../src/cli/doctor-machine.ts';
import { OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { BIN, run } from './run.ts';

describe('what doctor says of the machine', () => {
  const screen = (columns: number, rows: number) => ({ isTTY: true as const, columns, rows });

  it.each([
    ['a usual terminal', terminalFinding(screen(80, 24), {}), true, /^80 by 24$/],
    ['one without colours', terminalFinding(screen(80, 24), { NO_COLOR: '1' }), true, /NO_COLOR/],
    [
      'one that is read aloud',
      terminalFinding(screen(20, 5), { INK_SCREEN_READER: 'true' }),
      true,
      /read aloud/,
    ],
    ['a small one', terminalFinding(screen(30, 24), {}), false, /too small.*make it 40 by 12/s],
    ['a dumb one', terminalFinding(screen(80, 24), { TERM: 'dumb' }), true, /TERM=dumb.*xterm-256color/s],
    ['no terminal', terminalFinding({ isTTY: false, columns: 0, rows: 0 } as never, {}), true, /none/],
    [
      'enough files',
      filesFinding('Max open files            1048576              1048576   files'),
      true,
      /1048576/,
    ],
    [
      'any number of files',
      filesFinding('Max open files            unlimited  unlimited  files'),
      true,
      /unlimited/,
    ],
    [
      'few files',
      filesFinding('Max open files            256                  256   files'),
      false,
      /ulimit -n/,
    ],
    ['the usual ports', portsFinding('32768\t60999\n'), true, /^28232 for/],
    ['few ports', portsFinding('60000\t60999\n'), false, /^1000 for.*ip_local_port_range="32768 60999"/s],
    [
      'a clock',
      clockFinding(Date.UTC(2026, 10, 26, 15, 4), Date.UTC(2026, 10, 26)),
      true,
      /^2026-11-26 15:04 UTC$/,
    ],
    ['a clock that was reset', clockFinding(0, Date.UTC(2026, 10, 26)), false, /1970-01-01.*set the clock/s],
  ] as const)('%s', (_, finding, ok, text) => {
    expect(finding?.ok).toBe(ok);
    expect(finding?.lines.join('\n')).toMatch(text);
  });

  it.each(['', 'nothing of that kind'])(
    'says nothing of limits that the system does not tell: %j',
    (text) => {
      expect([filesFinding(text), portsFinding(text)]).toEqual([null, null]);
    },
  );

  it('names the config file and a folder for data, and what is wrong with them', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ra-doctor-'));
    try {
      const env = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: join(home, 'data') };
      const none = await run(['doctor'], { env });
      expect(none.stdout).toMatch(
        /ok {7}configuration {2}none at .*\n +ra-preflight config init writes one\n/,
      );
      expect(none.stdout).toContain(
        `ok       data folder    is created when needed: ${home}/data/ra-preflight`,
      );
      mkdirSync(join(home, 'ra-preflight'));
      writeFileSync(join(home, 'ra-preflight', 'config.toml'), 'rte = 5\n');
      writeFileSync(join(home, 'data'), 'a file where a folder should be');
      const { stdout } = await run(['doctor'], { env });
      expect(stdout).toMatch(
        /problem {2}configuration {2}.*"rte".*\n +ra-preflight config check lists every mistake\n/,
      );
      expect(stdout).toMatch(
        /problem {2}data folder {4}.*cannot be written: part of the path is not a folder \(ENOTDIR\)\n +name another file/,
      );
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

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
      'terminal',
      ...(process.platform === 'linux' ? ['open files', 'local ports'] : []),
      'configuration',
      'data folder',
      'clock',
      'control probe',
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
