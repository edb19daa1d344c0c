import { describe, expect, it } from 'vitest';
import { elsewhereFinding, loopbackFinding, type NegativeControl } from '../../src/cli/control-probe.ts';
import type { Reply } from '../../src/model/reply.ts';
import { OWN_NETWORK, whyNoNetwork } from '../contract/elsewhere/elsewhere.ts';
import { needs } from '../lab/gate.ts';
import { finish } from '../lab/shell.ts';
import { BIN, run } from './run.ts';

const ACCEPTED: Reply = { kind: 'accepted', rttMs: 0.1 };
const REFUSED: Reply = { kind: 'refused', rttMs: 0.1, by: 'unknown' };
const SILENT: Reply = { kind: 'silent', waitedMs: 3000, attempts: 1 };
const NO_ROUTE: Reply = {
  kind: 'unknown',
  fault: { kind: 'no-route', code: 'ENETUNREACH', text: 'no route to the target' },
};

const controls = (address: string, replies: readonly Reply[]): NegativeControl[] =>
  replies.map((reply, place) => ({ address, port: 50_000 + place, reply }));

describe('a control probe', () => {
  it('calls an address of this machine fake only where each closed port accepts', () => {
    const taken = controls('127.0.0.1', [REFUSED, ACCEPTED, REFUSED]);
    expect(loopbackFinding(taken, true)).toMatchObject({
      ok: true,
      lines: [
        'closed ports of this machine accept no connection',
        expect.stringMatching(/--control 192\.0\.2\.1/),
      ],
    });
    const faked = [
      ...taken,
      ...controls('127.84.19.7', [ACCEPTED, ACCEPTED]),
      ...controls('::1', [ACCEPTED]),
    ];
    expect(loopbackFinding(faked, true)).toMatchObject({
      ok: false,
      lines: [
        'closed ports of 127.84.19.7 and ::1 accept connections: software on this machine fakes open ports',
        expect.stringMatching(/exempt Node\.js/),
      ],
    });
  });

  it('says so where loopback cannot be asked', () => {
    expect(loopbackFinding([], false)).toMatchObject({
      ok: true,
      lines: ['not sent: this machine has no loopback address'],
    });
  });

  it.each([
    [
      '192.0.2.1',
      [SILENT, SILENT, SILENT],
      true,
      /^192\.0\.2\.1 accepts nothing on TCP 135, 3389 and 49664:/,
    ],
    [
      '192.0.2.1',
      [REFUSED, SILENT, SILENT],
      true,
      /^192\.0\.2\.1 refuses TCP 50000: a filter on the way resets/,
    ],
    ['198.51.100.9', [SILENT, ACCEPTED, SILENT], false, /accepts on TCP 50001, where no machine is: a proxy/],
    [
      '2001:db8::9',
      [ACCEPTED, ACCEPTED, REFUSED],
      false,
      /TCP 50000 and 50001, where no machine is: a proxy/,
    ],
    ['2001:db9::9', [ACCEPTED], false, /TCP 50000, and if no machine is there: a proxy/],
    ['10.1.2.250', [ACCEPTED], false, /TCP 50000, and if no machine is there: a proxy here or on the way/],
    [
      '192.0.2.1',
      [NO_ROUTE, SILENT],
      false,
      /could not be asked: no route.*name an address.*--control ADDRESS/s,
    ],
  ] as const)('at %s with %j', (address, replies, ok, text) => {
    const finding = elsewhereFinding(controls(address, replies));
    expect(finding.ok).toBe(ok);
    expect(finding.lines.join('\n')).toMatch(text);
  });
});

const FINDINGS = /^(ok|problem) +control probe +(.*)$/gm;
const ACCEPT_ALL = `
const { createServer } = require('node:net');
const { spawn } = require('node:child_process');
createServer((socket) => socket.on('error', () => {}).end()).listen(9, '0.0.0.0', () =>
  spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' }).on('close', (code) => process.exit(code)));`;
