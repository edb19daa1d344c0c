import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveExcludes } from '../../src/cli/resolve-excludes.ts';
import type { Report } from '../../src/model/report.ts';
import type { Resolution, Resolver } from '../../src/model/wire.ts';
import { makeExcludes } from '../../src/targets/read-excludes.ts';
import { file, folder, ran } from './list-files.ts';
import { run } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const QUIET = ['--no-ping', '--sample', '2', '--format', 'json', '--db', ':memory:'];

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
