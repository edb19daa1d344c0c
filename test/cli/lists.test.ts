import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { foreignOption } from '../../src/cli/foreign-options.ts';
import { resolveExcludes } from '../../src/cli/resolve-excludes.ts';
import type { Report } from '../../src/model/report.ts';
import type { Resolution, Resolver } from '../../src/model/wire.ts';
import { makeExcludes } from '../../src/targets/read-excludes.ts';
import { type Ran, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-lists-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, bytes: string | Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return name;
};

const QUIET = ['--no-ping', '--sample', '2', '--format', 'json', '--db', ':memory:'];
const ran = (...args: string[]): Promise<Ran> => run(args, { cwd: folder });
const audited = async (...args: string[]): Promise<Report> => {
  const { stdout, stderr } = await ran('audit', ...args, ...QUIET);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
};
const targets = ({ hosts }: Report): string[] => hosts.map(({ target }) => target);

describe('excludes', () => {
  it('hold for the addresses that names lead to, in audit and check', async () => {
    const report = await audited(
      'localhost',
      '127.0.22.1',
      '--exclude',
      '127.0.0.0/24',
      '-4',
      '--exclude',
      '::1',
    );
    expect(report.hosts).toMatchObject([
      { target: 'localhost', address: null, verdict: 'undetermined', ports: [], remedies: [] },
      { target: '127.0.22.1', verdict: 'blocked' },
    ]);
    expect(report.hosts[0]?.because).toEqual([
      {
        rule: 'address-forbidden',
        text: 'The host was not probed: excluded by 127.0.0.0/24 (127.0.0.1).',
        ports: [],
      },
    ]);
    expect(report.run.probesSent).toBe(
      report.hosts[1]?.ports.reduce((sum, { attempts }) => sum + attempts, 0),
    );
    const { stdout } = await ran(
      'check',
      'localhost',
      '-4',
      '--exclude',
      '127.0.0.1',
      '--no-ping',
      '--format',
      'json',
    );
    expect((JSON.parse(stdout) as Report).run.probesSent).toBe(0);
  });

  it('given as a name leave its addresses out', async () => {
    expect(targets(await audited('127.0.0.0/30', '127.0.22.1', '--exclude', 'localhost'))).toEqual([
      '127.0.0.0',
      '127.0.0.2',
      '127.0.0.3',
      '127.0.22.1',
    ]);
  });

  const answering = (answers: Readonly<Record<string, Resolution>>): Resolver => ({
    resolve: async (name) => answers[name] ?? { kind: 'not-found', code: 'ENOTFOUND' },
  });

  it('say which names have no address, and refuse those that cannot be looked up', async () => {
    const fault = { kind: 'other', code: 'EAI_AGAIN', text: 'no name server\u001b answered' } as const;
    const resolver = answering({
      pc1: { kind: 'resolved', addresses: [{ address: '10.0.0.1', family: 4 }] },
      pc3: { kind: 'failed', fault },
    });
    const { excludes, notices } = await resolveExcludes({ spans: [], names: ['pc1', 'pc2'] }, resolver);
    expect(makeExcludes(excludes)('10.0.0.1')).toBe('is excluded by pc1');
    expect(notices).toEqual(["exclude 'pc2': has no address now; only the name itself is left out"]);
    await expect(resolveExcludes({ spans: [], names: ['pc1', 'pc3'] }, resolver)).rejects.toThrow(
      /exclude 'pc3': its addresses are not known.*no name server\\u\{1b\} answered/,
    );
  });
});

describe('a computer as Windows writes it', () => {
  it('is itself and not its domain', async () => {
    const list = file('sccm.csv', 'Name\nLOCALHOST\\no-such-1\nLOCALHOST\\NO-SUCH-2$\n');
    const { hosts, run: about } = await audited('--list', list, '--csv-column', 'Name');
    expect(hosts.map(({ target, names, address }) => [target, names, address])).toEqual([
      ['LOCALHOST\\no-such-1', ['no-such-1'], null],
      ['LOCALHOST\\NO-SUCH-2$', ['no-such-2'], null],
    ]);
    expect(about.probesSent).toBe(0);
  });
});

