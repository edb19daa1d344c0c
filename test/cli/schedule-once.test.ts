import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/output/schema.ts';
import { hookServer } from '../notify/hook.ts';
import { smtpServer } from '../notify/smtp.ts';
import { judgedIn, run, until } from './run.ts';
import { type Place, place, table } from './schedules.ts';

let here: Place;

const closing: (() => Promise<unknown> | unknown)[] = [];

beforeEach(() => {
  here = place();
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  here.remove();
});

const read = (name: string): string => readFileSync(here.path(name), 'utf8');

const hook = async (...args: Parameters<typeof hookServer>) => {
  const server = await hookServer(...args);
  closing.push(server.close);
  return server;
};

/** Something that accepts and says nothing, in the way of one host. */
const listener = (port: number, host: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).end());
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });

describe('schedule once', () => {
  it('writes its reports, tags the run, and sees in the second run what changed', async () => {
    const config = table(
      'formats = ["html", "json", "csv"]\nout = "reports"\nrpc-ports = "50000-50001"\nnovice = "vista-or-later"\nexclude-file = "not.txt"',
      '@yearly',
      '@lists/pcs.txt',
    );
    mkdirSync(here.path('lists'));
    writeFileSync(here.path('lists/pcs.txt'), '127.30.0.1\n127.30.0.2\n127.30.0.3\n');
    writeFileSync(here.path('not.txt'), '127.30.0.3\n');
    const first = await here.schedule(config, ['once', 'nightly']);
    expect([first.code, first.stdout]).toEqual([1, '']);
    expect(here.reports('.html')).toHaveLength(1);
    const servers = await Promise.all([135, 50000, 50001].map((port) => listener(port, '127.30.0.1')));
    closing.push(() => servers.map((server) => server.close()));
    await here.schedule(config, ['once', 'nightly']);
    const runs = await here.history();
    expect(runs.map(({ schedule, state }) => [schedule, state])).toEqual([
      ['nightly', 'finished'],
      ['nightly', 'finished'],
    ]);
    const report = JSON.parse(read(`reports/nightly-${runs[0]?.id}.json`));
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(report.hosts.map((host: { target: string }) => host.target)).toEqual(['127.30.0.1', '127.30.0.2']);
    expect(read(`reports/nightly-${runs[0]?.id}.csv`)).toContain('127.30.0.2');
    const [before, after] = [1, 0].map((index) => read(`reports/nightly-${runs[index]?.id}.html`));
    for (const section of [/id="changes"/, /id="trend"/]) {
      expect(before).not.toMatch(section);
      expect(after).toMatch(section);
    }
    expect(readdirSync(here.path('reports')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('asks the same ports every time, others than a schedule of another name', async () => {
    const asked = async (name: string): Promise<string> => {
      const config = table('sample = 8\nformats = ["json"]\nout = "reports"', '@yearly', '127.30.0.1');
      await here.schedule(config.replace('nightly', name), ['once', name]);
      const newest = (await here.history())[0]?.id;
      const { hosts } = JSON.parse(read(`reports/${name}-${newest}.json`));
      return hosts[0].ports.map(({ port }: { port: number }) => port).join();
    };
    const first = await asked('nightly');
    expect(await asked('nightly')).toBe(first);
    expect(await asked('weekly')).not.toBe(first);
    const given = table('seed = 7', '@yearly', '127.30.0.1');
    await here.schedule(given, ['once', 'nightly']);
    expect((await here.history())[0]?.seed).toBe(7);
  });

  it('tells by file, metrics, webhook and mail, and keeps secrets to itself', async () => {
    const { url, got } = await hook((response) => response.end('thanks for hunter2hunter2'));
    const failing = await hook((response, _, { headers }) => {
      response.statusCode = 400;
      response.end(`no: ${JSON.stringify(headers)} hunter2hunter2 /T0KEN-IN-PATH`);
    });
    const { port, taken, close } = await smtpServer({
      onAuth: ({ username, password }, _, done) =>
        password === 'hunter2hunter2' ? done(null, { user: username }) : done(new Error('no')),
    });
    closing.push(close);
    writeFileSync(here.path('secret'), 'hunter2hunter2\n', { mode: 0o600 });
    const always = '[[schedule.notify]]\non = ["always"]\n';
    const config = table(
      [
        'formats = ["csv"]\nout = "reports"',
        `${always}file = { path = "drop/{schedule}/{run}.{format}", formats = ["json", "html"] }`,
        `${always}prometheus = { path = "textfile/{schedule}.prom" }`,
        `${always}webhook = { url = "${url}/T0KEN-IN-PATH", secret-file = "secret" }`,
        `${always}webhook = { url = "${failing.url}/T0KEN-IN-PATH", secret-env = "RA_SECRET" }`,
        `${always}mail = { to = "ops@corp.example", from = "ra@corp.example", smtp = "smtp://127.0.0.1:${port}", user = "ra", password-file = "secret" }`,
        `[[schedule.notify]]\non = ["failure"]\nfile = { path = "failed/{run}.json" }`,
      ].join('\n'),
    );
    const { code, stdout, stderr } = await here.schedule(config, ['once', 'nightly'], {
      env: { RA_SECRET: 'hunter2hunter2' },
    });
    // Every port is refused: no endpoint mapper. The webhook that failed is not in the code.
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/nightly: webhook http:\/\/127\.0\.0\.1:\d+: FAILED: .*400/);
    expect(stderr.match(/FAILED/g)).toHaveLength(1);
    const [{ id = '' } = {}] = await here.history();
    expect(JSON.parse(read(`drop/nightly/${id}.json`)).run.id).toBe(id);
    expect(read(`drop/nightly/${id}.html`)).toContain('</html>');
    expect(read('textfile/nightly.prom')).toContain('ra_preflight_run_finished_timestamp_seconds');
    expect(statSync(here.path('textfile/nightly.prom')).mode & 0o777).toBe(0o644);
    expect(existsSync(here.path('failed'))).toBe(false);
    const [call] = got;
    const stamp = String(call?.headers['x-ra-preflight-timestamp']);
    const made = createHmac('sha256', 'hunter2hunter2').update(`${stamp}.${call?.body}`).digest('hex');
    expect(call?.headers['x-ra-preflight-signature']).toBe(`sha256=${made}`);
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      schema: 'ra-preflight/notification@1',
      schedule: 'nightly',
      run: { id },
      report: { files: [{ format: 'csv', path: here.path(`reports/nightly-${id}.csv`) }] },
    });
    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatchObject({ to: ['ops@corp.example'], user: 'ra' });
    expect(taken[0]?.raw).toContain(`nightly-${id}.csv`);
    const kept = execFileSync('grep', ['-rlE', 'hunter2|T0KEN', here.folder], { encoding: 'utf8' });
    expect(kept.trim().split('\n').sort()).toEqual([here.path('config.toml'), here.path('secret')]);
    expect(stderr).not.toMatch(/hunter2|T0KEN/);
    expect(call?.body).not.toMatch(/hunter2|T0KEN/);
    expect(taken[0]?.raw).not.toMatch(/hunter2|T0KEN/);
  });

  it('tells of an audit that cannot start, and of reports that cannot be written', async () => {
    const { url, got } = await hook((response) => response.end());
    const rule = `[[schedule.notify]]\non = ["failure"]\nwebhook = { url = "${url}" }`;
    const none = await here.schedule(table(`exclude = ["127.30.0.0/24"]\n${rule}`), ['once', 'nightly']);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/nothing|no target/);
    expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({ schedule: 'nightly', run: null });
    expect(JSON.parse(got[0]?.body ?? '').failed).toMatch(/nothing|no target/);
    writeFileSync(here.path('reports'), 'a file in the way');
    const config = table(`formats = ["csv"]\nout = "reports"\n${rule}`);
    const blocked = await here.schedule(config, ['once', 'nightly']);
    expect(blocked.code).toBe(2);
    expect(blocked.stderr).toMatch(/out: .*reports cannot be made/);
    const [{ id, state } = {}] = await here.history();
    expect(state).toBe('finished');
    expect(JSON.parse(got[1]?.body ?? '')).toMatchObject({
      run: { id },
      failed: expect.stringContaining('out'),
    });
    const damaged = await here.schedule(`${table(rule)}`, [
      'once',
      'nightly',
      '--db',
      here.path('config.toml'),
    ]);
    expect(damaged.code).toBe(2);
    expect(JSON.parse(got[2]?.body ?? '').failed).toContain('not a SQLite database');
  });

  it('that is interrupted keeps what it knows, and the failure is told', async () => {
    const config = table(
      'rate = 100\nsubnet-rate = 100\n[[schedule.notify]]\non = ["failure"]\nfile = { path = "failed.json" }',
      '@yearly',
      '127.30.4.0/23',
    );
    const { code } = await here.schedule(config, ['once', 'nightly'], {
      during: async (kill) => {
        await until(() => judgedIn(here.path('history.db')) > 0);
        kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(JSON.parse(read('failed.json')).run.interrupted).toBe(true);
    expect((await here.history())[0]?.state).toBe('interrupted');
  });

  it('uses the config of the platform, and the same history as an audit with it', async () => {
    const env = { XDG_CONFIG_HOME: here.path('config') };
    const config = here.path('config/ra-preflight/config.toml');
    mkdirSync(here.path('config/ra-preflight'), { recursive: true });
    writeFileSync(config, `db = "kept.db"\nsample = 2\nping = false\nmap = false\n${table('')}`);
    expect((await run(['schedule', 'once', 'nightly'], { env, cwd: '/' })).code).toBe(1);
    expect((await run(['audit', '127.30.0.1', '-q'], { env, cwd: '/' })).code).toBe(1);
    const db = here.path('config/ra-preflight/kept.db');
    const { stdout } = await run(['history', '--format', 'json', '--db', db]);
    expect(JSON.parse(stdout).runs).toHaveLength(2);
    const { stdout: units } = await run(['schedule', 'install', '--systemd'], { env, cwd: '/' });
    expect(units).toContain(`--config ${config}`);
  });

  it('names the schedules there are', async () => {
    const { code, stderr } = await here.schedule(table(''), ['once', 'weekly']);
    expect([code, stderr]).toEqual([
      2,
      "ra-preflight: schedule 'weekly': is not in the configuration, expected one of nightly\n",
    ]);
  });
});
