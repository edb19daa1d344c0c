import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostReport, Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { FAST, file, folder, HOSTS, lines, merge, part, parts, refused, TARGETS } from './parts.ts';
import { judgedIn, run, until } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

/** What a host is called, without what differs from run to run. */
const said = ({ target, address, verdict, confidence, because, requirements }: HostReport) => ({
  target,
  address,
  verdict,
  confidence,
  because,
  requirements,
});

beforeAll(async () => {
  for (const number of [1, 2, 3]) {
    const { code, stderr } = await part(number, ['-o', file(`part${number}.ndjson`)]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  }
}, 60_000);

describe('parts of an audit', () => {
  it('merge into the report that one audit makes', async () => {
    const { code, stdout, stderr } = await merge([...parts.toReversed(), '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const merged = JSON.parse(stdout) as Report;
    expect(reportSchema.safeParse(merged).error).toBeUndefined();
    const whole = await run([
      ...['audit', ...TARGETS, ...FAST, '--db', ':memory:', '-q', '--format', 'json'],
      ...['--seed', String(merged.run.seed)],
    ]);
    const single = JSON.parse(whole.stdout) as Report;
    expect(merged.hosts).toHaveLength(HOSTS);
    expect(merged.hosts.map(said)).toEqual(single.hosts.map(said));
    expect(merged.groups).toEqual(single.groups);
    expect(merged.summary).toEqual(single.summary);
    expect(merged.run.interrupted).toBe(false);
    expect(merged.run.running).toBeUndefined();
    expect(merged.run.shards?.map(({ number, hosts }) => [number, hosts])).toEqual([
      [1, 96],
      [2, 256],
      [3, 5],
    ]);
    expect(merged.run.probesSent).toBe(
      merged.run.shards?.reduce((sum, { probesSent }) => sum + probesSent, 0),
    );
  });

  it('are ndjson with the number of each host in the whole', () => {
    const [head = '', ...rest] = lines(parts[0] ?? '');
    expect(JSON.parse(head).run.shard).toMatchObject({
      number: 1,
      of: 3,
      hosts: HOSTS,
      ranges: [
        { from: 0, count: 64 },
        { from: 320, count: 32 },
      ],
    });
    const hosts = rest.slice(0, -1).map((line) => JSON.parse(line) as HostReport);
    expect(hosts.find(({ target }) => target === '127.24.0.192')?.index).toBe(320);
    expect(JSON.parse(rest.at(-1) ?? '').summary).toMatchObject({ hosts: 96, blocked: 96 });
  });

  it('have one seed on all machines, and another for other options', async () => {
    const seed = (name: string): number => JSON.parse(lines(name)[0] ?? '').run.seed;
    expect(new Set(parts.map(seed)).size).toBe(1);
    await part(3, ['--retries', '1', '-o', file('retries.ndjson')]);
    expect(seed(file('retries.ndjson'))).not.toBe(seed(parts[0] ?? ''));
  });

  it('are kept when merged, and compared with the run before', async () => {
    const db = file('kept.db');
    for (let times = 0; times < 2; times++) {
      const { code } = await run(['merge', ...parts, '--db', db, '-q']);
      expect(code).toBe(1);
    }
    const { code, stdout } = await run(['diff', 'previous', 'latest', '--db', db]);
    expect(code).toBe(0);
    expect(stdout).toContain(String(HOSTS));
    const report = async (...args: string[]): Promise<string> =>
      (await run(['report', 'latest', '--db', db, ...args])).stdout;
    const kept = JSON.parse(await report('--format', 'json')) as Report;
    expect(kept.run.shards?.map(({ number, hosts }) => [number, hosts])).toEqual([
      [1, 96],
      [2, 256],
      [3, 5],
    ]);
    expect(await report()).toMatch(/^Shards\n {2}1\. .*: 96 hosts, \d+ probes/m);
    expect(await report('--format', 'html')).toContain('<h2 id="shards">Shards</h2>');
    await run(['history', 'export', '--db', db, '-o', file('kept.ndjson')]);
    await run(['history', 'import', file('kept.ndjson'), '--db', file('copy.db')]);
    const copied = await run(['report', 'latest', '--db', file('copy.db'), '--format', 'json']);
    expect((JSON.parse(copied.stdout) as Report).run.shards).toEqual(kept.run.shards);
  });

  it('are merged from standard input too', async () => {
    const { code } = await run(['merge', '-', ...parts.slice(1), '--db', ':memory:', '-q'], {
      input: readFileSync(parts[0] ?? ''),
    });
    expect(code).toBe(1);
  });
});

describe('a shard', () => {
  it.each(['0/5', '6/5', '2', '2/', '1/1001', '2/5/7', '-1/5'])('is not %j', async (text) => {
    const { code, stderr } = await run(['audit', ...TARGETS, '--shard', text, '-o', file('x.ndjson')]);
    expect(stderr).toMatch(/--shard '.*': expected NUMBER\/COUNT with numbers from 1 on/);
    expect(code).toBe(2);
  });

  it('is written as a part or not at all', async () => {
    const { code, stderr } = await run(['audit', ...TARGETS, '--shard', '1/3', '-o', file('page.html')]);
    expect(stderr).toContain("part for 'ra-preflight merge'; write it with -o part1.ndjson");
    expect(code).toBe(2);
  });

  it('may have no hosts, and is merged all the same', async () => {
    const few = ['127.24.0.0/25', ...FAST, '--db', ':memory:'];
    const said: string[] = [];
    for (const number of [1, 2]) {
      const { stderr } = await run([
        'audit',
        ...few,
        '--shard',
        `${number}/2`,
        '-o',
        file(`few${number}.ndjson`),
      ]);
      said.push(stderr);
    }
    expect(said[0]).toContain('shard 1/2 has no hosts: whole subnets stay together');
    expect(said[1]).toContain('shard 2/2: 128 of 128 hosts');
    const { code, stdout } = await merge([file('few1.ndjson'), file('few2.ndjson'), '--format', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).hosts).toHaveLength(128);
  });

  it('is resumed as the shard that it was', { timeout: 60_000 }, async () => {
    const db = file('resumed.db');
    const slow = '--rate 300 --subnet-rate 300 --sample 2 --no-ping --no-map'.split(' ');
    const name = file('resumed2.ndjson');
    const interrupted = await run(
      ['audit', ...TARGETS, ...slow, '--db', db, '--shard', '2/3', '-o', name, '--seed', '7'],
      { during: (kill) => void until(() => judgedIn(db) > 20).then(() => kill('SIGINT')) },
    );
    expect(interrupted.code).toBe(130);
    for (const number of [1, 3]) await part(number, ['--seed', '7', '-o', file(`resumed${number}.ndjson`)]);
    const all = [1, 2, 3].map((number) => file(`resumed${number}.ndjson`));
    await refused(
      all,
      /shard 2\/3 was interrupted; 'ra-preflight audit --resume \S+ -o FILE' on \S+ ends it/,
    );
    const partial = await merge([...all, '--partial', '--format', 'json', '-q']);
    expect(JSON.parse(partial.stdout).run.running).toBe(true);
    const resumed = await run(['audit', '--resume', '--db', db, '-o', name, '-q']);
    expect(resumed.stderr).toBe('');
    expect(resumed.code).toBe(1);
    const { code, stdout } = await merge([...all, '--format', 'json']);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Report).hosts).toHaveLength(HOSTS);
  });
});
