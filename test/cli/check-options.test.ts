import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { folder, listen, servers, sockets } from './check-peers.ts';
import { run } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(async () => {
  // A connection with something unread never ends by itself, and its server would never be closed.
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

describe('what was typed wrong', () => {
  it.each([
    [['check'], /missing required argument 'target'/],
    [['check', '010.0.0.1'], /'010\.0\.0\.1'.*expected a host name/],
    [['check', '10.0.0.0/24'], /ra-preflight audit 10.0.0.0\/24 probes them/],
    [['check', ''], /is empty/],
    [['check', '224.0.0.1'], /multicast/],
    [['check', '::1', '-4'], /is IPv6/],
    [['check', '127.0.0.1', '--rpc-ports', '0-5'], /0 is not a TCP port/],
    [['check', '127.0.0.1', '--rpc-ports', '60000-65536'], /65536 is not a TCP port/],
    [['check', '127.0.0.1', '--rpc-ports', '6000-5000'], /reversed/],
    [['check', '127.0.0.1', '--sample', '0'], /--sample '0': expected a whole number from 1/],
    [['check', '127.0.0.1', '--seed', '-1'], /--seed '-1'|argument/],
    [['check', '127.0.0.1', '--timeout', '1e3'], /--timeout '1e3'/],
    [['check', '127.0.0.1', '--format', 'xml'], /expected one of table, json/],
    [['check', '127.0.0.1', '--format', 'xml'], /; did you mean nmap-xml\?$/m],
    [['check', '127.0.0.1', '--engine', 'Node'], /; did you mean node\?$/m],
    [['check', '127.0.0.1', '--undetermined', 'nonsense'], /expected one of ok, warn$/m],
    [['check', '127.0.0.1', '--novice', 'win95'], /expected one of auto, xp-2003, vista-or-later/],
    [['check', '127.0.0.1', '--engine', 'warp'], /expected one of auto, node, linux/],
    [['check', '127.0.0.1', '--sampel', '3'], /unknown option '--sampel'/],
    [['check', '127.0.0.1', '--config', '/nonexistent/x.toml'], /cannot be read/],
    [['check', '127.0.0.1', '-o', '/nonexistent/x.json'], /cannot be written/],
    [['check', '127.0.0.1', '-o', tmpdir()], /is a folder/],
    [['chekc', '127.0.0.1'], /unknown command 'chekc'/],
  ])('%j gives one line and exit 2', async (args, why) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(why);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('sends nothing when one of many targets is wrong', async () => {
    let connections = 0;
    await listen('127.0.20.11', 135, () => connections++);
    const { code } = await run(['check', '127.0.20.11', '1.2.3']);
    expect([code, connections]).toEqual([2, 0]);
  });
});

describe('configuration file', () => {
  const config = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('gives options, and the command line wins over it', async () => {
    const file = config('good.toml', 'sample = 5\nseed = 9\nping = false\nformat = "json"\n');
    const first = await run(['check', '127.0.20.1', '--config', file]);
    expect((JSON.parse(first.stdout) as Report).hosts[0]?.ports).toHaveLength(7);
    const second = await run(['check', '127.0.20.1', '--config', file, '--sample', '3']);
    expect((JSON.parse(second.stdout) as Report).hosts[0]?.ports).toHaveLength(5);
    expect((JSON.parse(second.stdout) as Report).run.seed).toBe(9);
  });

  it('is read from the place of the platform', async () => {
    config('ra-preflight-config.toml', '');
    const home = mkdtempSync(join(folder, 'xdg-'));
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(home, 'ra-preflight'));
    writeFileSync(join(home, 'ra-preflight', 'config.toml'), 'format = "json"\nsample = 2\n');
    const { stdout } = await run(['check', '127.0.20.1', '--no-ping'], { env: { XDG_CONFIG_HOME: home } });
    expect((JSON.parse(stdout) as Report).hosts[0]?.ports).toHaveLength(4);
  });

  it('enforces its scope before a packet is sent, for addresses and for what names lead to', async () => {
    let connections = 0;
    await listen('127.0.20.12', 135, () => connections++);
    const file = config('scope.toml', '[scope]\nallow = ["127.0.30.0/24"]\n');
    const literal = await run(['check', '127.0.20.12', '--config', file]);
    expect([literal.code, connections]).toEqual([2, 0]);
    expect(literal.stderr).toMatch(/out of scope/);
    const name = await run(['check', 'localhost', '--config', file, '--format', 'json', '--no-ping']);
    expect(name.code).toBe(3);
    expect((JSON.parse(name.stdout) as Report).hosts[0]?.because[0]?.rule).toBe('address-forbidden');
    expect((JSON.parse(name.stdout) as Report).run.probesSent).toBe(0);
  });

  it.each([
    ['sampel = 3', /"sampel": is not a known key/],
    ['sample = "many"', /sample: expected a number/],
    ['sample = 0', /--sample '0'/],
    ['retries = true', /retries: expected a number/],
    ['[scope]\nallow = "10.0.0.0/8"', /scope\.allow: expected a list/],
    ['[scope]\nallow = ["10.0.0.0/99"]', /scope\.allow.*10\.0\.0\.0\/99/],
    ['[scope]\nforbid = []', /"forbid": is not a known key, expected one of allow, deny/],
    ['sample = = 3', /bad\.toml:1:\d+:/],
  ])('refuses %j with one line', async (text, why) => {
    const { code, stderr } = await run(['check', '127.0.20.1', '--config', config('bad.toml', text)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(why);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('help', () => {
  it('is on standard output with exit 0, and names every option', async () => {
    const { code, stdout } = await run(['check', '--help']);
    expect(code).toBe(0);
    for (const option of [
      '--novice',
      '--rpc-ports',
      '--sample',
      '--seed',
      '--timeout',
      '--retries',
      '--concurrency',
      '--rate',
      '--engine',
      '--no-map',
      '--no-locate',
      '--no-ping',
      '-4',
      '-6',
      '--format',
      '-o',
      '--config',
      '-q',
      '-v',
    ]) {
      expect(stdout).toContain(option);
    }
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
