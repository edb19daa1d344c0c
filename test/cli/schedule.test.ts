import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEntry } from '../../src/model/history.ts';
import { hookServer } from '../notify/hook.ts';
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

const hook = async (...args: Parameters<typeof hookServer>) => {
  const server = await hookServer(...args);
  closing.push(server.close);
  return server;
};

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
    expect(await here.history()).toEqual([]);
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
          ran = (await here.history()).filter(({ state }) => state === 'finished');
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
    const [newest, old] = await here.history();
    expect(old?.state).toBe('finished');
    expect(newest).toMatchObject({ state: 'interrupted', schedule: 'nightly', hosts: 512 });
    expect(newest?.summary.hosts).toBeGreaterThan(0);
    expect(newest?.summary.hosts).toBeLessThan(512);
    expect(here.reports('.csv')).toEqual([`nightly-${newest?.id}.csv`]);
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