const ROUTE = 'ip addr add 10.9.9.1/24 dev lo; ip route add default via 10.9.9.2 dev lo';
/** What a transparent proxy does with the connections to some addresses. */
const redirect = (to: string): string => `nft 'add table ip p
add chain ip p out { type nat hook output priority -100; }
add rule ip p out ${to} tcp dport != 9 redirect to :9'`;

/** Runs doctor in a network of its own beside somebody who accepts on TCP 9 of all addresses; what it found. */
const doctorIn = async (network: string, args: readonly string[]): Promise<string[][]> => {
  const [program = '', ...around] = OWN_NETWORK;
  const shell = `ip link set lo up\n${network}\nexec "$@"`;
  const command = [process.execPath, '-e', ACCEPT_ALL, BIN, 'doctor', ...args];
  const { stdout } = await finish(program, [...around, 'sh', '-euc', shell, 'sh', ...command]);
  return [...stdout.matchAll(FINDINGS)].map(([, word = '', text = '']) => [word, text]);
};

describe('doctor in a network with a proxy that accepts all', () => {
  it('finds one on this machine by ports that are closed', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    expect(await doctorIn(redirect('ip daddr 127.0.0.0/8'), [])).toEqual([
      [
        'problem',
        expect.stringMatching(/^closed ports of 127\.0\.0\.1 and 127\.84\.19\.7 accept connections/),
      ],
    ]);
  });

  it('finds one that leaves 127.0.0.1 alone', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    expect(await doctorIn(redirect('ip daddr != 127.0.0.1'), [])).toEqual([
      ['problem', expect.stringMatching(/^closed ports of 127\.84\.19\.7 accept connections/)],
    ]);
  });

  it('finds one beyond loopback only at an address that it was given', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    const network = `${ROUTE}\n${redirect('ip daddr != 127.0.0.0/8')}`;
    const fine = ['ok', 'closed ports of this machine accept no connection'];
    expect(await doctorIn(network, [])).toEqual([fine]);
    expect(await doctorIn(network, ['--control', '192.0.2.1'])).toEqual([
      fine,
      [
        'problem',
        expect.stringMatching(/^192\.0\.2\.1 accepts on TCP 135, 3389 and 49664, where no machine is:/),
      ],
    ]);
  });

  it('is content where nobody accepts, and says where nobody could be asked', async ({ skip }) => {
    needs(skip, await whyNoNetwork());
    const silent = `${ROUTE}\nnft 'add table ip p\nadd chain ip p out { type filter hook output priority 0; }\nadd rule ip p out ip daddr 192.0.2.1 drop'`;
    expect((await doctorIn(silent, ['--control', '192.0.2.1']))[1]).toEqual([
      'ok',
      '192.0.2.1 accepts nothing on TCP 135, 3389 and 49664: no proxy accepts in its place',
    ]);
    expect((await doctorIn('', ['--control', '192.0.2.1']))[1]).toEqual([
      'problem',
      expect.stringMatching(/^192\.0\.2\.1 could not be asked: /),
    ]);
  });
});

describe('doctor --control', () => {
  it.each([
    ['a name', ['--control', 'localhost'], /--control 'localhost': expected an address, no name/],
    ['a block', ['--control', '192.0.2.0/24'], /--control '192\.0\.2\.0\/24': expected one host/],
    ['a multicast address', ['--control', '224.0.0.1'], /--control '224\.0\.0\.1': is a multicast address/],
    [
      'the self-test, too',
      ['--control', '127.0.0.9', '--self-test'],
      /--control: does not go with --self-test/,
    ],
    ['no option that reads it', ['--config', 'x.toml'], /--config: goes with --self-test or --control/],
    ['no such config', ['--control', '127.0.0.9', '--config', '/nonexistent/x.toml'], /x\.toml/],
  ])('refuses %s', async (_, args, why) => {
    const { code, stdout, stderr } = await run(['doctor', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(why);
  });
});
