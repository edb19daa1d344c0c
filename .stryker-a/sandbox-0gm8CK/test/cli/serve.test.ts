import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/cli/is-alive.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { BIN, judgedIn, run, until } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-serve-'));
const db = join(folder, 'history.db');
const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map -q'.split(' ');
let ids: string[] = [];

beforeAll(async () => {
  for (const targets of [['127.30.16.1'], ['127.30.16.1', '127.30.16.2']]) {
    await run(['audit', ...targets, ...FAST, '--db', db]);
  }
  const { stdout } = await run(['history', '--db', db, '--format', 'json']);
  ids = JSON.parse(stdout).runs.map(({ id }: { id: string }) => id);
});

const servers: ChildProcess[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Serving {
  readonly url: string;
  readonly server: ChildProcess;
  stderr(): string;
}

/** Starts `serve` on a free port and reads the url that it prints. */
const serve = async (
  args: readonly string[] = [],
  env: Record<string, string> = {},
  history = ['--db', db],
): Promise<Serving> => {
  const server = spawn(process.execPath, [BIN, 'serve', '--port', '0', ...history, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  servers.push(server);
  let stderr = '';
  server.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [url] = await once(createInterface(server.stdout), 'line');
  return { url: String(url).replace(/\/$/, ''), server, stderr: () => stderr };
};

/** The status for a request that names another host than it goes to, as a browser does after DNS rebinding. */
const statusAs = (host: string, url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('serve', () => {
  it('shows runs, reports and differences, and ends well when told to', async () => {
    const { url, server, stderr } = await serve();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const list = await (await fetch(`${url}/`)).text();
    for (const id of ids) expect(list).toContain(`/runs/${id}`);
    const [after = '', before = ''] = ids;
    const latest = await fetch(`${url}/latest`);
    expect(latest.url).toBe(`${url}/runs/${after}`);
    expect(await latest.text()).toContain('127.30.16.2');
    const report = await (await fetch(`${url}/runs/${before}.json`)).json();
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(report).toEqual(
      JSON.parse((await run(['report', before, '--db', db, '--format', 'json'])).stdout),
    );
    for (const ending of ['.ndjson', '.csv', '/hosts', '/hosts?search=16.2&verdict=blocked', '/hosts/0']) {
      const answer = await fetch(`${url}/runs/${after}${ending}`);
      expect([ending, answer.status]).toEqual([ending, 200]);
      expect(await answer.text()).toContain('127.30.16.');
    }
    const diff = await (await fetch(`${url}/diff/${before}/${after}`)).text();
    expect(diff).toContain('127.30.16.2');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'ra_preflight_run_finished_timestamp_seconds',
    );
    expect(await (await fetch(`${url}/healthz`)).text()).toMatch(/^ok/);
    expect((await fetch(`${url}/runs/nonesuch`)).status).toBe(404);
    expect((await fetch(`${url}/runs/${after}/hosts/99`)).status).toBe(404);
    expect((await fetch(`${url}/`, { method: 'POST' })).status).toBe(405);
    expect(await statusAs('evil.example', `${url}/`)).toBe(421);
    const told = Date.now();
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(Date.now() - told).toBeLessThan(6000);
    expect(stderr()).toBe('');
  });

  /** The processes that read for it. */
  const readersOf = ({ pid }: ChildProcess): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

  const isThere = (pid: number): boolean => isAlive(pid, Date.now());

  it('answers others while a page takes long, and goes on when what reads for it has died', async () => {
    const { url, server, stderr } = await serve();
    const page = `${url}/runs/${ids[0]}`;
    for (const path of [page, `${page}.csv`]) expect((await fetch(path)).status).toBe(200);
    const readers = readersOf(server);
    expect(readers).toHaveLength(2);
    // Nothing takes longer than what stands still.
    for (const pid of readers) process.kill(pid, 'SIGSTOP');
    const waiting = fetch(page);
    for (let i = 0; i < 5; i++) expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const pid of readers) process.kill(pid, 'SIGCONT');
    expect((await waiting).status).toBe(200);
    for (const pid of readers) process.kill(pid, 'SIGKILL');
    let status = 0;
    for (let i = 0; i < 50 && status !== 200; i++) status = (await fetch(page)).status;
    expect(status).toBe(200);
    expect((await fetch(`${page}.csv`)).status).toBe(200);
    const again = readersOf(server);
    expect(again).toHaveLength(2);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    for (const pid of again) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(stderr()).not.toContain('bug');
  });

  it('leaves no reader behind when it is killed in the middle of a query', async () => {
    const { url, server } = await serve([], { XDG_DATA_HOME: folder }, []);
    expect((await fetch(`${url}/`)).status).toBe(200);
    const readers = readersOf(server);
    expect(readers.length).toBeGreaterThan(0);
    // A reader that opens a FIFO waits for a writer, and nothing else of it runs meanwhile.
    mkdirSync(join(folder, 'ra-preflight'));
    execFileSync('mkfifo', [join(folder, 'ra-preflight/history.db')]);
    fetch(`${url}/`).catch(() => {});
    await until(() =>
      readers.some((pid) => readFileSync(`/proc/${pid}/wchan`, 'utf8').includes('wait_for_partner')),
    );
    server.kill('SIGKILL');
    await until(() => !readers.some(isThere));
    expect(readers.filter(isThere)).toEqual([]);
  });

  it('follows an audit of another process', async () => {
    const { url } = await serve();
    const stop = new AbortController();
    const events = await fetch(`${url}/events`, { signal: stop.signal });
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    const ending = run(['audit', '127.30.17.0/25', ...FAST, '--rate', '400', '--db', db]);
    let seen = '';
    for await (const chunk of events.body ?? []) {
      seen += Buffer.from(chunk).toString();
      if (/"total":128|128/.test(seen)) break;
    }
    stop.abort();
    expect(seen).toContain('event: progress');
    expect(await (await fetch(`${url}/`)).text()).toContain('running');
    expect((await ending).code).toBe(1);
  });

  it('works without any history, says what to do, and shows the first audit when it is there', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ra-serve-none-'));
    const server = spawn(process.execPath, [BIN, 'serve', '--port', '0'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    servers.push(server);
    const [line] = await once(createInterface(server.stdout), 'line');
    const text = async (path: string) => (await fetch(`${String(line)}${path}`)).text();
    expect(await text('')).toContain('ra-preflight audit 10.1.2.0/24');
    expect(await text('latest')).toContain('No audit is recorded yet.');
    expect(await text('schedules')).toContain('No schedule is known.');
    await run(['audit', '127.30.18.1', ...FAST], { env: { XDG_DATA_HOME: home } });
    expect(await text('')).toContain('127.30.18.1');
    rmSync(home, { recursive: true });
  });

  it('waits for the history that the configuration names, makes none, and refuses a mistyped one', async () => {
    const own = join(folder, 'not-yet.db');
    const config = join(folder, 'not-yet.toml');
    writeFileSync(
      config,
      `db = '${own}'\n[[schedule]]\nname = "n"\ncron = "0 2 * * *"\ntargets = ["127.30.16.1"]\n`,
    );
    for (const [args, text] of [
      [['--db', own], 'no such file'],
      [['--config', config, '--db', `${own}x`], 'no such file'],
    ] as const) {
      const { code, stderr } = await run(['serve', '--port', '0', ...args]);
      expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
      expect(stderr).toContain(text);
    }
    const { url } = await serve(['--config', config, '--db', own]);
    const text = async (path: string) => (await fetch(`${url}${path}`)).text();
    expect(await text('/')).toContain('No audit is recorded yet.');
    expect(await text('/schedules')).toContain('never ran');
    expect(existsSync(own)).toBe(false);
    await run(['audit', '127.30.18.1', ...FAST, '--db', own]);
    expect(await text('/')).toContain('127.30.18.1');
  });

  it('shows an audit that runs as running, hosts over time, and schedules', async () => {
    const config = join(folder, 'serve.toml');
    writeFileSync(config, '[[schedule]]\nname = "nightly"\ncron = "0 2 * * *"\ntargets = ["127.30.16.1"]\n');
    const { url } = await serve(['--config', config]);
    const text = async (path: string) => (await fetch(`${url}${path}`)).text();
    const going = run(['audit', '127.30.19.0/24', ...FAST, '--rate', '100', '--db', db]);
    await until(() => judgedIn(db) > 0);
    const report = await text('/latest');
    expect(report).toMatch(/This audit is still running: \d+ of 256 hosts judged\./);
    expect(report).not.toContain('was interrupted');
    const [, id = ''] = /for run (\S+), as of/.exec(report) ?? [];
    expect(JSON.parse(await text(`/runs/${id}.json`)).run).toMatchObject({
      interrupted: false,
      running: true,
    });
    const reported = await run(['report', id, '--db', db, '--format', 'json']);
    expect(JSON.parse(reported.stdout).run).toMatchObject({ interrupted: false, running: true });
    expect(report).toContain('<a href="/">All audits</a>');
    const host = await text('/host?target=127.30.16.1');
    expect(host.match(/<a class="beat badge/g)).toHaveLength(2);
    const hosts = await text(`/runs/${ids[0]}/hosts`);
    expect(hosts).toContain('<strong>TCP 135 endpoint mapper:</strong>');
    expect(await text('/schedules')).toMatch(/every day at 02:00[^,]*<\/td>[\s\S]*never ran/);
    expect(await text('/schedule?name=nightly')).toContain('It has not run yet.');
    writeFileSync(config, 'broken');
    expect(await text('/schedules')).toContain('The configuration cannot be read');
    expect((await going).code).toBe(1);
  });

  it('wants a token from others, and takes it from a file or the environment', async () => {
    const refused = await run(['serve', '--host', '0.0.0.0', '--port', '0', '--db', db]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/needs a token/);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    const token = 'a-token-of-our-own-1234';
    writeFileSync(join(folder, 'token'), `${token}\n`);
    const ways: readonly (readonly [string[], Record<string, string>])[] = [
      [['--token-file', join(folder, 'token')], {}],
      [[], { RA_PREFLIGHT_SERVE_TOKEN: token }],
    ];
    for (const [args, env] of ways) {
      const { url, stderr } = await serve(args, env);
      expect((await fetch(`${url}/runs/${ids[0]}.json`)).status).toBe(401);
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${url}/runs/${ids[0]}.json`, { headers })).status).toBe(200);
      expect(stderr()).not.toContain(token);
    }
  });

  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['--port', '70000'], /--port '70000'/],
    [['--token-file', '/nonexistent'], /--token-file \/nonexistent.*ENOENT/],
    [['--host', '192.0.2.1'], /needs a token/],
    [['--db', '/nonexistent/h.db'], /history '\/nonexistent\/h\.db'/],
  ];
  it.each(refusals)('%j is refused in one line', async (args, line) => {
    const { code, stdout, stderr } = await run(['serve', '--db', db, ...args]);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});
