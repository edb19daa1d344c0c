import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { CONTROL_LIMITS } from '../../src/respond/control-connection.ts';
import { ControlListener } from '../../src/respond/control-listener.ts';
import { codeText, readCode } from '../../src/responder-protocol/code.ts';
import { portsOf } from '../../src/responder-protocol/responder-ports.ts';
import { openPort } from '../../src/wire/listen.ts';
import { openPath } from '../respond/path.ts';
import { BIN, run, until } from './run.ts';

/** A code of which no responder knows. */
const CODE = codeText({
  seed: 1,
  firewall: 'none',
  endsAtMinute: Math.floor(Date.now() / 60_000) + 10,
  range: null,
  secret: new Uint8Array(10),
});

/** The responder as a process, and what it has said so far. */
const start = (args: readonly string[], shell = false) => {
  const words = [process.execPath, BIN, 'respond', ...args];
  // A shell that stays, and is the parent of the responder.
  const [command = '', ...rest] = shell ? ['sh', '-c', '"$@" & wait', 'sh', ...words] : words;
  const child: ChildProcess = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: shell });
  let [stdout, stderr, open] = ['', '', true];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      open = false;
      resolve(code);
    });
  });
  onTestFinished(async () => {
    // With `detached` the shell and the responder are a group of their own.
    if (open && child.pid !== undefined) process.kill(shell ? -child.pid : child.pid, 'SIGKILL');
    await ended;
  });
  return {
    child,
    ended,
    isOpen: () => open,
    said: () => stderr,
    line: async () => {
      await until(() => stdout.includes('\n'));
      return stdout;
    },
  };
};

const codeIn = (line: string): string => /--responder (\S+)/.exec(line)?.[1] ?? '';
const NARROW = ['--ports', '50000-50999', '--duration', '60s'];

/** Checks 127.0.0.1, where others may have 135 and 3389 meanwhile. */
const check = async (code: string, more: readonly string[] = []) => {
  const ran = await run([
    'check',
    '--responder',
    code,
    '--no-ping',
    '--format',
    'json',
    ...more,
    '127.0.0.1',
  ]);
  const report: Report = JSON.parse(ran.stdout);
  return { ...ran, dynamic: report.hosts[0]?.requirements.find(({ name }) => name === 'dynamic-rpc') };
};

