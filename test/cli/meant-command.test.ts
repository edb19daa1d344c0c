import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { foreignOption } from '../../src/cli/foreign-options.ts';
import { file, folder, ran } from './list-files.ts';

afterAll(() => rmSync(folder, { recursive: true }));

describe('who means another command', () => {
  file('pcs.txt', 'localhost');

  it.each([
    [['pc0417'], "unknown command 'pc0417'; did you mean: ra-preflight check pc0417"],
    [['10.0.0.0/24'], 'did you mean: ra-preflight audit 10.0.0.0/24'],
    [['pcs.txt'], 'did you mean: ra-preflight audit --list pcs.txt'],
    [['0x800706BA'], 'did you mean: ra-preflight explain 0x800706BA'],
    [['e_accessdenied'], 'did you mean: ra-preflight explain e_accessdenied'],
    [['chekc', 'pc1'], 'Did you mean check?'],
    [['policy', 'pc0417'], "unknown command 'pc0417'\n"],
    [['check', '10.0.0.0/24'], 'ra-preflight audit 10.0.0.0/24 probes them'],
    [['check', '10.0.0.1-9'], 'ra-preflight audit 10.0.0.1-9 probes them'],
    [['check', '@pcs.txt'], 'ra-preflight audit @pcs.txt probes them'],
    [['audit', 'pcs.txt'], "target 'pcs.txt': is a file here; --list pcs.txt reads it"],
    [['check', 'pc1', '-oX', 'out.xml'], '-oX: writes one format at a time here: --format nmap-xml -o FILE'],
    [['audit', '-iL', 'pcs.txt'], '-iL: is --list FILE here'],
    [['check', '--list', 'pcs.txt'], "unknown option '--list'; it is an option of audit\n"],
    [['check', '--list=-'], "unknown option '--list'; it is an option of audit\n"],
    [['audit', 'pc1', '--witness=pc2'], "unknown option '--witness'; it is an option of check\n"],
    [['check', 'pc1', '--lisst'], "unknown option '--lisst' (Did you mean --listen?)\n"],
    [['check', 'pc1', '--timeout', '3 min'], 'e.g. 500ms or 3s'],
    [['check', '\u001b[31m'], '\\u{1b}[31m'],
    [['\u009b2J\u202e'], '\\u{9b}2J\\u{202e}'],
    [['check', 'pc1', '--\u001bx'], "unknown option '--\\u{1b}x'"],
    [['audit', '@no\u001b\u202esuch'], '@no\\u{1b}\\u{202e}such: cannot be read'],
    [['check', 'pc1', '--config', 'no\u009b'], '--config no\\u{9b}: cannot be read'],
    [['serve', '--token-file', 'no\u009b'], '--token-file no\\u{9b}: cannot be read'],
  ])('%j is told in a line', async (args, said) => {
    const { code, stderr } = await ran(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('help for what is no command says so below the list of commands', async () => {
    const { code, stderr } = await ran('help', 'audits');
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n\s+help \[command\].*\nra-preflight: unknown command 'audits'\n$/);
  });

  it.runIf(process.platform !== 'win32').each([
    [['audit', '--list', '/dev/zero'], 'target @/dev/zero: is longer than 256 MiB'],
    [['audit', 'pc1', '--exclude-file', '/dev/zero'], '--exclude-file /dev/zero: is longer than 256 MiB'],
    [['check', 'pc1', '--config', '/dev/zero'], '--config /dev/zero: is longer than 1 MiB'],
    [['serve', '--token-file', '/dev/zero'], '--token-file /dev/zero: is longer than 1 MiB'],
    [
      ['worker', '--redis', 'redis://127.0.0.1:1', '--vantage', 'a', '--fleet-key-file', '/dev/zero'],
      '--fleet-key-file /dev/zero: is longer than 1 MiB',
    ],
  ])('%j ends, though the file never does', async (args, said) => {
    const { code, stderr } = await ran(...args);
    expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining(said)]);
  });

  it('options of other scanners are known, and ours are not taken for them', () => {
    for (const word of [
      '-oN',
      '-oA',
      '-Pn',
      '-sS',
      '-sT',
      '-sn',
      '-p',
      '-p135',
      '-p-',
      '-T4',
      '--max-rate',
      '-A',
    ])
      expect([word, foreignOption(['pc1', word])]).not.toContain(null);
    const ours = [
      '-o',
      'X',
      '-4',
      '-6',
      '-q',
      '-v',
      '-h',
      '-V',
      '--rate',
      '--per-host',
      '-',
      '-oreport.html',
    ];
    expect(foreignOption(ours)).toBeNull();
    expect(foreignOption(['--', '-Pn'])).toBeNull();
  });

  it.each(['500ms', '3s', '1.5s', '2000'])('a time may have its unit: %s', async (time) => {
    expect((await ran('check', '127.0.22.1', '--timeout', time, '--no-ping', '-q')).code).toBe(1);
  });
});

it('a monitoring plugin that cannot work says so in its one line', async () => {
  for (const args of [['http://x'], ['x', '--bogus'], ['x', '--config', 'nope|'], ['x', '-o', 'no/where']]) {
    const { code, stdout } = await ran('check', '--format', 'nagios', ...args);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^RA-PREFLIGHT UNKNOWN - [^|\n]+\n$/)]);
  }
});

it('so it does where the configuration asks for that format', async () => {
  file('plugin.toml', 'rate = 500\nformat = "nagios"\n[scope]\ndeny = ["10.0.0.0/8"]\n');
  file('broken.toml', "format = 'nagios'\nrate = \n");
  file('wrong.toml', 'format = "nagios"\nengine = "warp"\n');
  file('other.toml', 'format = "json"\n[[schedule]]\nformat = "nagios"\n');
  const unknown = /^RA-PREFLIGHT UNKNOWN - [^|\n]+\n$/;
  for (const args of [
    ['check', 'http://x', '--config', 'plugin.toml'],
    ['check', 'x', '--config=plugin.toml', '--bogus'],
    ['check', '10.1.2.3', '--config', 'plugin.toml'],
    ['check', 'x', '--config', 'broken.toml'],
    ['audit', '127.0.22.1', '--config', 'wrong.toml'],
  ]) {
    const { code, stdout } = await ran(...args);
    expect([args, code, stdout]).toEqual([args, 3, expect.stringMatching(unknown)]);
  }
  for (const args of [
    ['check', 'http://x', '--config', 'plugin.toml', '--format', 'json'],
    ['check', 'http://x', '--config', 'plugin.toml', '-o', 'x.html'],
    ['check', 'http://x', '--config', 'other.toml'],
    ['history', '--bogus'],
  ]) {
    const { code, stdout } = await ran(...args);
    expect([args, code, stdout]).toEqual([args, 2, '']);
  }
});
