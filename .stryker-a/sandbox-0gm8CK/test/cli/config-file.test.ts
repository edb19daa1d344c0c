import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig, parseScheduleOptions } from '../../src/cli/config-file.ts';
import { loadSchedules } from '../../src/cli/schedules.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('parseConfig', () => {
  it('gives values of the types that the program works with, and nothing that the file does not say', () => {
    const source = [
      'rpc-ports = "50000-50100"',
      'timeout = "3.5s"',
      'rate = 200',
      'exclude-file = "fragile.txt"',
      'color = false',
      '[scope]',
      'deny = ["10.0.0.0/8"]',
    ].join('\n');
    expect(parseConfig(source, 'c.toml')).toEqual({
      path: 'c.toml',
      schedules: [],
      scope: { allow: [], deny: ['10.0.0.0/8'] },
      options: {
        rpcRange: { from: 50_000, to: 50_100 },
        timeoutMs: 3500,
        rate: 200,
        excludeFiles: ['fragile.txt'],
        colour: false,
      },
    });
  });

  it.each([
    ['rate = 0', "c.toml: --rate '0': expected a whole number from 1 to 1000000"],
    ['rate = 1.5', "c.toml: --rate '1.5': expected a whole number from 1 to 1000000"],
    ['timeout = 1', "c.toml: --timeout '1': expected a time from "],
    ['engine = "warp"', "c.toml: --engine 'warp': expected one of auto, node,"],
    ['yes = true', 'c.toml: "yes": is not a known key, expected one of novice, rpc-ports,'],
  ])('refuses %s, and names the file', (source, why) => {
    expect(() => parseConfig(source, 'c.toml')).toThrow(why);
  });
});

describe('the options of a schedule', () => {
  it('are only those that it sets itself', () => {
    expect(parseScheduleOptions({ rate: 5 }, 'here')).toEqual({ rate: 5 });
  });

  it('are completed by those at the top of the file, its excludes among them', async () => {
    const path = join(folder, 'config.toml');
    const top = 'exclude = ["10.9.0.0/24"]\nexclude-file = "fragile.txt"\nsample = 5\n';
    const table = '[[schedule]]\nname = "nightly"\ncron = "@daily"\ntargets = ["10.9.0.0/16"]\nrate = 50\n';
    writeFileSync(path, top + table);
    const [schedule] = await loadSchedules(path, null);
    expect(schedule?.options).toMatchObject({
      excludes: ['10.9.0.0/24'],
      excludeFiles: [join(folder, 'fragile.txt')],
      sample: 5,
      rate: 50,
    });
  });
});
