import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerStatus } from '../../src/model/fleet.ts';
import type { HostReport, Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { BIN, judgedIn, type Ran, run, until } from '../cli/run.ts';
import { place, table } from '../cli/schedules.ts';
import { readExposition } from '../output/exposition.ts';
import { buildProgram } from './program.ts';
import { freePort, TestRedis, whyNoRedis } from './redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
const file = (name: string): string => join(folder, name);
const KEY = 'the key of the fleet of these tests';
const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');

let redis: TestRedis;
/** Audits for which no worker comes: they wait for 30 seconds, all at the same time and beside the other tests. */
let unknown: Promise<Ran>;
let wrongKey: Promise<Ran>;
let otherVersion: Promise<Ran>;
const workers: ChildProcess[] = [];

/** The environment of a machine of the fleet. */
const env = (url = redis.url, key = KEY) => ({ RA_PREFLIGHT_FLEET_KEY: key, RA_PREFLIGHT_REDIS: url });

/** Starts a worker; gives what it has said so far. */
const worker = async (args: readonly string[], at: Record<string, string> = env()): Promise<() => string> => {
  const child = spawn(process.execPath, [BIN, 'worker', ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', ...at },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  workers.push(child);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await until(() => said.includes('worker ') || child.exitCode !== null);
  return () => said;
};

const audit = (args: readonly string[], options: Parameters<typeof run>[1] = {}): Promise<Ran> =>
  run(['audit', ...args, '--fleet', ...(args.includes('--db') ? [] : ['--db', ':memory:'])], {
    env: env(),
    ...options,
  });

const refused = ({ code, stdout, stderr }: Ran, why: RegExp): void => {
  expect(stderr).toMatch(why);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
};

/** A policy that lets nobody offer Remote Assistance. */
const DENIED = `Windows Registry Editor Version 5.00\r
\r
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]\r
"fAllowUnsolicited"=dword:00000000\r
`;

const said = ({ target, address, verdict, because }: HostReport) => ({ target, address, verdict, because });

describe.skipIf(whyNoRedis !== null)('a fleet', () => {
  beforeAll(async () => {
    mkdirSync(file('redis'));
    redis = new TestRedis(await freePort(), file('redis'));
    await redis.start();
    writeFileSync(file('scope.toml'), '[scope]\ndeny = ["127.25.0.16/28"]\n');
    await worker(['--vantage', 'hq', '--rate', '20000']);
    await worker(['--vantage', 'branch-7', '--rate', '20000', '--config', file('scope.toml')]);
    await worker(['--vantage', 'other-key', '--rate', '1000'], env(redis.url, `${KEY} of others`));
    unknown = audit(['127.25.0.1', '--vantage', 'nowhere']);
    // A worker of another version, which has the key of all tests' own programs.
    const prober = buildProgram('prober', folder);
    const child = spawn(process.execPath, [prober, redis.url, 'old'], { stdio: 'ignore' });
    workers.push(child);
    otherVersion = audit(['127.25.0.1', '--vantage', 'old', '-q'], {
      env: env(redis.url, 'a key that only tests have'),
    });
    wrongKey = audit(['127.25.0.1', '--vantage', 'other-key', '-q']);
  }, 60_000);
  afterAll(async () => {
    for (const child of workers) if (child.exitCode === null) child.kill('SIGKILL');
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives one report from several vantages, each as an audit from there would', {
    timeout: 60_000,
  }, async () => {
    const targets = ['127.25.0.0/26', 'localhost', '127.25.1.0/28', '-4'];
    const { code, stdout, stderr } = await audit([
      ...[...targets, ...FAST, '--vantage', 'hq,branch-7', '--format', 'json', '-q', '--seed', '5'],
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const report = JSON.parse(stdout) as Report;
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    const single = JSON.parse(
      (
        await run([
          ...['audit', ...targets, ...FAST, '--db', ':memory:', '--format', 'json', '-q', '--seed', '5'],
        ])
      ).stdout,
    ) as Report;
    const from = (name: string) => report.hosts.filter(({ vantage }) => vantage === name);
    expect(from('hq').map(said)).toEqual(single.hosts.map(said));
    // The machine at branch-7 has a scope of its own, which it keeps whatever the job says.
    const barred = from('branch-7').filter(({ because }) => because[0]?.rule === 'address-forbidden');
    expect(barred.map(({ target }) => target)).toEqual(
      Array.from({ length: 16 }, (_, at) => `127.25.0.${16 + at}`),
    );
    expect(barred[0]?.because[0]?.text).toMatch(/out of scope/);
    expect(report.run.vantage).toBe('hq, branch-7');
    expect(report.comparison?.vantages.map(({ name, summary, sick }) => [name, summary.hosts, sick])).toEqual(
      [
        ['hq', 81, false],
        ['branch-7', 81, false],
      ],
    );
    expect(report.comparison?.matrix[0]).toMatchObject({
      subnet: '127.25.0.0/24',
      cells: [
        { vantage: 'hq', hosts: 64, blocked: 64 },
        { vantage: 'branch-7', hosts: 64, blocked: 48, undetermined: 16 },
      ],
    });
  });

  it('shows vantages side by side in tables and pages, and keeps a run for each', {
    timeout: 60_000,
  }, async () => {
    const db = file('kept.db');
    const where = ['--db', db, '-o', file('fleet.html'), '-o', file('fleet.csv')];
    const { code } = await audit(['127.25.0.0/28', ...FAST, '--vantage', 'branch-7,hq', '-q', ...where]);
    expect(code).toBe(1);
    expect(readFileSync(file('fleet.html'), 'utf8')).toContain('<h2 id="vantages">Vantages</h2>');
    expect(readFileSync(file('fleet.csv'), 'utf8').split('\r\n')[1]).toMatch(/,branch-7$/);
    const runs = JSON.parse((await run(['history', '--db', db, '--format', 'json'])).stdout).runs;
    expect(
      runs.map(({ vantage, state }: Report['run'] & { state: string }) => [vantage, state]).sort(),
    ).toEqual([
      ['branch-7', 'finished'],
      ['hq', 'finished'],
    ]);
    expect((await run(['history', '--db', db])).stdout).toContain('from branch-7: 127.25.0');
    const [{ fleet }] = runs as [{ fleet: { run: string } }];
    const report = async (id: string, ...args: string[]): Promise<string> =>
      (await run(['report', id, '--db', db, ...args])).stdout;
    const whole = JSON.parse(await report(fleet.run, '--format', 'json')) as Report;
    expect(reportSchema.safeParse(whole).error).toBeUndefined();
    expect([whole.run.id, whole.run.vantage, whole.summary.hosts]).toEqual([fleet.run, 'branch-7, hq', 32]);
    const one = JSON.parse(await report(`${fleet.run}.hq`, '--format', 'json')) as Report;
    expect(reportSchema.safeParse(one).error).toBeUndefined();
    expect(one.hosts).toHaveLength(16);
    expect(one.comparison).toEqual(whole.comparison);
    expect(one.comparison?.vantages.map(({ name, sick }) => [name, sick])).toEqual([
      ['branch-7', false],
      ['hq', false],
    ]);
    expect(await report(`${fleet.run}.hq`)).toContain('Where vantages disagree');
    expect(await report(fleet.run)).toMatch(/127\.25\.0\.0 \(from branch-7\)/);
    expect(await report(fleet.run, '--format', 'html')).toContain('<h2 id="vantages">Vantages</h2>');
    const table = await audit(['127.25.0.0/28', ...FAST, '--vantage', 'branch-7,hq', '-q']);
    expect(table.stdout).toContain('Where vantages disagree');
    expect(table.stdout).toMatch(/127\.25\.0\.0\/24 .*blocked .*blocked/);
  });

  it('judges the policy files of the novice with what its workers see', async () => {
    writeFileSync(file('deny.reg'), DENIED);
    const { stdout } = await audit([
      ...['127.25.0.0/30', ...FAST, '--vantage', 'hq', '--policy', file('deny.reg')],
      ...['--format', 'json', '-q'],
    ]);
    const { hosts } = JSON.parse(stdout) as Report;
    const single = await run([
      ...['audit', '127.25.0.0/30', ...FAST, '--policy', file('deny.reg'), '--db', ':memory:'],
      ...['--format', 'json', '-q'],
    ]);
    expect(hosts).toHaveLength(4);
    expect(hosts[0]?.policy).toBeDefined();
    expect(hosts.map(({ policy }) => policy)).toEqual(
      (JSON.parse(single.stdout) as Report).hosts.map(({ policy }) => policy),
    );
  });

  it('makes the runs of a schedule, which are kept, reported, compared with the ones before and told', {
    timeout: 60_000,
  }, async () => {
    const at = place();
    try {
      const config = table(
        [
          'fleet = true',
          `redis = "${redis.url}"`,
          'vantage = "hq,branch-7"',
          'formats = ["json"]',
          'out = "reports"',
          '[[schedule.notify]]',
          'on = ["always"]',
          'file = { path = "told/{run}.{format}", formats = ["csv"] }',
        ].join('\n'),
        '@yearly',
        '127.25.8.0/30',
      );
      const once = () => at.schedule(config, ['once', 'nightly'], { env: env() });
      const first = await once();
      expect(first.stderr).toMatch(/report written to .*nightly-\S+\.json/);
      expect(first.stderr).toMatch(/written to .*told\/\S+\.csv/);
      expect(first.code).toBe(1);
      expect((await once()).code).toBe(1);
      const names = readdirSync(at.path('reports'));
      const [name = ''] = names;
      const report = JSON.parse(readFileSync(join(at.path('reports'), name), 'utf8')) as Report;
      expect(names).toHaveLength(2);
      expect(report.comparison?.vantages.map((one) => one.name)).toEqual(['hq', 'branch-7']);
      const list = JSON.parse(
        (await run(['history', '--db', at.path('history.db'), '--format', 'json'])).stdout,
      ).runs;
      expect(
        list
          .map(({ vantage, schedule, state }: Record<string, string>) => `${vantage} ${schedule} ${state}`)
          .sort(),
      ).toEqual([
        ...['branch-7 nightly finished', 'branch-7 nightly finished'],
        ...['hq nightly finished', 'hq nightly finished'],
      ]);
      const nobody = table(`fleet = true\nredis = "redis://127.0.0.1:1"`);
      refused(await at.schedule(nobody, ['once', 'nightly'], { env: env() }), /cannot be reached/);
    } finally {
      at.remove();
    }
  });

  it('ends within two seconds of Ctrl-C, and resumes', { timeout: 90_000 }, async () => {
    const db = file('resumed.db');
    const slow = '--rate 600 --subnet-rate 600 --sample 2 --no-ping --no-map'.split(' ');
    const interrupted = await audit(['127.25.4.0/23', ...slow, '--vantage', 'hq', '--db', db], {
      during: (kill) => void until(() => judgedIn(db) > 50).then(() => kill('SIGINT')),
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(/resume with: ra-preflight audit --resume \S+ --fleet/);
    const sent = async (): Promise<number> => {
      const { stdout } = await run(['fleet', 'status', '--format', 'json'], { env: env() });
      const [hq] = JSON.parse(stdout).vantages.filter(({ name }: { name: string }) => name === 'hq');
      return hq.workers[0].sent;
    };
    // The look at the fleet takes longer than the two seconds that a worker has.
    await sent();
    const then = await sent();
    expect(await sent()).toBe(then);
    const plain = await run(['audit', '--resume', '--db', db]);
    refused(plain, /was made by a fleet; resume it with --fleet --redis URL/);
    const resumed = await run(['audit', '--resume', '--fleet', '--db', db, '--format', 'json', '-q'], {
      env: env(),
    });
    expect(resumed.stderr).toBe('');
    expect(resumed.code).toBe(1);
    const { hosts, run: whole } = JSON.parse(resumed.stdout) as Report;
    expect(new Set(hosts.map(({ target }) => target)).size).toBe(512);
    expect(hosts).toHaveLength(512);
    expect(whole.interrupted).toBe(false);
  });

  it('has workers take further shards where one does not fill the rate, and all end with a cancel', {
    timeout: 90_000,
  }, async () => {
    const hq = async (): Promise<WorkerStatus> => {
      const { stdout } = await run(['fleet', 'status', '--vantage', 'hq', '--format', 'json'], {
        env: env(),
      });
      return JSON.parse(stdout).vantages[0].workers[0];
    };
    let most = 0;
    const watch = async (kill: (signal: NodeJS.Signals) => void): Promise<void> => {
      for (let looks = 0; looks < 12 && most < 2; looks += 1)
        most = Math.max(most, (await hq()).inHand.length);
      kill('SIGINT');
    };
    // The subnets allow 40 packets a second each, so that a shard of a few of them cannot fill the rate.
    const slow = '--rate 5000 --subnet-rate 40 --sample 64 --no-ping --no-map'.split(' ');
    const { code } = await audit(['127.26.0.0/20', ...slow, '--vantage', 'hq', '-q'], {
      during: (kill) => void watch(kill),
    });
    expect(code).toBe(130);
    expect(most).toBeGreaterThan(1);
    await hq();
    const { sent, inHand } = await hq();
    expect(inHand).toEqual([]);
    expect((await hq()).sent).toBe(sent);
  });

  it('keeps no secret in the store', async () => {
    await audit(['127.25.0.0/29', ...FAST, '--vantage', 'hq', '-q']);
    const data = readFileSync(join(file('redis'), 'appendonlydir', 'appendonly.aof.1.incr.aof'), 'latin1');
    expect(data).toContain('ra:hq:');
    expect(data).not.toContain(KEY);
    expect(data).not.toContain(String(redis.port));
  });

  it('tells how it stands, for people, programs and Prometheus', async () => {
    const status = (format: string): Promise<Ran> =>
      run(['fleet', 'status', '--format', format], { env: env() });
    const [table, json, metrics] = await Promise.all(['table', 'json', 'prometheus'].map(status));
    expect(table?.stdout).toMatch(/^branch-7\n {2}no run\n {2}0 shards wait/m);
    expect(JSON.parse(json?.stdout ?? '').vantages.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['branch-7', 'hq']),
    );
    const samples = readExposition(metrics?.stdout ?? '');
    expect(samples).toContainEqual({
      name: 'ra_preflight_fleet_workers',
      labels: { vantage: 'hq' },
      value: 1,
    });
    expect(samples.filter(({ name }) => name === 'ra_preflight_fleet_packets_total')).not.toEqual([]);
  });

  it('has its store looked at by doctor', async () => {
    const { stdout } = await run(['doctor', '--redis', redis.url, '--format', 'json']);
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
    refused(await audit(['127.25.0.1', '--redis', url]), why);
    refused(await run(['worker', '--vantage', 'hq', '--redis', url], { env: env() }), why);
  });

  it('refuses a database that the store does not have, and takes one that it has', async () => {
    refused(await audit(['127.25.0.1', '--redis', `${redis.url}/99`]), /\/99: has no database 99$/m);
    refused(
      await audit(['127.25.0.1', '--redis', `${redis.url}/1`]),
      /no vantage of redis:\S+\/1 has a worker/,
    );
  });

  it('refuses a wrong password without repeating it', async () => {
    const url = `redis://someone:letmein@127.0.0.1:${redis.port}`;
    const ran = await audit(['127.25.0.1', '--redis', url]);
    refused(ran, store(`redis://127.0.0.1:${redis.port}: refuses the user or the password`));
    expect(ran.stderr).not.toContain('letmein');
  });

  it('needs a key, and options that fit', async () => {
    const at = { RA_PREFLIGHT_REDIS: redis.url };
    refused(await audit(['127.25.0.1'], { env: at }), /a fleet needs a key/);
    refused(
      await audit(['127.25.0.1'], { env: { ...at, RA_PREFLIGHT_FLEET_KEY: 'short' } }),
      /the fleet key has 5 characters, expected 16 or more/,
    );
    refused(
      await audit(['127.25.0.1', '--fleet-key-file', '/nonexistent']),
      /cannot be read: no such file or folder \(ENOENT\)/,
    );
    refused(await run(['audit', '127.25.0.1', '--redis', redis.url]), /--redis: is for --fleet/);
    refused(await audit(['127.25.0.1', '--shard', '1/2']), /leave --shard out/);
    refused(await audit(['127.25.0.1', '--vantage', 'a b']), /--vantage 'a b': expected letters/);
    refused(await run(['worker', '--redis', redis.url], { env: env() }), /no vantage given/);
    refused(
      await audit(['127.25.0.1', '--probes', file('own.mjs')]),
      /your own probes are not sent to its workers; leave --probes out/,
    );
  });

  it('limits the user of a vantage to its own keys', { timeout: 60_000 }, async () => {
    const admin = redis.client();
    const docs = readFileSync(join(import.meta.dirname, '../../docs/fleet.md'), 'utf8');
    const [, written = ''] = /ACL SETUSER branch-7 on '>PASSWORD' (.*)/.exec(docs) ?? [];
    const rules = written.replaceAll('branch-7', 'branch-9').replaceAll("'", '').split(' ');
    await admin.call('ACL', 'SETUSER', 'branch-9', 'on', '>secret-of-9', ...rules);
    const url = `redis://branch-9:secret-of-9@127.0.0.1:${redis.port}`;
    await worker(['--vantage', 'branch-9', '--rate', '20000'], env(url));
    const { code, stdout } = await audit([
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
      await run(['worker', '--vantage', 'hq'], { env: env(url) }),
      /does not permit this user the keys of vantage hq/,
    );
    const { findings } = JSON.parse((await run(['doctor', '--redis', url, '--format', 'json'])).stdout);
    const ofStore = findings.filter(({ name }: { name: string }) => name === 'fleet store');
    expect(ofStore.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, true, true, true, true]);
    const user = redis.client({ username: 'branch-9', password: 'secret-of-9' });
    await expect(user.hgetall('ra:hq:workers')).rejects.toThrow(/NOPERM/);
    await expect(user.call('CONFIG', 'GET', '*')).rejects.toThrow(/NOPERM/);
    await expect(user.call('FLUSHALL')).rejects.toThrow(/NOPERM/);
    user.disconnect();
    refused(
      await audit(['127.25.0.1', '--vantage', 'hq', '-q'], { env: env(url) }),
      /does not permit what a coordinator needs/,
    );
    admin.disconnect();
  });

  it('speaks TLS to its store, and trusts only what it is told to', { timeout: 60_000 }, async () => {
    const at = file('tls');
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
        await audit(['127.25.0.1', '--redis', url]),
        /a certificate that is not trusted .*NODE_EXTRA_CA_CERTS/,
      );
      refused(await audit(['127.25.0.1', '--redis', `redis://127.0.0.1:${port}`]), /then rediss:\/\//);
      const trusting = { ...env(url), NODE_EXTRA_CA_CERTS: join(at, 'cert.pem') };
      await worker(['--vantage', 'tls', '--rate', '20000'], trusting);
      const { code, stderr } = await audit(['127.25.0.0/29', ...FAST, '--vantage', 'tls', '-q'], {
        env: trusting,
      });
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    } finally {
      await tls.stop();
    }
  });

  it('says with one line why no worker takes a run', { timeout: 60_000 }, async () => {
    refused(await unknown, /no worker at vantage nowhere within 30 s \(known: .*branch-7.*hq/);
    refused(
      await wrongKey,
      /no worker at other-key can take this run: worker \S+ at other-key has another fleet key/,
    );
    refused(
      await otherVersion,
      /no worker at old can take this run: worker \S+ at old runs ra-preflight test, and this is \d/,
    );
  });
});