describe('ra-preflight respond', () => {
  it('prints one line for the expert, and a check with its code proves the path', async () => {
    const responder = start(NARROW);
    const line = await responder.line();
    expect(line).toMatch(/^ra-preflight check --responder [0-9A-Z-]{39} \S+\n$/);
    const { dynamic, stderr } = await check(codeIn(line));
    expect(dynamic).toMatchObject({ state: 'pass', confidence: 'proven', rule: 'responder-path-proven' });
    expect(stderr).not.toContain('bug');
    responder.child.kill('SIGINT');
    expect(await responder.ended).toBe(130);
    expect(responder.said()).toMatch(/listening on \d+ TCP ports until .*; Ctrl-C ends it/);
    expect(responder.said()).toMatch(/ended; \d+ connections with the key were answered/);
  }, 60_000);

  it('notices that the path to the expert broke without a reset, and dials again', async () => {
    let control: ControlListener | null = null;
    const opened = await openPort({ port: 0, address: '127.0.0.1' }, CONTROL_LIMITS, () =>
      control ? control.receive() : null,
    );
    if ('code' in opened) throw new Error(opened.code);
    onTestFinished(opened.close);
    const path = await openPath(opened.port);
    const responder = start([...NARROW, '--to', `127.0.0.1:${path.port}`]);
    const code = readCode(codeIn(await responder.line()), Math.floor(Date.now() / 60_000));
    control = new ControlListener(code, new AbortController().signal);
    const connected = (): number => responder.said().split('connected to the expert').length - 1;
    await until(() => connected() === 1);
    path.cut();
    await until(() => responder.said().includes('the connection to the expert was lost; dialling again'));
    path.mend();
    await until(() => connected() === 2);
    expect(connected()).toBe(2);
    // Not one try after the other.
    expect(responder.said().split('was lost')).toHaveLength(2);
  }, 120_000);

  it.each(['node', 'syn'])(
    'the %s engine asks it too',
    async (engine) => {
      const responder = start([...NARROW, '--quiet']);
      const { dynamic } = await check(codeIn(await responder.line()), ['--engine', engine]);
      expect(dynamic?.rule).toBe('responder-path-proven');
      expect(responder.said()).toBe('');
    },
    60_000,
  );

  it('answers several experts at once, one of whom types the code as it was read out', async () => {
    const responder = start([...NARROW, '--quiet']);
    const code = codeIn(await responder.line());
    const spoken = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    const asked = await Promise.all([code, spoken, code].map((typed) => check(typed)));
    for (const { dynamic } of asked) expect(dynamic?.rule).toBe('responder-path-proven');
  }, 60_000);

  it('ends by itself when its time is over', async () => {
    const responder = start(['--ports', '50000-50999', '--duration', '1s']);
    await responder.line();
    expect(await responder.ended).toBe(0);
  }, 60_000);

  it('ends when its parent is killed', async () => {
    const responder = start(NARROW, true);
    const code = readCode(codeIn(await responder.line()), Math.floor(Date.now() / 60_000));
    const [port = 0] = portsOf(code);
    responder.child.kill('SIGKILL');
    // Standard error ends with the last process that has it.
    await until(() => !responder.isOpen());
    expect(responder.said()).toContain('ended, since the process that started it has gone;');
    const again = await openPort(
      { port, address: '127.0.0.1' },
      { totalMs: 1, idleMs: 1, maxBytes: 1 },
      () => null,
    );
    expect(again).toHaveProperty('close');
    if ('close' in again) again.close();
  }, 60_000);

  it('dials the expert, who then says so', async () => {
    const free = await openPort(
      { port: 0, address: '127.0.0.1' },
      { totalMs: 1, idleMs: 1, maxBytes: 1 },
      () => null,
    );
    if ('code' in free) throw new Error(free.code);
    free.close();
    const responder = start([...NARROW, '--to', `127.0.0.1:${free.port}`]);
    const line = await responder.line();
    expect(line).toContain(` --listen :${free.port} `);
    const { dynamic, stderr } = await check(codeIn(line), ['--listen', `127.0.0.1:${free.port}`]);
    expect(stderr).toContain('the responder is connected');
    expect(dynamic?.rule).toBe('responder-path-proven');
    await until(() => responder.said().includes('connected to the expert'));
    expect(responder.said()).toContain('connected to the expert');
  }, 60_000);

  it('prints a script of at most 120 lines for who has no Node, with the ports asked for', async () => {
    const { code, stdout } = await run([
      'respond',
      '--print-powershell',
      '--ports',
      '50000-50100',
      '--duration',
      '2m',
    ]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
    expect(stdout).toContain('$Seconds = 120');
    expect(stdout).toContain('$Zones = @(, @(50000, 50100, 64))');
    expect(stdout).toMatch(/^[\t -~\n]*$/);
  });

  it.each([
    [['respond', '--duration', '3'], /--duration '3': expected a time from 1s to 24h/],
    [['respond', '--duration', '3d'], /expected a time/],
    [['respond', '--ports', '100-200'], /above 1024/],
    [['respond', '--to', 'a b'], /--to 'a b': expected a host and a port/],
    [['respond', '--to', 'x:99999'], /expected a host and a port/],
    [['respond', '--to', '224.0.0.1'], /--to '224.0.0.1': .*multicast/],
    [['respond', '--to', '1.2.3'], /--to '1.2.3': ends in a number like an address/],
    [['check', '--responder', 'ABC', '127.0.0.1'], /--responder: the code has 3 characters instead of 25/],
    [['check', '--listen', ':4000', '127.0.0.1'], /--listen: goes with --responder CODE/],
    [
      ['check', '--responder', CODE, '--listen', ':0', '127.0.0.1'],
      /--listen ':0': expected a port from 1 to 65535, e\.g\. :47135/,
    ],
    [
      ['check', '--responder', CODE, '--listen', '127.0.0.1:99999', '127.0.0.1'],
      /--listen '127\.0\.0\.1:99999': expected a port from 1 to 65535, e\.g\. 127\.0\.0\.1:47135/,
    ],
    [['check', '--responder', CODE, '--listen', ':4000'], /no target given/],
    // What stands behind --listen is the target here, and refused as one.
    [
      ['check', '--responder', CODE, '--listen', '224.0.0.1'],
      /target '224\.0\.0\.1': is a multicast address/,
    ],
    [['check', '--responder', CODE], /missing required argument 'target'/],
    [['check', '--idle', '127.0.0.1'], /--idle: goes with --responder CODE/],
  ])('%j is answered with one line and exit 2', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
