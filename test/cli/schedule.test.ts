import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEntry } from '../../src/model/history.ts';
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

const history = async (): Promise<RunEntry[]> => {
  const { stdout } = await run(['history', '--db', here.path('history.db'), '--format', 'json']);
  return (JSON.parse(stdout) as { runs: RunEntry[] }).runs;
};

const read = (name: string): string => readFileSync(here.path(name), 'utf8');
const reports = (ending: string): string[] =>
  readdirSync(here.path('reports'))
    .filter((name) => name.endsWith(ending))
    .sort();

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

describe('schedule list', () => {
  it('says when in words and in JSON', async () => {
    const config = `${table('timezone = "Europe/Berlin"', '0 6 * * MON-FRI')}${table('').replace('nightly', 'yearly')}`;
    const { code, stdout, stderr } = await here.schedule(config, ['list']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^nightly: every weekday at 06:00 \(Europe\/Berlin\), next .*06:00$/m);
    expect(stdout).toMatch(/^yearly: /m);
    const json = JSON.parse((await here.schedule(config, ['list', '--format', 'json'])).stdout);
    expect(json.schedules[0]).toMatchObject({ name: 'nightly', timezone: 'Europe/Berlin' });
    expect(json.schedules[0].next).toHaveLength(3);
    expect(Date.parse(json.schedules[0].next[0])).toBeGreaterThan(Date.now());
  });

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['no schedule', '', /has no \[\[schedule\]\]/],
    ['an unknown key', table('sampel = 3'), /schedule 'nightly'.*"sampel".*not a known key.*sample/],
    ['an option of a single run', table('output = "x"'), /schedule 'nightly'.*output.*out = "reports"/],
    ['a bad cron line', table('', '61 * * * *'), /schedule 'nightly'.*61/],
    ['a line that never comes', table('', '0 6 31 2 *'), /schedule 'nightly'.*never matches/],
    ['a bad time zone', table('timezone = "Mars/Olympus"'), /timezone.*Mars\/Olympus.*Europe\/Berlin/],
    [
      'an unknown format',
      table('formats = ["pdf"]\nout = "reports"'),
      /schedule 'nightly': formats 'pdf'.*html/,
    ],
    ['formats for nowhere', table('formats = ["html"]'), /formats: needs out/],
    ['a folder for nothing', table('out = "reports"'), /out: needs formats/],
    ['standard input', table('', '@daily', '-'), /no standard input/],
    ['standard input as a list', table('', '@daily', '@-'), /no standard input/],
    [
      'a target that cannot be one',
      table('', '@daily', '10.0.0.0/33'),
      /schedule 'nightly': targets '10.0.0.0\/33'/,
    ],
    ['a target with an escape', table('', '@daily', 'pc\\u001b[2J1'), /schedule 'nightly': targets/],
    ['an exclude that cannot be one', table('exclude = ["10.0.0.0/33"]'), /schedule 'nightly': exclude/],
    ['a number for a file', table('exclude-file = 7'), /exclude-file: expected the name of a file or a list/],
    ['two of one name', table('') + table('').replace('nightly', 'Nightly'), /twice/],
    ['a bad value of an option', table('sample = 0'), /sample/],
    ['an unknown way', table('[[schedule.notify]]\npager = "x"'), /"nightly": notify.*"pager"/],
    [
      'a secret',
      table('[[schedule.notify]]\nwebhook = { url = "https://h.example/", secret = "hunter2" }'),
      /secret-env/,
    ],
  ];
  it.each(refusals)('refuses in one line: %s', async (_, config, line) => {
    for (const command of [['list'], ['once', 'nightly'], ['run']]) {
      const { code, stdout, stderr } = await here.schedule(config, command);
      expect(stderr).toMatch(line);
      expect(stderr).toContain(here.path('config.toml'));
      expect(stderr).not.toContain('hunter2');
      expect(stderr.trim()).not.toMatch(/[^\n\P{Cc}]/u);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
    expect(existsSync(here.path('history.db'))).toBe(false);
  });
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
    expect(reports('.html')).toHaveLength(1);
    const servers = await Promise.all([135, 50000, 50001].map((port) => listener(port, '127.30.0.1')));
    closing.push(() => servers.map((server) => server.close()));
    await here.schedule(config, ['once', 'nightly']);
    const runs = await history();
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
      const newest = (await history())[0]?.id;
      const { hosts } = JSON.parse(read(`reports/${name}-${newest}.json`));
      return hosts[0].ports.map(({ port }: { port: number }) => port).join();
    };
    const first = await asked('nightly');
    expect(await asked('nightly')).toBe(first);
    expect(await asked('weekly')).not.toBe(first);
    const given = table('seed = 7', '@yearly', '127.30.0.1');
    await here.schedule(given, ['once', 'nightly']);
    expect((await history())[0]?.seed).toBe(7);
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
    const [{ id = '' } = {}] = await history();
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
    const [{ id, state } = {}] = await history();
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
    expect((await history())[0]?.state).toBe('interrupted');
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

describe('schedule run', () => {
  it('says its schedules, waits, and ends at once when told to', async () => {
    let told = 0;
    const { code, stdout, stderr } = await here.schedule(table(''), ['run'], {
      during: async (kill, said) => {
        await until(() => said().includes('nightly: '));
        told = Date.now();
        kill('SIGTERM');
      },
    });
    expect([code, stdout]).toEqual([130, '']);
    expect(Date.now() - told).toBeLessThan(6000);
    expect(stderr.match(/nightly: every year/g) ?? stderr.match(/nightly: /g)).toHaveLength(1);
    expect(stderr).toContain('stopping');
    expect(await history()).toEqual([]);
  });

  /** A history in which every schedule of these names ran once, two years ago. */
  const longAgo = async (config: string, names: readonly string[]): Promise<void> => {
    for (const name of names) await here.schedule(config, ['once', name]);
    const exported = (await run(['history', 'export', '--db', here.path('history.db')])).stdout;
    const year = new Date().getUTCFullYear();
    writeFileSync(here.path('old.ndjson'), exported.replaceAll(`"${year}-`, `"${year - 2}-`));
    rmSync(here.path('history.db'));
    await run(['history', 'import', here.path('old.ndjson'), '--db', here.path('history.db')]);
  };

  it('lets no receiver of one schedule delay another', { timeout: 60_000 }, async () => {
    const two = (changes: string): string =>
      `${table(changes, '@yearly', '127.30.0.1')}${table('', '@yearly', '127.30.0.2').replace('nightly', 'weekly')}`;
    await longAgo(two(''), ['nightly', 'weekly']);
    let asked = 0;
    // It never answers.
    const { url } = await hook(() => {
      asked += 1;
    });
    const rule = `[[schedule.notify]]\non = ["always"]\nwebhook = { url = "${url}", timeout = 60 }`;
    let ran: readonly RunEntry[] = [];
    const { code, stderr } = await here.schedule(two(rule), ['run'], {
      during: async (kill) => {
        for (let looks = 0; looks < 100 && ran.length < 4; looks++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          ran = (await history()).filter(({ state }) => state === 'finished');
        }
        kill('SIGTERM');
      },
    });
    expect(ran.map(({ schedule }) => schedule).sort()).toEqual(['nightly', 'nightly', 'weekly', 'weekly']);
    expect([code, asked]).toEqual([130, 1]);
    expect(stderr).toMatch(/nightly: webhook .*: FAILED: stopped/);
  });

  it('is refused where another process runs the same schedules, in one line that names it', async () => {
    let second: Awaited<ReturnType<Place['schedule']>> | undefined;
    let pid = 0;
    const { code } = await here.schedule(table(''), ['run'], {
      started: (child) => {
        pid = child;
      },
      during: async (kill) => {
        for (let looks = 0; looks < 100 && !second?.code; looks++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          const made = readdirSync(here.folder).some((name) => name.startsWith('history.db-schedules-'));
          if (made) second = await here.schedule(table(''), ['run']);
        }
        kill('SIGTERM');
      },
    });
    expect(code).toBe(130);
    expect(second?.code).toBe(2);
    expect(second?.stderr).toMatch(
      new RegExp(
        `^ra-preflight: the schedules of .*config.toml are run by process ${pid} on .* already.*\n$`,
      ),
    );
    // And by the next process once that is gone.
    const third = await here.schedule(table(''), ['run'], {
      during: async (kill, said) => {
        await until(() => said() !== '');
        kill('SIGTERM');
      },
    });
    expect([third.code, third.stderr.includes('already')]).toEqual([130, false]);
  });

  it('makes up at once for what was missed, and keeps what it knows when it is stopped', async () => {
    await longAgo(table('', '* * * * *', '127.30.0.1'), ['nightly']);
    const slow = table(
      'rate = 100\nsubnet-rate = 100\nformats = ["csv"]\nout = "reports"',
      '@yearly',
      '127.30.4.0/23',
    );
    let told = 0;
    const { code, stderr } = await here.schedule(slow, ['run'], {
      during: async (kill) => {
        await until(() => judgedIn(here.path('history.db')) > 0);
        told = Date.now();
        kill('SIGTERM');
      },
    });
    expect(code).toBe(130);
    expect(Date.now() - told).toBeLessThan(6000);
    expect(stderr).toMatch(/nightly: missed (once|twice|\d times).*running once now/);
    const [newest, old] = await history();
    expect(old?.state).toBe('finished');
    expect(newest).toMatchObject({ state: 'interrupted', schedule: 'nightly', hosts: 512 });
    expect(newest?.summary.hosts).toBeGreaterThan(0);
    expect(newest?.summary.hosts).toBeLessThan(512);
    expect(reports('.csv')).toEqual([`nightly-${newest?.id}.csv`]);
  });
});

describe('schedule install', () => {
  it('prints and writes what others run, with absolute paths', async () => {
    const config = table('', '0 6 * * MON-FRI');
    const systemd = await here.schedule(config, ['install', '--systemd']);
    expect(systemd.stdout).toContain(`schedule once nightly --config ${here.path('config.toml')}`);
    expect(systemd.stdout).toContain('OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 06:00:00');
    const cron = await here.schedule(config, ['install', 'nightly', '--cron', '--db', 'h.db'], {
      cwd: here.folder,
    });
    expect(cron.stdout).toMatch(/^0 6 \* \* 1-5 \/.* schedule once nightly --config \/.* --db \/.*h\.db$/m);
    const into = here.path('tasks/new');
    const tasks = await here.schedule(config, ['install', '--task-scheduler', '--into', into]);
    expect([tasks.code, tasks.stdout]).toEqual([0, '']);
    expect(tasks.stderr).toContain(
      `then: schtasks /Create /TN "ra-preflight\\nightly" /XML "${here.path('tasks/new/nightly.xml')}"\n`,
    );
    const bytes = readFileSync(here.path('tasks/new/nightly.xml'));
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xfe]);
    expect(bytes.toString('utf16le')).toMatch(
      /^\ufeff<\?xml version="1.0" encoding="UTF-16"\?>\r\n[\s\S]*<\/Task>\r\n$/,
    );
    expect(readdirSync(into)).toEqual(['nightly.xml']);
  });

  it('writes nothing when one schedule cannot be said', async () => {
    const config = table('', '0 6 15W * *');
    const { code, stderr } = await here.schedule(config, [
      'install',
      '--systemd',
      '--into',
      here.path('units'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/schedule 'nightly': .*15W/);
    expect(existsSync(here.path('units'))).toBe(false);
    expect((await here.schedule(config, ['install'])).stderr).toMatch(
      /--systemd, --cron and --task-scheduler/,
    );
  });
});
