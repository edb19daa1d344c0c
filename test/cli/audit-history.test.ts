import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDiff, RunEntry } from '../../src/model/history.ts';
import type { Report } from '../../src/model/report.ts';
import { diffSchema } from '../../src/output/diff-schema.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { audit, file, folder, loopback, targets } from './audit-runs.ts';
import { hasGroups, judgedIn, run, until } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

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
