import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIT } from '../../src/cli/options/scan-mode.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import type { RunEntry } from '../../src/model/history.ts';
import type { HostReport, Report } from '../../src/model/report.ts';
import type { WhatIf } from '../../src/model/what-if.ts';
import { whatIfSchema } from '../../src/output/what-if-schema.ts';
import { openHistory } from '../../src/store/open.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { NO_EXCLUDES } from '../../src/targets/read-excludes.ts';
import { serveRpc } from '../lab/windows.ts';
import { ended, newRun } from '../store/new-run.ts';
import { HOPS, range, STEALTH } from '../verdict/networks.ts';
import { type Sketch, sketch } from '../verdict/reports.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** What an audit of these targets keeps. */
const planOf = (targets: readonly string[]) => {
  const scope = { allow: [], deny: [] };
  const options = resolveOptions({}, { options: {}, scope }, AUDIT);
  const items = targets.map((text) => ({ text, at: 'target' }));
  const guard = { families: options.families, scope };
  const { spec } = readTargetSpec({ items, excludes: NO_EXCLUDES, guard });
  return { spec, excludes: NO_EXCLUDES, options, shard: null };
};

/** A history with one finished run of made-up hosts. */
const stored = (name: string, hosts: readonly HostReport[], targets: readonly string[] = []): string => {
  const db = at(name);
  const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
  const history = openHistory(db, around, 'create');
  const plan = targets.length === 0 ? null : planOf(targets);
  const made = newRun('20260108T020000Z-4f2a91', hosts.length);
  const recorder = history.begin({ ...made, ...(plan && { targets }), plan });
  for (const [index, report] of hosts.entries()) recorder.record({ index, ordinal: index, report });
  recorder.finish({ ...ended, id: '20260108T020000Z-4f2a91' }, []);
  history.close();
  return db;
};

