import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDiff, RunEntry } from '../../src/model/history.ts';
import type { HostReport, Report } from '../../src/model/report.ts';
import { diffSchema } from '../../src/output/diff-schema.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { hasGroups, judgedIn, type Ran, type RunOptions, run, until } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');

const audit = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run(['audit', ...args, ...FAST, ...(args.includes('--db') ? [] : ['--db', ':memory:'])], options);

const reportOf = async (args: readonly string[], options: RunOptions = {}): Promise<Report> => {
  const { code, stdout, stderr } = await audit([...args, '--format', 'json', '-q'], options);
  if (code === 2 || code === 70) throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  return report;
};

const targets = ({ hosts }: Report): string[] => hosts.map(({ target }) => target);
const loopback = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `127.21.0.${from + i}`);

describe('the targets of an audit', () => {
  it('are blocks, ranges, addresses and names, each once, less what is excluded', async () => {
    const report = await reportOf([
      ...['127.21.0.0/29', '127.21.0.5-127.21.0.9', '127.21.0.20', 'localhost'],
      ...['--exclude', '127.21.0.0/31', '--exclude', '127.21.0.8,::/0', '-4'],
    ]);
    expect(targets(report)).toEqual([...loopback(2, 7), '127.21.0.9', '127.21.0.20', 'localhost']);
  });

  it('come from lists, standard input and CSV in the encodings of Windows', async () => {
    writeFileSync(
      file('list.txt'),
      '# the weekly ones\r\n127.21.0.1, 127.21.0.2\r\n\r\n127.21.0.4/31 # two\r\n',
    );
    const csv =
      '#TYPE Microsoft.ActiveDirectory.Management.ADComputer\r\n"Name";"IPv4Address"\r\n"PC1";"127.21.0.7"\r\n"PC2";""\r\n';
    writeFileSync(file('pcs.csv'), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, 'utf16le')]));
    expect(targets(await reportOf([`@${file('list.txt')}`]))).toEqual([...loopback(1, 2), ...loopback(4, 5)]);
    expect(targets(await reportOf(['-'], { input: '127.21.0.3\n' }))).toEqual(['127.21.0.3']);
    expect(targets(await reportOf([`@${file('pcs.csv')}`, '--csv-column', 'ipv4address']))).toEqual([
      '127.21.0.7',
    ]);
    writeFileSync(file('out.txt'), '127.21.0.2\n');
    const less = ['127.21.0.0/30', '--exclude-file', file('out.txt')];
    expect(targets(await reportOf(less))).toEqual(['127.21.0.0', '127.21.0.1', '127.21.0.3']);
  });

  const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['multicast', ['224.0.0.0/28'], /'224\.0\.0\.0\/28'.*multicast/],
    ['a block that holds forbidden addresses', ['0.0.0.0/1'], /0\.0\.0\.0\/8/],
    ['nothing left', ['127.21.0.1', '--exclude', '127.21.0.0/24'], /nothing|no target/],
    ['a list that is not there', ['@/nonexistent'], /@\/nonexistent.*ENOENT/],
    [
      'a column that is not there',
      [`@${file('pcs.csv')}`, '--csv-column', 'Host'],
      /no column 'Host'.*'IPv4Address'/,
    ],
    ['a column without a list', ['127.21.0.1', '--csv-column', 'Host'], /--csv-column/],
    ['no target', [], /no target given/],
    ['a reversed range', ['127.21.0.9-127.21.0.1'], /did you mean 127\.21\.0\.1-127\.21\.0\.9/],
    [
      'a folder that is not there',
      ['127.21.0.1', '--db', '/nonexistent/h.db'],
      /history '\/nonexistent\/h\.db'/,
    ],
    ['a file that is no database', ['127.21.0.1', '--db', file('list.txt')], /not a SQLite database/],
  ];
  it.each(refusals)('are refused with one line before a packet is sent: %s', async (_, args, line) => {
    const { code, stdout, stderr } = await audit(args);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('above 4,096 ask for --yes, with what it would cost', async () => {
    const { code, stderr } = await audit(['127.22.0.0/16']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/65,536 hosts are about [\d,]+ packets .* at --rate 20000; add --yes/);
    expect((await audit(['127.22.0.0/20', '--exclude', '127.22.0.0/20'])).stderr).not.toContain('--yes');
  });

  it('stay within the scope of the configuration', async () => {
    writeFileSync(file('scope.toml'), '[scope]\nallow = ["127.21.0.0/24"]\ndeny = ["127.21.0.2"]\n');
    const scope = ['--config', file('scope.toml')];
    expect(targets(await reportOf(['127.21.0.0/30', ...scope]))).toEqual([
      '127.21.0.0',
      '127.21.0.1',
      '127.21.0.3',
    ]);
    for (const outside of ['127.21.0.2', '127.21.1.0/24', '127.21.0.0/23']) {
      const { code, stderr } = await audit([outside, ...scope]);
      expect(stderr).toContain('out of scope');
      expect(code).toBe(2);
    }
    const { stderr } = await audit(['127.21.0.0/30', ...scope, '--format', 'nagios']);
    expect(stderr).toContain('1 address left out: the configuration denies them');
    // A name is looked up later, and its address is checked all the same.
    const named = await reportOf(['localhost', ...scope]);
    expect(named.hosts[0]).toMatchObject({ address: null });
    expect(named.run.probesSent).toBe(0);
  });
});

