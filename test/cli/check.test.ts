import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { HostReport, Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { folder, listen, port, servers, sockets } from './check-peers.ts';
import { run, until } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(async () => {
  // A connection with something unread never ends by itself, and its server would never be closed.
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

const json = async (
  args: readonly string[],
): Promise<{ code: number | null; report: Report; host: HostReport }> => {
  const { code, stdout, stderr } = await run([...args, '--format', 'json', '--no-ping']);
  if (code === 70 || code === 2) throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  const [host] = report.hosts;
  if (!host) throw new Error('a report must have a host');
  return { code, report, host };
};

const requirement = (host: HostReport, name: string) => host.requirements.find((one) => one.name === name);

describe('check against real listeners on loopback', () => {
  it('says that nothing listens on a host that refuses everything', async () => {
    const { code, report, host } = await json(['check', '127.0.20.1', '--seed', '1']);
    expect(code).toBe(1);
    expect(host).toMatchObject({ verdict: 'blocked', confidence: 'proven', address: '127.0.20.1' });
    expect(host.because[0]?.rule).toBe('mapper-refused');
    expect(host.ports).toHaveLength(34);
    expect(new Set(host.ports.map(({ state }) => state))).toEqual(new Set(['closed']));
    expect(host.coverage).toMatchObject({ sampled: 32, population: 64_511, filtered: 0 });
    expect(report.run).toMatchObject({ seed: 1, interrupted: false, probesSent: 32 + 2 * 8 });
    expect(report.summary).toEqual({
      hosts: 1,
      ready: 0,
      blocked: 1,
      undetermined: 0,
      clearSoFar: 0,
      unreachable: 0,
    });
  });

  it('draws the same sample again for a seed', async () => {
    const [a, b, c] = await Promise.all(
      ['5', '5', '6'].map(async (seed) =>
        (await json(['check', '127.0.20.1', '--seed', seed])).host.ports.map((one) => one.port),
      ),
    );
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it.each(['node', 'linux'])('tells listeners apart by what they say, with the %s engine', async (engine) => {
    await listen('127.0.20.2', 135, (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    await listen('127.0.20.2', 3389, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const foreign = await json(['check', '127.0.20.2', '--engine', engine]);
    expect(foreign.code).toBe(1);
    expect(requirement(foreign.host, 'endpoint-mapper')).toMatchObject({
      state: 'fail',
      rule: 'mapper-foreign',
    });
    expect(port(foreign.host, 135)?.detail).toMatch(/SSH/);
    expect(requirement(foreign.host, 'remote-desktop')).toMatchObject({
      state: 'undetermined',
      rule: 'desktop-foreign',
    });
    expect(foreign.report.run.engine).toBe(engine);

    await listen('127.0.20.3', 135, (socket) => socket.resetAndDestroy());
    const reset = await json(['check', '127.0.20.3', '--engine', engine]);
    expect(reset.code).toBe(3);
    expect(requirement(reset.host, 'endpoint-mapper')).toMatchObject({
      state: 'undetermined',
      rule: 'mapper-hung-up',
    });
  });

  it('gives a mute listener its time and no more, and calls it undetermined', async () => {
    await listen('127.0.20.4', 135, () => {});
    await listen('127.0.20.4', 3389, (socket) => socket.write('\u0003\u0000\u0000'));
    const started = performance.now();
    const { code, host } = await json(['check', '127.0.20.4']);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(code).toBe(3);
    expect(requirement(host, 'endpoint-mapper')).toMatchObject({
      state: 'undetermined',
      rule: 'mapper-mute',
    });
  });

  it('names Remote Desktop of the old form', async () => {
    await listen('127.0.20.5', 3389, (socket) =>
      socket.once('data', () => socket.write(Buffer.from('0300000b06d00000123400', 'hex'))),
    );
    const { host } = await json(['check', '127.0.20.5']);
    expect(port(host, 3389)).toMatchObject({ state: 'open', reason: 'syn-ack', service: 'ms-wbt-server' });
  });

  it('asks several targets, each once, in their order', async () => {
    const { report } = await json(['check', '127.0.20.7', 'localhost', '127.0.20.6', '127.0.20.7', '::1']);
    expect(report.hosts.map(({ target }) => target)).toEqual([
      '127.0.20.7',
      'localhost',
      '127.0.20.6',
      '::1',
    ]);
  });

  it('allows only the range that the administrator gave', async () => {
    const { host } = await json(['check', '127.0.20.8', '--rpc-ports', '50000-50009', '--sample', '100']);
    expect(host.ports.filter((one) => one.requirement === 'dynamic-rpc').map((one) => one.port)).toEqual([
      50_000, 50_001, 50_002, 50_003, 50_004, 50_005, 50_006, 50_007, 50_008, 50_009,
    ]);
    expect(host.coverage).toMatchObject({ sampled: 10, population: 10, blockGuaranteed: 1, upperBound95: 0 });
    expect(host.because.map(({ rule }) => rule)).toContain('narrow-range');
  });

  it('is a result, not a crash, when a name is unknown', async () => {
    const { code, host } = await json(['check', 'no-such-host.invalid']);
    expect(code).toBe(3);
    expect(host).toMatchObject({ verdict: 'unreachable', address: null, ports: [] });
    expect(host.because[0]?.rule).toMatch(/^name-/);
  });
});

describe('shortage on this machine', () => {
  it.each(['node', 'linux'])(
    'asks 200 targets with 64 descriptors and blames none, with the %s engine',
    async (engine) => {
      const targets = Array.from({ length: 200 }, (_, i) => `127.0.21.${i + 1}`);
      const args = [
        'check',
        ...targets,
        '--format',
        'json',
        '--no-ping',
        '--engine',
        engine,
        '--rate',
        '100000',
      ];
      const { code, stdout, stderr } = await run(args, { descriptors: 64 });
      expect(code).toBe(1);
      const { hosts } = JSON.parse(stdout) as Report;
      expect(hosts).toHaveLength(200);
      expect(hosts.flatMap(({ ports }) => ports)).toHaveLength(6800);
      expect(
        hosts.every(({ ports }) =>
          ports.every(({ state, attempts, flows }) => state === 'closed' && attempts === flows.asked),
        ),
      ).toBe(true);
      expect(stderr).toMatch(/EMFILE/);
    },
  );
});

describe('output', () => {
  it('puts the table on standard output and nothing else, without colour or control characters', async () => {
    const { code, stdout, stderr } = await run(['check', '127.0.20.1', '--seed', '1', '--no-ping']);
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\nBLOCKED {2}127\.0\.20\.1 /);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point.
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(stdout.split('\n').filter((line) => line.length > 100 && !line.startsWith('       '))).toEqual([]);
  });

  it('writes the result to a file and keeps standard output empty', async () => {
    const file = join(folder, 'report.json');
    const { code, stdout } = await run(['check', '127.0.20.1', '--format', 'json', '-o', file, '--no-ping']);
    expect([code, stdout]).toEqual([1, '']);
    expect(reportSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).success).toBe(true);
  });

  it('keeps what it knows when interrupted, and exits with 130', async () => {
    let isHeld = false;
    await listen('127.0.20.9', 135, () => {
      isHeld = true;
    });
    const { code, stdout } = await run(
      ['check', '127.0.20.9', '127.0.20.10', '--format', 'json', '--no-ping'],
      {
        during: async (kill) => {
          await until(() => isHeld);
          // The other host refuses, and is done long before the silent conversation ends.
          setTimeout(() => kill('SIGINT'), 1500);
        },
      },
    );
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as Report;
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(report.run.interrupted).toBe(true);
    expect(report.hosts).toHaveLength(2);
    expect(report.hosts[0]?.because[0]?.rule).toBe('interrupted');
    expect(report.hosts[1]?.verdict).toBe('blocked');
  });

  it('survives a reader that leaves', async () => {
    const { code, stderr } = await run(
      ['check', ...Array.from({ length: 40 }, (_, i) => `127.0.22.${i + 1}`), '-v', '--no-ping'],
      {
        during: () => {},
      },
    );
    expect([code, stderr]).toEqual([1, '']);
  });
});