describe('lists', () => {
  const bad = file('bad.txt', '127.0.22.1\nN/A\n10.1.2.0 255.255.255.0\n127.0.0.300 # no\n');

  it('are told all their mistakes at once, and can be asked without them', async () => {
    const refused = await ran('audit', '--list', bad);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^ra-preflight: bad\.txt:2 'N\/A': is not a block/),
      expect.stringMatching(/^ra-preflight: bad\.txt:3 .*write 10\.1\.2\.0\/24$/),
      expect.stringMatching(/^ra-preflight: bad\.txt:4 '127\.0\.0\.300': is not an IPv4 address/),
      'ra-preflight: --skip-bad leaves such entries out and probes the others',
    ]);
    expect(targets(await audited('--list', bad, '--skip-bad'))).toEqual(['127.0.22.1']);
    const { stderr } = await ran('audit', '--list', bad, '--skip-bad', ...QUIET);
    expect(stderr).toContain("ra-preflight: left out: bad.txt:2 'N/A'");
  });

  it('say what a block with host bits is', async () => {
    const list = file('nb.csv', 'Name,IPv4Address\nPC2,127.0.22.5/31\n');
    const { stdout, stderr } = await ran('audit', '--list', list, '--csv-column', 'IPv4Address', ...QUIET);
    expect(stderr).toContain("nb.csv:2 '127.0.22.5/31' is all of 127.0.22.4/31");
    expect(targets(JSON.parse(stdout) as Report)).toEqual(['127.0.22.4', '127.0.22.5']);
  });

  it('are read with 200,000 lines, and so are excludes', async () => {
    const lines = Array.from(
      { length: 200_000 },
      (_, i) => `127.${64 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`,
    );
    const list = file('many.txt', lines.join('\n'));
    const asked = await ran('audit', '--list', list);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringMatching(/200,000 hosts .* add --yes/)]);
    const others = file('others.txt', lines.slice(2).join('\n'));
    const left = await audited('--list', list, '--exclude-file', others);
    expect(targets(left)).toEqual(['127.64.0.0', '127.64.0.1']);
  });

  it('are standard input where they are called -, in every way to give one', async () => {
    const input = 'localhost # a comment\n127.0.22.1, 127.0.22.2\n';
    const QUIETER = [...QUIET, '-q', '-4', '--exclude', '127.0.0.0/24'];
    for (const how of [['-'], ['@-'], ['--list', '-'], ['--list=-']]) {
      const { stdout } = await run(['audit', ...how, ...QUIETER], { cwd: folder, input });
      expect([how, targets(JSON.parse(stdout) as Report)]).toEqual([
        how,
        ['localhost', '127.0.22.1', '127.0.22.2'],
      ]);
    }
    for (const [args, said] of [
      [['--list', '-'], 'standard input has no target in it'],
      [['-'], 'standard input has no target in it'],
      [['--list', '-', '-'], 'standard input can be read only once, and is given as several lists'],
    ] as const) {
      const { code, stdout, stderr } = await run(['audit', ...args], { cwd: folder, input: '\n# none\n' });
      expect([code, stdout, stderr]).toEqual([2, '', `ra-preflight: ${said}\n`]);
    }
    expect((await ran('audit', '--list', '-')).stderr).toBe(
      'ra-preflight: standard input has no target in it\n',
    );
  });

  it('are read in UTF-16 without a mark too', async () => {
    const list = file('utf16.txt', Buffer.from('127.0.22.1\r\n127.0.22.2\r\n', 'utf16le'));
    expect(targets(await audited(`@${list}`))).toEqual(['127.0.22.1', '127.0.22.2']);
    const old = file('old.xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'));
    expect((await ran('audit', `@${old}`)).stderr).toMatch(
      /old\.xls: is an old Office workbook .*save the list as CSV/,
    );
  });
});

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

describe('a schedule', () => {
  const list = (targets: string) => {
    file('s.toml', `[[schedule]]\nname = "nightly"\ncron = "@daily"\ntargets = ${targets}\n`);
    return ran('schedule', 'list', '--config', 's.toml');
  };

  it('with targets that cannot be probed starts nothing, and says all of them', async () => {
    const { code, stdout, stderr } = await list('["pc1", "10.0.0.0/33", "pc\\u001b[2J", "10.0.0.300"]');
    expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 3]);
    expect(stderr).toContain("schedule 'nightly': targets '10.0.0.0/33': is not a block");
    expect(stderr).toContain("'pc\\u{1b}[2J'");
  });

  it('is listed in clean words', async () => {
    const { code, stdout } = await list('["pc1", "@\\u001b[2J\\u009b\\u202e.txt"]');
    expect([code, stdout]).toEqual([0, expect.stringContaining('  pc1, @\\u{1b}[2J\\u{9b}\\u{202e}.txt\n')]);
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