describe('report --what-if', () => {
  it('prints what docs/audit.md shows', async () => {
    const both: Sketch = {
      stops: [
        { what: ['endpoint-mapper'], how: 'drop', after: '10.0.3.1' },
        { what: ['dynamic-rpc'], how: 'icmp', by: '10.0.9.1' },
      ],
    };
    const first: Sketch = { stops: both.stops?.slice(0, 1) ?? [] };
    const many = (net: number, to: number, of: Sketch) =>
      range(1, to).map((low) => sketch({ address: `10.1.${net}.${low}`, hops: HOPS, ...of }));
    const db = stored('docs.db', [
      ...many(2, 40, first),
      ...many(3, 11, both),
      ...many(4, 2, { mapper: ['fail', 'mapper-refused', 'proven'] }),
      ...many(5, 5, { ...STEALTH, rule: 'clear-so-far' }),
      ...many(6, 3, { verdict: 'unreachable' }),
    ]);
    const { stdout } = await run(['report', 'latest', '--what-if', '--db', db], { env: { COLUMNS: '100' } });
    const docs = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
    const [, shown] = /report latest --what-if\n(.*?)```/s.exec(docs) ?? [];
    // The page shows a run of the platform's own history.
    expect(stdout.replace(` --db ${db}`, '')).toBe(shown);
  });

  const MAPPER: Sketch = {
    stops: [{ what: ['endpoint-mapper'], how: 'drop', after: '10.0.3.1' }],
    hops: HOPS,
  };
  const hosts = [
    ...range(1, 40).map((low) => sketch({ address: `10.1.2.${low}`, ...MAPPER })),
    sketch({ address: '10.1.3.1', mapper: ['fail', 'mapper-refused', 'proven'] }),
    sketch({ address: '10.1.3.2' }),
  ];

  it('prints the openings of a run as tickets, and as JSON, with the exit code of its audit', async () => {
    const db = stored('what-if.db', hosts);
    const table = await run(['report', '--what-if', '--db', db]);
    expect(table.code).toBe(1);
    expect(table.stdout).toContain(
      '1. open TCP 135 after 10.0.3.1 for 10.1.2.0/26: 40 hosts ready (40 of 40)\n',
    );
    expect(table.stdout).toContain('permit tcp EXPERT 10.1.2.0 0.0.0.63 eq 135\n');
    expect(table.stdout).toContain('nothing listens there');
    expect(table.stdout).toContain(`  ra-preflight audit --verify 20260108T020000Z-4f2a91 --db ${db}\n`);
    const { code, stdout } = await run(['report', 'latest', '--what-if', '--db', db, '--format', 'json']);
    expect(code).toBe(1);
    const whatIf = JSON.parse(stdout) as WhatIf;
    expect(whatIfSchema.safeParse(whatIf).error).toBeUndefined();
    expect(whatIf).toMatchObject({ run: { id: '20260108T020000Z-4f2a91' }, blocked: 41, openable: 40 });
  });

  it('refuses a format that it has not', async () => {
    const { code, stderr } = await run(['report', '--what-if', '--db', at('what-if.db'), '--format', 'csv']);
    expect(code).toBe(2);
    expect(stderr).toContain('--what-if: is made as table or json, not as csv');
  });
});

describe('audit --verify', () => {
  const db = at('verify.db');
  // A sample that proves something: of two ports nobody concludes that a host is ready, and doubt is no change.
  const FAST = '--rate 20000 --subnet-rate 20000 --sample 32 --no-ping --no-map'.split(' ');
  const servers: Server[] = [];
  const open = (address: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        serveRpc(socket, { listed: [] });
      });
      servers.push(server);
      server.on('error', reject).listen(135, address, resolve);
    });
  const verify = (...args: readonly string[]) => run(['audit', '--verify', 'latest', '--db', db, ...args]);
  const runs = async (): Promise<RunEntry[]> =>
    JSON.parse((await run(['history', '--db', db, '--format', 'json'])).stdout).runs;

  beforeAll(async () => {
    await open('127.24.0.1');
    const first = ['127.24.0.0/29', '--exclude', '127.24.0.7', '--seed', '5', '--db', db, '-q'];
    expect(await run(['audit', ...first, ...FAST])).toMatchObject({ code: 1 });
    await open('127.24.0.2');
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it('refuses other targets, other options, and what it has not', async () => {
    const refused = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await run(['audit', ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    const db1 = ['--verify', 'latest', '--db', db];
    expect(await refused(['127.24.0.1', ...db1])).toContain('--verify: uses the targets of that run');
    expect(await refused([...db1, '--sample', '9'])).toContain('--sample cannot change them');
    expect(await refused([...db1, '--resume'])).toContain('exclude each other');
    expect(await refused(['--verify', 'nope', '--db', db])).toContain('nope');
    expect(await refused(['--verify', 'latest', '--db', at('what-if.db')])).toMatch(
      /run 2026\S+ cannot be verified: it has no plan/,
    );
    expect(await runs()).toHaveLength(1);
  });

  it.each([
    ['@passwd', 'has a user name in it'],
    ['127.0.0.0/8', 'not a single host'],
    ['127.24.1.1,127.24.1.2', 'expected a single host'],
    ['127.24.1.2', 'it has hosts that its targets do not name'],
  ])('probes nothing of a history that holds %s for a host', async (target, why) => {
    const own = stored(
      `hostile-${target.length}-${target.replaceAll(/\W/g, '')}.db`,
      [sketch({ address: '127.24.1.1', target, mapper: ['fail', 'mapper-refused', 'proven'] })],
      ['127.24.1.1'],
    );
    const { code, stdout, stderr } = await run(['audit', '--verify', 'latest', '--db', own, '-q']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('wants more than 4,096 hosts confirmed', async () => {
    const hosts = range(0, 4096).map((number) =>
      sketch({ address: `127.25.${number >> 8}.${number & 255}`, verdict: 'unreachable' }),
    );
    const own = stored('many.db', hosts, ['127.25.0.0-127.25.16.0']);
    const { code, stderr } = await run(['audit', '--verify', 'latest', '--db', own, '-q']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/4,097 hosts are about .*; add --yes to probe them/);
  });

  it('stays within what the configuration allows today', async () => {
    writeFileSync(at('scope.toml'), '[scope]\nallow = ["127.24.0.0/30"]\n');
    const { code, stderr } = await verify('--config', at('scope.toml'));
    expect(code).toBe(2);
    expect(stderr).toContain("'127.24.0.4': is out of scope");
    expect(await runs()).toHaveLength(1);
  });

  it('probes only what was not ready again, the same way, keeps that, and prints what changed', async () => {
    // By its name: a second try of this test has a newer run before it.
    const first = (await runs()).at(-1);
    const args = ['--verify', String(first?.id), '--db', db, '--exclude', '127.24.0.6'];
    const { code, stdout, stderr } = await run(['audit', ...args]);
    expect(stderr).toContain('6 of 7 hosts of run');
    expect(code).toBe(1);
    const [newest] = await runs();
    expect(newest).toMatchObject({
      ...{ seed: 5, hosts: 5, state: 'finished', summary: { hosts: 5, ready: 1, blocked: 4 } },
      targets: ['127.24.0.0', '127.24.0.2-127.24.0.5'],
    });
    const report = JSON.parse((await run(['report', '--db', db, '--format', 'json'])).stdout) as Report;
    expect(report.hosts.map(({ target }) => target)).toEqual([0, 2, 3, 4, 5].map((low) => `127.24.0.${low}`));
    const [ports, before] = [report, await old(first)].map(({ hosts }) =>
      hosts.find(({ target }) => target === '127.24.0.3')?.ports.map(({ port }) => port),
    );
    expect(ports).toEqual(before);
    const [, changes] = stdout.split('Comparing run');
    expect(changes).toContain('5 hosts in both runs, 4 of them the same.');
    expect(changes).toMatch(/FIXED {2}1 host\n {2}- 127\.24\.0\.2: Was blocked/);
    expect(changes).not.toContain('127.24.0.6');
  });

  const old = async (entry: RunEntry | undefined): Promise<Report> =>
    JSON.parse((await run(['report', String(entry?.id), '--db', db, '--format', 'json'])).stdout);

  it('prints what changed beside a report that programs read', async () => {
    const { code, stdout, stderr } = await verify('--format', 'json');
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Report).summary.hosts).toBe(4);
    expect(stderr).toContain('4 hosts in both runs, 4 of them the same.');
    expect((await verify('--format', 'json', '-q')).stderr).toBe('');
  });

  it('has nothing to do where every host was ready', async () => {
    const own = at('ready.db');
    await run(['audit', '127.24.0.1', '--db', own, '-q', ...FAST]);
    const { code, stderr } = await run(['audit', '--verify', 'latest', '--db', own]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('nothing to probe again') });
  });
});