describe('the formats of an audit', () => {
  it('stream as ndjson: a run, hosts as they are judged, a summary', async () => {
    const { code, stdout } = await audit(['127.21.0.0/28', '--format', 'ndjson', '-q']);
    expect(code).toBe(1);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(18);
    expect(lines[0].run).toMatchObject({ engine: expect.any(String), seed: expect.any(Number) });
    const hosts = lines.slice(1, -1) as HostReport[];
    expect(new Set(hosts.map(({ target }) => target)).size).toBe(16);
    expect(lines.at(-1)).toMatchObject({ summary: { hosts: 16, blocked: 16 }, groups: [] });
  });

  it('stream into a file, too, which is there when all is in it', async () => {
    const path = file('result.ndjson');
    const { code, stdout } = await audit(['127.21.0.0/28', '--format', 'ndjson', '-q', '-o', path]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(18);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ summary: { hosts: 16, blocked: 16 } });
    expect(readdirSync(folder).filter((name) => name.includes('result.ndjson'))).toEqual(['result.ndjson']);
  });

  it('leave no part of a file behind when the audit fails', async () => {
    const path = file('never.ndjson');
    const { code, stderr } = await run([
      ...['audit', '127.21.0.0/28', ...FAST, '--format', 'ndjson', '-q', '-o', path],
      ...['--db', file('nowhere/history.db')],
    ]);
    expect(stderr).toContain('there is not a folder');
    expect(code).toBe(2);
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([]);
  });

  it.each(['csv', 'nmap-xml', 'junit', 'prometheus', 'html', 'table'])(
    'go to a file as %s, whole',
    async (format) => {
      const path = file(`result.${format}`);
      const { code, stdout } = await audit(['127.21.0.0/30', '--format', format, '-o', path, '-q']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(readFileSync(path, 'utf8')).toContain('127.21.0.');
    },
  );

  it('end with the codes of a monitoring plugin as nagios', async () => {
    const { code, stdout } = await audit(['127.21.0.0/30', '--format', 'nagios', '-q']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^RA-PREFLIGHT CRITICAL - 0 of 4 hosts ready, 4 blocked \| /);
  });
});

