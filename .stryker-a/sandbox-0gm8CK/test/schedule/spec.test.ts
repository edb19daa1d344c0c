import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { readSchedules } from '../../src/schedule/spec.ts';

const read = (toml: string) => readSchedules(parse(toml)['schedule'] as unknown[], 'ra.toml');

const refusal = (entry: Record<string, unknown>, ...others: unknown[]): string => {
  const whole = { name: 'nightly', cron: '0 6 * * *', targets: ['10.1.0.0/24'], ...entry };
  const given = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
  try {
    readSchedules([given, ...others], 'ra.toml');
  } catch (error) {
    expect(error).toMatchObject({ name: 'UsageError' });
    return (error as Error).message;
  }
  return 'taken';
};

describe('schedules of a config file', () => {
  it('are read with all their keys; options and rules are passed on as they stand', () => {
    const specs = read(`
      [[schedule]]
      name = "nightly"
      cron = "@daily"
      timezone = "europe/berlin"
      targets = ["10.1.0.0/24", "@pcs.txt"]
      formats = ["html", "csv"]
      out = "reports"
      sample = 8
      map = false
      exclude = ["10.1.0.7"]
      rpc-ports = "50000-50100"
      notify = [{ on = ["newly-blocked"], mail = { to = "a@example.org" } }]

      [[schedule]]
      name = "Weekly.2"
      cron = "0 6 * * MON"
      targets = ["pc1"]
    `);
    expect(specs).toEqual([
      {
        name: 'nightly',
        cron: '@daily',
        timezone: 'Europe/Berlin',
        targets: ['10.1.0.0/24', '@pcs.txt'],
        formats: ['html', 'csv'],
        out: 'reports',
        options: { sample: 8, map: false, exclude: ['10.1.0.7'], 'rpc-ports': '50000-50100' },
        notify: [{ on: ['newly-blocked'], mail: { to: 'a@example.org' } }],
      },
      {
        name: 'Weekly.2',
        cron: '0 6 * * MON',
        timezone: null,
        targets: ['pc1'],
        formats: [],
        out: null,
        options: {},
        notify: undefined,
      },
    ]);
  });

  it.each([
    [{ name: undefined }, 'ra.toml: schedule 1: name: is missing, expected text in quotes'],
    [{ cron: undefined }, "ra.toml: schedule 'nightly': cron: is missing, expected text in quotes"],
    [{ targets: undefined }, "ra.toml: schedule 'nightly': targets: is missing, expected a list"],
    [{ targets: [] }, 'targets: expected at least one target'],
    [{ targets: ['pc1', 7] }, 'targets[1]: expected text in quotes'],
    [{ targets: 'pc1' }, 'targets: expected a list, e.g. ["10.1.0.0/20"]'],
    [{ name: '../etc' }, "schedule '../etc': name: expected 1 to 64 letters"],
    [{ name: 'a b' }, 'name: expected 1 to 64'],
    [{ name: 'x'.repeat(65) }, 'name: expected 1 to 64'],
    [{ name: '' }, 'name: expected 1 to 64'],
    [{ name: 'nul.x' }, 'name: expected 1 to 64'],
    [{ name: 'x.' }, 'name: expected 1 to 64'],
    [{ name: 'a\u001b[31m' }, "schedule 'a\\u{1b}[31m': name: expected"],
    [{ cron: '0 0 6 * * *' }, "cron '0 0 6 * * *': expected five fields"],
    [{ cron: '0 6 31 2 *' }, "cron: '0 6 31 2 *' never matches, expected days that exist"],
    [{ timezone: 'Mars/Base' }, "timezone: 'Mars/Base' is not a time zone, expected e.g."],
    [{ timezone: '+02:00' }, 'is not a time zone'],
    [{ out: '' }, 'out: expected a folder'],
    [{ formats: 'html' }, 'formats: expected a list, e.g. ["html", "csv"]'],
    [{ sample: { n: 3 } }, 'sample: expected text, a number, true, false or a list'],
    [{ format: 'html' }, 'format: cannot stand in a schedule; a schedule has a list: formats = ["html"]'],
    [{ output: 'x.html' }, 'output: cannot stand in a schedule'],
    [{ 'No Key': 1 }, "'No Key': is not a known key"],
  ])('say what is wrong with %j', (entry, message) => {
    expect(refusal(entry)).toContain(message);
  });

  it('take the 29th of February and the fifth Monday, which do come', () => {
    expect(refusal({ cron: '0 6 29 2 *' })).toBe('taken');
    expect(refusal({ cron: '0 6 * * MON#5' })).toBe('taken');
  });

  it('have names that differ in more than case', () => {
    expect(refusal({}, { name: 'Nightly', cron: '@daily', targets: ['pc1'] })).toBe(
      "ra.toml: schedule 'Nightly': name: appears twice, names must be unique",
    );
  });

  it('are tables', () => {
    expect(() => readSchedules(['nightly'], 'ra.toml')).toThrow(
      'ra.toml: schedule 1: expected a table with name, cron and targets',
    );
  });
});
