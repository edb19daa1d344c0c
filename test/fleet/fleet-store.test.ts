import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/run.ts';
import { FAST, KEY, OwnFleet, refused } from './own-fleet.ts';
import { freePort, TestRedis, whyNoRedis } from './redis.ts';

let fleet: OwnFleet;

describe.skipIf(whyNoRedis !== null)('the store of a fleet', () => {
  beforeAll(async () => {
    fleet = await OwnFleet.start();
  });
  afterAll(() => fleet.end());

  it('has its store looked at by doctor', async () => {
    const { stdout } = await run(['doctor', '--redis', fleet.redis.url, '--format', 'json']);
    const found = JSON.parse(stdout).findings.filter(({ name }: { name: string }) => name === 'fleet store');
    expect(found.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, true, true, true, true]);
    expect(JSON.stringify(found)).toMatch(/noeviction.*appendonly yes.*round trip.*clocks/);
  });

  const store = (url: string): RegExp => new RegExp(`--redis ${url}`);
  it.each<readonly [string, string, RegExp]>([
    ['no URL', 'localhost:6379x y', /--redis: .*expected redis:\/\//],
    ['another scheme', 'http://127.0.0.1', /--redis 'http:\/\/': expected redis:\/\/ or rediss:\/\//],
    ['no host', 'redis:///tmp/redis.sock', /--redis: names no host, expected/],
    ...['redis://u:1?letmein@127.0.0.1', 'redis://u:1#letmein@127.0.0.1', 'redis://127.0.0.1:1/fleet'].map(
      (url) =>
        [url, url, /^ra-preflight: --redis: has more after the host than a port(?!.*letmein)/] as const,
    ),
    ['PostgreSQL', 'postgres://127.0.0.1/x', /PostgreSQL/],
    [
      'nobody there',
      'redis://127.0.0.1:1',
      /--redis redis:\/\/127\.0\.0\.1:1: cannot be reached \(ECONNREFUSED\)/,
    ],
  ])('refuses a store with one line: %s', async (_, url, why) => {
    refused(await fleet.audit(['127.25.0.1', '--redis', url]), why);
    refused(await run(['worker', '--vantage', 'hq', '--redis', url], { env: fleet.env() }), why);
  });

  it('refuses a database that the store does not have, and takes one that it has', async () => {
    refused(
      await fleet.audit(['127.25.0.1', '--redis', `${fleet.redis.url}/99`]),
      /\/99: has no database 99$/m,
    );
    refused(
      await fleet.audit(['127.25.0.1', '--redis', `${fleet.redis.url}/1`]),
      /no vantage of redis:\S+\/1 has a worker/,
    );
  });

  it('refuses a wrong password without repeating it', async () => {
    const url = `redis://someone:letmein@127.0.0.1:${fleet.redis.port}`;
    const ran = await fleet.audit(['127.25.0.1', '--redis', url]);
    refused(ran, store(`redis://127.0.0.1:${fleet.redis.port}: refuses the user or the password`));
    expect(ran.stderr).not.toContain('letmein');
  });

  it('needs a key, and options that fit', async () => {
    const at = { RA_PREFLIGHT_REDIS: fleet.redis.url };
    refused(await fleet.audit(['127.25.0.1'], { env: at }), /a fleet needs a key/);
    refused(
      await fleet.audit(['127.25.0.1'], { env: { ...at, RA_PREFLIGHT_FLEET_KEY: 'short' } }),
      /the fleet key has 5 characters, expected 16 or more/,
    );
    refused(
      await fleet.audit(['127.25.0.1', '--fleet-key-file', '/nonexistent']),
      /cannot be read: no such file or folder \(ENOENT\)/,
    );
    refused(await run(['audit', '127.25.0.1', '--redis', fleet.redis.url]), /--redis: is for --fleet/);
    refused(await fleet.audit(['127.25.0.1', '--shard', '1/2']), /leave --shard out/);
    refused(await fleet.audit(['127.25.0.1', '--vantage', 'a b']), /--vantage 'a b': expected letters/);
    refused(await run(['worker', '--redis', fleet.redis.url], { env: fleet.env() }), /no vantage given/);
    refused(
      await fleet.audit(['127.25.0.1', '--probes', fleet.file('own.mjs')]),
      /your own probes are not sent to its workers; leave --probes out/,
    );
  });

  it('keeps no secret in the store', async () => {
    await fleet.worker(['--vantage', 'hq', '--rate', '20000']);
    await fleet.audit(['127.25.0.0/29', ...FAST, '--vantage', 'hq', '-q']);
    const data = readFileSync(
      join(fleet.file('redis'), 'appendonlydir', 'appendonly.aof.1.incr.aof'),
      'latin1',
    );
    expect(data).toContain('ra:hq:');
    expect(data).not.toContain(KEY);
    expect(data).not.toContain(String(fleet.redis.port));
  });

  it('limits the user of a vantage to its own keys', { timeout: 60_000 }, async () => {
    const admin = fleet.redis.client();
    const docs = readFileSync(join(import.meta.dirname, '../../docs/fleet.md'), 'utf8');
    const [, written = ''] = /ACL SETUSER branch-7 on '>PASSWORD' (.*)/.exec(docs) ?? [];
    const rules = written.replaceAll('branch-7', 'branch-9').replaceAll("'", '').split(' ');
    await admin.call('ACL', 'SETUSER', 'branch-9', 'on', '>secret-of-9', ...rules);
    const url = `redis://branch-9:secret-of-9@127.0.0.1:${fleet.redis.port}`;
    await fleet.worker(['--vantage', 'branch-9', '--rate', '20000'], fleet.env(url));
    const { code, stdout } = await fleet.audit([
      '127.25.0.0/29',
      ...FAST,
      '--vantage',
      'branch-9',
      '--format',
      'json',
      '-q',
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).hosts).toHaveLength(8);
    refused(
      await run(['worker', '--vantage', 'hq'], { env: fleet.env(url) }),
      /does not permit this user the keys of vantage hq/,
    );
    const { findings } = JSON.parse((await run(['doctor', '--redis', url, '--format', 'json'])).stdout);
    const ofStore = findings.filter(({ name }: { name: string }) => name === 'fleet store');
    expect(ofStore.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, true, true, true, true]);
    const user = fleet.redis.client({ username: 'branch-9', password: 'secret-of-9' });
    await expect(user.hgetall('ra:hq:workers')).rejects.toThrow(/NOPERM/);
    await expect(user.call('CONFIG', 'GET', '*')).rejects.toThrow(/NOPERM/);
    await expect(user.call('FLUSHALL')).rejects.toThrow(/NOPERM/);
    user.disconnect();
    refused(
      await fleet.audit(['127.25.0.1', '--vantage', 'hq', '-q'], { env: fleet.env(url) }),
      /does not permit what a coordinator needs/,
    );
    admin.disconnect();
  });

  it('speaks TLS to its store, and trusts only what it is told to', { timeout: 60_000 }, async () => {
    const at = fleet.file('tls');
    mkdirSync(at);
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
        ...[
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          join(at, 'key.pem'),
          '-out',
          join(at, 'cert.pem'),
        ],
      ],
      { stdio: 'ignore' },
    );
    const [port, plain] = [await freePort(), await freePort()];
    const tls = new TestRedis(plain, at, [
      ...[
        '--tls-port',
        String(port),
        '--tls-cert-file',
        join(at, 'cert.pem'),
        '--tls-key-file',
        join(at, 'key.pem'),
      ],
      ...['--tls-ca-cert-file', join(at, 'cert.pem'), '--tls-auth-clients', 'no'],
    ]);
    await tls.start();
    try {
      const url = `rediss://127.0.0.1:${port}`;
      refused(
        await fleet.audit(['127.25.0.1', '--redis', url]),
        /a certificate that is not trusted .*NODE_EXTRA_CA_CERTS/,
      );
      refused(await fleet.audit(['127.25.0.1', '--redis', `redis://127.0.0.1:${port}`]), /then rediss:\/\//);
      const trusting = { ...fleet.env(url), NODE_EXTRA_CA_CERTS: join(at, 'cert.pem') };
      await fleet.worker(['--vantage', 'tls', '--rate', '20000'], trusting);
      const { code, stderr } = await fleet.audit(['127.25.0.0/29', ...FAST, '--vantage', 'tls', '-q'], {
        env: trusting,
      });
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    } finally {
      await tls.stop();
    }
  });
});
