import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crontabLine } from '../../src/schedule/crontab.ts';
import { nextRuns } from '../../src/schedule/next-runs.ts';
import { onCalendar, systemdUnits } from '../../src/schedule/systemd.ts';
import { taskFile, taskScheduler } from '../../src/schedule/task-scheduler.ts';
import { scheduleSpec } from './fake-clock.ts';

const COMMAND = ['/usr/bin/node', '/opt/ra preflight/cli.js', 'schedule', 'once', 'nightly'];

const has = (tool: string): boolean => !spawnSync(tool, ['--version']).error;

describe('systemd units', () => {
  it('are a service that runs once and a timer that catches up', () => {
    const { service, timer } = systemdUnits(scheduleSpec('nightly', '0 6 * * 1-5', 'Europe/Berlin'), {
      command: COMMAND,
      user: false,
    });
    expect(service.name).toBe('ra-preflight-nightly.service');
    expect(timer.name).toBe('ra-preflight-nightly.timer');
    expect(service.text).toContain(
      'Type=oneshot\nExecStart=/usr/bin/node "/opt/ra preflight/cli.js" schedule once nightly\n',
    );
    expect(service.text).toContain('SuccessExitStatus=1 3\n');
    expect(service.text).toContain('After=network-online.target\n');
    expect(timer.text).toContain(
      'OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 06:00:00 Europe/Berlin\nPersistent=true\n',
    );
    expect(timer.text).toContain('WantedBy=timers.target\n');
  });

  it('keep raw sockets: no setting for a user implies no-new-privileges, none for the machine forbids machine code', () => {
    const spec = scheduleSpec('nightly', '@daily');
    const user = systemdUnits(spec, { command: COMMAND, user: true }).service.text;
    const machine = systemdUnits(spec, { command: COMMAND, user: false }).service.text;
    expect(user).not.toMatch(/Protect|Restrict|Lock|NoNewPrivileges|network-online/);
    expect(machine).toMatch(/RestrictAddressFamilies=.*AF_INET6.*AF_PACKET/);
    expect(machine).not.toMatch(
      /NoNewPrivileges|MemoryDenyWriteExecute|CapabilityBoundingSet|PrivateNetwork|ProtectHome/,
    );
  });

  it('escape what systemd would read as specifier, variable, quote or line', () => {
    const { service } = systemdUnits(scheduleSpec('nightly', '@daily'), {
      command: ['/bin/x', '100%h', '$HOME', 'a"b\\c', "it's", '', 'line\nExecStart=/bin/evil', ';', 'naïve'],
      user: true,
    });
    expect(service.text).toContain(
      String.raw`ExecStart=/bin/x 100%%h $$HOME "a\"b\\c" "it's" "" "line\x0aExecStart=/bin/evil" ";" "naïve"` +
        '\n',
    );
  });

  it.each([
    ['*/15 * * * *', ['*-*-* *:00,15,30,45:00 UTC']],
    ['0 6 1,15 * *', ['*-*-01,15 06:00:00 UTC']],
    ['0 6 L 2 *', ['*-02~01 06:00:00 UTC']],
    ['0 6 * * FRI#L', ['Fri *-*~07/1 06:00:00 UTC']],
    ['0 6 * * MON#2', ['Mon *-*-08..14 06:00:00 UTC']],
    ['0 6 1 * MON', ['*-*-01 06:00:00 UTC', 'Mon *-*-* 06:00:00 UTC']],
  ])('say %s as %j', (cron, expected) => {
    expect(onCalendar({ cron, timezone: 'UTC' })).toEqual(expected);
  });

  it('refuse what systemd cannot say', () => {
    expect(() => onCalendar({ cron: '0 6 15W * *', timezone: null })).toThrow(
      'systemd timers cannot express W and +',
    );
  });

  it.runIf(has('systemd-analyze')).each([
    ['30 6 * * *', 'Europe/Berlin'],
    ['*/20 8-17 * * 1-5', 'Europe/Berlin'],
    ['0 6 1,15 */3 *', 'America/New_York'],
    ['0 6 L * *', 'UTC'],
    ['0 6 * * FRI#L', 'Asia/Kolkata'],
    ['0 6 * * MON#5', 'UTC'],
    ['0 6 13 * FRI', 'UTC'],
    ['0 6 1,L * SUN#1', 'UTC'],
    ['30 1 * * *', 'America/New_York'],
    ['@yearly', 'UTC'],
    ['5 * * * *', 'Australia/Lord_Howe'],
  ])('mean to systemd what %s in %s means here', (cron, timezone) => {
    const from = new Date('2026-10-30T00:00:30Z');
    const count = 12;
    const theirs = onCalendar({ cron, timezone }).flatMap((value) => {
      const text = execFileSync(
        'systemd-analyze',
        ['calendar', `--iterations=${count}`, '--base-time=2026-10-30 00:00:30 UTC', value],
        { env: { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' }, encoding: 'utf8' },
      );
      return [...text.matchAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g)]
        .map(([, day, time]) => Date.parse(`${day}T${time}Z`))
        .filter((time) => time > from.getTime());
    });
    const first = [...new Set(theirs)].sort((a, b) => a - b).slice(0, count);
    expect(first).toEqual(nextRuns({ cron, timezone }, from, count).map((date) => date.getTime()));
  });
});

/** What cron hands to the shell: it ends the command at a bare %, as do_command.c of Vixie cron reads it. */
const asCronReads = (command: string): string => {
  let out = '';
  let escaped = false;
  for (const char of command) {
    if (escaped) {
      escaped = false;
      out = char === '%' ? `${out.slice(0, -1)}%` : out + char;
      continue;
    }
    if (char === '%') return out;
    escaped = char === '\\';
    out += char;
  }
  return out;
};

describe('lines of a crontab', () => {
  it('have a zone above and the command quoted', () => {
    expect(crontabLine(scheduleSpec('nightly', '0 6 * * MON-FRI', 'Europe/Berlin'), COMMAND)).toBe(
      "# ra-preflight schedule nightly\nCRON_TZ=Europe/Berlin\n0 6 * * 1-5 /usr/bin/node '/opt/ra preflight/cli.js' schedule once nightly\n",
    );
    expect(crontabLine(scheduleSpec('nightly', '@daily', null), ['/bin/x'])).toBe(
      '# ra-preflight schedule nightly\n0 0 * * * /bin/x\n',
    );
  });

  it.skipIf(process.platform === 'win32')('give every argument to the program as it was', () => {
    const argument = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc
        .array(fc.constantFrom('%', '\\', "'", '"', '$', '`', ' ', 'a'), { maxLength: 10 })
        .map((c) => c.join('')),
    );
    const clean = argument.map((text) => text.replaceAll('\0', '').replaceAll(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(clean, { maxLength: 8 }), (args) => {
        const line =
          crontabLine(scheduleSpec('x', '@daily'), ['printf', '%s\\0', '-', ...args]).split('\n')[2] ?? '';
        const command = asCronReads(line.replace('0 0 * * * ', ''));
        const out = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
        expect(out.split('\0').slice(1, -1)).toEqual(args);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['0 6 L * *', '0 6 * * MON#1', '0 6 15W * *'])('cannot say %s', (cron) => {
    expect(() => crontabLine(scheduleSpec('x', cron), COMMAND)).toThrow(
      'a crontab cannot express L, #, W and +',
    );
  });

  it('take no line breaks', () => {
    expect(() => crontabLine(scheduleSpec('x', '@daily'), ['/bin/x', 'a\n* * * * * evil'])).toThrow(
      'line breaks',
    );
  });
});

describe('tasks of the Task Scheduler', () => {
  const task = (cron: string, command: readonly string[] = COMMAND): string =>
    taskScheduler(scheduleSpec('nightly', cron, null), { command, zone: 'Europe/Berlin' }).xml;
  const starts = (xml: string): string[] =>
    [...xml.matchAll(/<StartBoundary>2024-01-01T(.*?):00</g)].map(([, time]) => time ?? '');

  it('catch up, never overlap and have no limit of time', () => {
    const xml = task('0 6 * * *');
    expect(xml).toContain('<StartWhenAvailable>true<');
    expect(xml).toContain('<MultipleInstancesPolicy>IgnoreNew<');
    expect(xml).toContain('<ExecutionTimeLimit>PT0S<');
    expect(xml).toContain(
      '<Command>/usr/bin/node</Command><Arguments>&quot;/opt/ra preflight/cli.js&quot; schedule once nightly</Arguments>',
    );
  });

  it.each([
    ['0 6 * * *', ['06:00'], '<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>'],
    [
      '0 6,18 * * 1-5',
      ['06:00', '18:00'],
      '<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Monday/><Tuesday/><Wednesday/><Thursday/><Friday/></DaysOfWeek>',
    ],
    ['*/15 * * * *', ['00:00'], '<Repetition><Interval>PT15M</Interval><Duration>PT1439M</Duration>'],
    ['5 */4 * * *', ['00:05'], '<Repetition><Interval>PT240M</Interval><Duration>PT1434M</Duration>'],
    ['0 6 1,L * *', ['06:00'], '<DaysOfMonth><Day>1</Day><Day>Last</Day></DaysOfMonth><Months><January/>'],
    ['0 6 * 2 *', ['06:00'], '<Day>31</Day></DaysOfMonth><Months><February/></Months>'],
    ['0 6 * * TUE#2', ['06:00'], '<Weeks><Week>2</Week></Weeks><DaysOfWeek><Tuesday/></DaysOfWeek>'],
    [
      '0 6 * 1 FRI',
      ['06:00'],
      '<Week>4</Week><Week>Last</Week></Weeks><DaysOfWeek><Friday/></DaysOfWeek><Months><January/></Months>',
    ],
    ['0 6 13 * FRI', ['06:00', '06:00'], '<Day>13</Day>'],
  ])('say %s', (cron, times, part) => {
    const xml = task(cron);
    expect(starts(xml)).toEqual(times);
    expect(xml).toContain(part);
  });

  it.each([
    ['0 6 15W * *', 'cannot express W and +'],
    ['0 6 * * MON#5', 'cannot express a fifth weekday of a month'],
    ['*/5 8-17 * * *', 'takes 48 triggers at most, and this needs 120'],
  ])('cannot say %s', (cron, why) => {
    expect(() => task(cron)).toThrow(why);
  });

  it('follow the zone of the machine and no other', () => {
    const spec = scheduleSpec('nightly', '@daily', 'America/New_York');
    expect(() => taskScheduler(spec, { command: COMMAND, zone: 'Europe/Berlin' })).toThrow(
      "timezone: 'America/New_York': the Task Scheduler follows the clock of the machine (Europe/Berlin)",
    );
    expect(taskScheduler(spec, { command: COMMAND, zone: 'America/New_York' }).name).toBe(
      'ra-preflight\\nightly',
    );
  });

  it('quote arguments as Windows programs read them', () => {
    const xml = task('@daily', [
      'C:\\Program Files\\node.exe',
      'C:\\a b\\',
      'say "hi"',
      'end\\"',
      '',
      'x\\y',
    ]);
    expect(xml).toContain('<Command>C:\\Program Files\\node.exe</Command>');
    const [, text = ''] = /<Arguments>(.*?)<\/Arguments>/.exec(xml) ?? [];
    expect(text.replaceAll('&quot;', '"')).toBe(String.raw`"C:\a b\\" "say \"hi\"" "end\\\"" "" x\y`);
  });

  it.runIf(has('xmllint'))('are well-formed, whatever the command', () => {
    const hostile = ['/bin/x', '<a href="&">', ']]>', '\u0001\u001b[31m', '&#0;', '\ufffe'];
    for (const cron of ['@daily', '*/10 * * * *', '0 6 13 2 FRI,MON#1']) {
      execFileSync('xmllint', ['--noout', '-'], { input: task(cron, hostile) });
      const umlauts = task(cron, [...hostile, 'C:\\Users\\J\u00fcrgen']);
      execFileSync('xmllint', ['--noout', '-'], { input: Buffer.from(taskFile(umlauts), 'utf16le') });
    }
  });
});