describe('the history', () => {
  const db = file('history.db');
  const history = async (): Promise<RunEntry[]> =>
    JSON.parse((await run(['history', '--db', db, '--format', 'json'])).stdout).runs;
  const servers = [135, 3389].map(() => createServer((socket) => socket.on('error', () => {}).end()));

  beforeAll(async () => {
    await audit(['127.21.0.0/29', '--db', db, '-q', '--seed', '3']);
    // TCP 135 opens on two hosts, one goes and one comes.
    await Promise.all(
      servers.map((server, i) => new Promise<void>((done) => server.listen(135, `127.21.0.${i + 1}`, done))),
    );
    await audit(['127.21.0.1-127.21.0.8', '--db', db, '-q', '--seed', '4']);
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it('lists runs, newest first', async () => {
    const runs = await history();
    expect(runs.map(({ state, hosts, seed }) => ({ state, hosts, seed }))).toEqual([
      { state: 'finished', hosts: 8, seed: 4 },
      { state: 'finished', hosts: 8, seed: 3 },
    ]);
    const { code, stdout } = await run(['history', '--db', db]);
    expect(code).toBe(0);
    expect(stdout).toContain('127.21.0.0/29');
  });

  it('gives the report of a run again, in any format', async () => {
    const [newest] = await history();
    const { code, stdout } = await run([
      'report',
      newest?.id.slice(0, 20) ?? '',
      '--db',
      db,
      '--format',
      'json',
    ]);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as Report;
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(report.run).toMatchObject({ id: newest?.id, seed: 4 });
    expect(targets(report)).toEqual(loopback(1, 8));
    expect((await run(['report', 'previous', '--db', db, '--format', 'csv'])).stdout).toContain('127.21.0.7');
  });

  it('compares two runs', async () => {
    const { code, stdout } = await run(['diff', 'previous', 'latest', '--db', db, '--format', 'json']);
    expect(code).toBe(1);
    const diff = JSON.parse(stdout) as RunDiff;
    expect(diffSchema.safeParse(diff).error).toBeUndefined();
    const changed = new Map(diff.changes.map(({ target, kind }) => [target, kind]));
    expect(changed.get('127.21.0.0')).toBe('gone');
    expect(changed.get('127.21.0.8')).toBe('appeared');
    expect(diff.summary.compared).toBe(7);
    expect((await run(['diff', 'latest', 'latest', '--db', db])).code).toBe(0);
    expect((await run(['diff', 'latest', 'nope', '--db', db])).code).toBe(2);
  });

  it('keeps an interrupted run, which resumes with its options and reports as a whole', async () => {
    const own = file('interrupted.db');
    const slow = ['127.21.4.0/24', '--db', own, '--concurrency', '8'];
    const stopped = await run(
      [
        'audit',
        ...slow,
        '--rate',
        '300',
        '--subnet-rate',
        '300',
        '--sample',
        '2',
        '--no-ping',
        '--format',
        'json',
      ],
      {
        during: async (kill) => {
          await until(() => judgedIn(own) > 100);
          kill('SIGINT');
        },
      },
    );
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/resume with: ra-preflight audit --resume \S+ --db \S+/);
    const part = JSON.parse(stopped.stdout) as Report;
    expect(part.run.interrupted).toBe(true);
    expect(part.summary.hosts).toBeGreaterThan(0);
    expect(part.summary.hosts).toBeLessThan(256);
    // Hosts that were cut short are not in the report: they have not been judged.
    expect(part.hosts.every(({ ports }) => ports.length === 4)).toBe(true);

    const refused = await run(['audit', '--resume', '--db', own, '--sample', '9']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--sample cannot change them'),
    });
    const nowhere = ['-o', file('nowhere/result.json')];
    const unwritable = await run(['audit', '--resume', '--db', own, '--format', 'json', ...nowhere]);
    expect(unwritable).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('nowhere') });
    // It was said before a packet was sent.
    expect(judgedIn(own)).toBe(part.summary.hosts);
    // What neighbours show is concluded of a whole run only.
    expect(hasGroups(own)).toBe(false);
    const resumed = await run(['audit', '--resume', '--db', own, '--format', 'json', '-q']);
    expect(resumed.code).toBe(1);
    const whole = JSON.parse(resumed.stdout) as Report;
    expect(whole.summary.hosts).toBe(256);
    expect(whole.run).toMatchObject({ id: part.run.id, seed: part.run.seed, startedAt: part.run.startedAt });
    expect(whole.run.interrupted).toBe(false);
    expect(whole.run.probesSent).toBeGreaterThanOrEqual(256 * 4);
    // Both parts kept to the rate of the run, so together they cannot have been shorter, but for a burst each.
    expect(whole.run.durationMs).toBeGreaterThan(((256 * 4 - 2 * 64) / 300) * 1000);
    const nothing = await run(['audit', '--resume', '--db', own]);
    expect(nothing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no audit in the history is unfinished'),
    });
  });

  it('that is resumed under another scope says so, and asks by that of today', async () => {
    const db = file('narrow.db');
    const own = ['--db', db, '--format', 'json'];
    const slow = ['--rate', '100', '--subnet-rate', '100', '--sample', '2', '--no-ping', '--no-map'];
    const begun = await run(['audit', '127.21.7.0/27', ...slow, ...own], {
      during: async (kill) => {
        await until(() => judgedIn(db) > 0);
        kill('SIGINT');
      },
    });
    expect(begun.code).toBe(130);
    writeFileSync(file('narrow.toml'), '[scope]\ndeny = ["127.0.0.0/8"]\n');
    const resumed = await run(['audit', '--resume', ...own, '--config', file('narrow.toml')]);
    expect(resumed.stderr).toContain('the scope in the configuration has changed since the run started');
    const before = new Set((JSON.parse(begun.stdout) as Report).hosts.map(({ target }) => target));
    const rest = (JSON.parse(resumed.stdout) as Report).hosts.filter(({ target }) => !before.has(target));
    expect(rest.length).toBe(32 - before.size);
    expect(rest.length).toBeGreaterThan(0);
    expect(new Set(rest.map(({ ports }) => ports.length))).toEqual(new Set([0]));
  });

  it('gives an audit of the same targets the ports of the one before, and says so', async () => {
    const own = ['--db', file('seeds.db')];
    const seedOf = async (...args: readonly string[]): Promise<readonly [number, string]> => {
      const { stdout, stderr } = await audit([...args, ...own, '--format', 'json']);
      return [(JSON.parse(stdout) as Report).run.seed, stderr];
    };
    const [first, before] = await seedOf('127.21.6.1');
    expect(before).not.toContain('seed');
    const [second, notice] = await seedOf('127.21.6.1');
    expect(second).toBe(first);
    expect(notice).toMatch(
      new RegExp(`the same ports as in run .* are probed \\(seed ${first}\\); --seed N draws others`),
    );
    expect((await seedOf('127.21.6.1', '127.21.6.2'))[1]).not.toContain('seed');
    expect(await seedOf('127.21.6.1', '--seed', '7')).toEqual([7, expect.not.stringContaining('seed')]);
  });

  it('that cannot be written ends the audit with one line, and what was written stays', async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('a small file system needs root');
    const small = mkdtempSync(file('small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
    try {
      const full = join(small, 'history.db');
      const lines = ['--format', 'ndjson', '-o', file('full.ndjson')];
      const { code, stderr } = await audit(['127.23.0.0/20', '--db', full, '-q', ...lines]);
      expect(readdirSync(folder).filter((name) => name.includes('full.ndjson'))).toEqual([]);
      expect(stderr).toMatch(
        /history '.*history\.db': the disk is full; free some space, then resume the run/,
      );
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(2);
      expect(existsSync(full)).toBe(true);
      execFileSync('mount', ['-o', 'remount,size=64m', small]);
      const { code: end, stdout } = await run(['audit', '--resume', '--db', full, '--format', 'json', '-q']);
      expect(end).toBe(1);
      expect((JSON.parse(stdout) as Report).summary.hosts).toBe(4096);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
