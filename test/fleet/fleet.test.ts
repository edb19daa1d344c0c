import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerStatus } from '../../src/model/fleet.ts';
import type { HostReport, Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { judgedIn, type Ran, run, until } from '../cli/run.ts';
import { place, table } from '../cli/schedules.ts';
import { readExposition } from '../output/exposition.ts';
import { FAST, KEY, OwnFleet, refused } from './own-fleet.ts';
import { buildProgram } from './program.ts';
import { whyNoRedis } from './redis.ts';

let fleet: OwnFleet;
/** Audits for which no worker comes: they wait for 30 seconds, all at the same time and beside the other tests. */
let unknown: Promise<Ran>;
let wrongKey: Promise<Ran>;
let otherVersion: Promise<Ran>;

/** A policy that lets nobody offer Remote Assistance. */
const DENIED = `Windows Registry Editor Version 5.00\r
\r
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]\r
"fAllowUnsolicited"=dword:00000000\r
`;

const said = ({ target, address, verdict, because }: HostReport) => ({ target, address, verdict, because });

describe.skipIf(whyNoRedis !== null)('a fleet', () => {
  beforeAll(async () => {
    fleet = await OwnFleet.start();
    writeFileSync(fleet.file('scope.toml'), '[scope]\ndeny = ["127.25.0.16/28"]\n');
    await fleet.worker(['--vantage', 'hq', '--rate', '20000']);
    await fleet.worker(['--vantage', 'branch-7', '--rate', '20000', '--config', fleet.file('scope.toml')]);
    await fleet.worker(
      ['--vantage', 'other-key', '--rate', '1000'],
      fleet.env(fleet.redis.url, `${KEY} of others`),
    );
    unknown = fleet.audit(['127.25.0.1', '--vantage', 'nowhere']);
    // A worker of another version, which has the key of all tests' own programs.
    const prober = buildProgram('prober', fleet.folder);
    fleet.endsWith(spawn(process.execPath, [prober, fleet.redis.url, 'old'], { stdio: 'ignore' }));
    otherVersion = fleet.audit(['127.25.0.1', '--vantage', 'old', '-q'], {
      env: fleet.env(fleet.redis.url, 'a key that only tests have'),
    });
    wrongKey = fleet.audit(['127.25.0.1', '--vantage', 'other-key', '-q']);
  }, 60_000);
  afterAll(() => fleet.end());

  it('gives one report from several vantages, each as an audit from there would', {
    timeout: 60_000,
  }, async () => {
    const targets = ['127.25.0.0/26', 'localhost', '127.25.1.0/28', '-4'];
    const { code, stdout, stderr } = await fleet.audit([
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
    const db = fleet.file('kept.db');
    const where = ['--db', db, '-o', fleet.file('fleet.html'), '-o', fleet.file('fleet.csv')];
    const { code } = await fleet.audit([
      '127.25.0.0/28',
      ...FAST,
      '--vantage',
      'branch-7,hq',
      '-q',
      ...where,
    ]);
    expect(code).toBe(1);
    expect(readFileSync(fleet.file('fleet.html'), 'utf8')).toContain('<h2 id="vantages">Vantages</h2>');
    expect(readFileSync(fleet.file('fleet.csv'), 'utf8').split('\r\n')[1]).toMatch(/,branch-7$/);
    const runs = JSON.parse((await run(['history', '--db', db, '--format', 'json'])).stdout).runs;
    expect(
      runs.map(({ vantage, state }: Report['run'] & { state: string }) => [vantage, state]).sort(),
    ).toEqual([
      ['branch-7', 'finished'],
      ['hq', 'finished'],
    ]);
    expect((await run(['history', '--db', db])).stdout).toContain('from branch-7: 127.25.0');
    const [{ fleet: made }] = runs as [{ fleet: { run: string } }];
    const report = async (id: string, ...args: string[]): Promise<string> =>
      (await run(['report', id, '--db', db, ...args])).stdout;
    const whole = JSON.parse(await report(made.run, '--format', 'json')) as Report;
    expect(reportSchema.safeParse(whole).error).toBeUndefined();
    expect([whole.run.id, whole.run.vantage, whole.summary.hosts]).toEqual([made.run, 'branch-7, hq', 32]);
    const one = JSON.parse(await report(`${made.run}.hq`, '--format', 'json')) as Report;
    expect(reportSchema.safeParse(one).error).toBeUndefined();
    expect(one.hosts).toHaveLength(16);
    expect(one.comparison).toEqual(whole.comparison);
    expect(one.comparison?.vantages.map(({ name, sick }) => [name, sick])).toEqual([
      ['branch-7', false],
      ['hq', false],
    ]);
    expect(await report(`${made.run}.hq`)).toContain('Where vantages disagree');
    expect(await report(made.run)).toMatch(/127\.25\.0\.0 \(from branch-7\)/);
    expect(await report(made.run, '--format', 'html')).toContain('<h2 id="vantages">Vantages</h2>');
    const table = await fleet.audit(['127.25.0.0/28', ...FAST, '--vantage', 'branch-7,hq', '-q']);
    expect(table.stdout).toContain('Where vantages disagree');
    expect(table.stdout).toMatch(/127\.25\.0\.0\/24 .*blocked .*blocked/);
  });

  it('judges the policy files of the novice with what its workers see', async () => {
    writeFileSync(fleet.file('deny.reg'), DENIED);
    const { stdout } = await fleet.audit([
      ...['127.25.0.0/30', ...FAST, '--vantage', 'hq', '--policy', fleet.file('deny.reg')],
      ...['--format', 'json', '-q'],
    ]);
    const { hosts } = JSON.parse(stdout) as Report;
    const single = await run([
      ...['audit', '127.25.0.0/30', ...FAST, '--policy', fleet.file('deny.reg'), '--db', ':memory:'],
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
          `redis = "${fleet.redis.url}"`,
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
      const once = () => at.schedule(config, ['once', 'nightly'], { env: fleet.env() });
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
      refused(await at.schedule(nobody, ['once', 'nightly'], { env: fleet.env() }), /cannot be reached/);
    } finally {
      at.remove();
    }
  });

  it('ends within two seconds of Ctrl-C, and resumes', { timeout: 90_000 }, async () => {
    const db = fleet.file('resumed.db');
    const slow = '--rate 600 --subnet-rate 600 --sample 2 --no-ping --no-map'.split(' ');
    const interrupted = await fleet.audit(['127.25.4.0/23', ...slow, '--vantage', 'hq', '--db', db], {
      during: (kill) => void until(() => judgedIn(db) > 50).then(() => kill('SIGINT')),
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(/resume with: ra-preflight audit --resume \S+ --fleet/);
    const sent = async (): Promise<number> => {
      const { stdout } = await run(['fleet', 'status', '--format', 'json'], { env: fleet.env() });
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
      env: fleet.env(),
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
        env: fleet.env(),
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
    const { code } = await fleet.audit(['127.26.0.0/20', ...slow, '--vantage', 'hq', '-q'], {
      during: (kill) => void watch(kill),
    });
    expect(code).toBe(130);
    expect(most).toBeGreaterThan(1);
    await hq();
    const { sent, inHand } = await hq();
    expect(inHand).toEqual([]);
    expect((await hq()).sent).toBe(sent);
  });

  it('tells how it stands, for people, programs and Prometheus', async () => {
    const status = (format: string): Promise<Ran> =>
      run(['fleet', 'status', '--format', format], { env: fleet.env() });
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
