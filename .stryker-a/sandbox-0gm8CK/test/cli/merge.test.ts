import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostReport, Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';
import { judgedIn, type Ran, run, until } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-merge-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

// Connects of the system lose no answer when the machine is busy, as raw sockets may.
const FAST = '--engine node --rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');
/** Two halves of a /24 that stand apart, a whole one, single addresses of a third, and a name. */
const TARGETS =
  '127.24.0.0/26 127.24.1.0/24 127.24.0.192/27 127.24.2.9 127.24.2.4-127.24.2.6 localhost -4'.split(' ');
const HOSTS = 64 + 256 + 32 + 1 + 3 + 1;

const part = (number: number, args: readonly string[] = []): Promise<Ran> =>
  run(['audit', ...TARGETS, ...FAST, '--db', ':memory:', '-q', '--shard', `${number}/3`, ...args]);

const merge = (args: readonly string[]): Promise<Ran> => run(['merge', ...args, '--db', ':memory:']);

const parts = [1, 2, 3].map((number) => file(`part${number}.ndjson`));

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

const lines = (name: string): string[] => readFileSync(name, 'utf8').trimEnd().split('\n');

/** A part with one line changed. */
const changed = (name: string, from: string, line: number, change: (text: string) => string): string => {
  const all = lines(from);
  all[line] = change(all[line] ?? '');
  writeFileSync(file(name), all.map((one) => `${one}\n`).join(''));
  return file(name);
};

const refused = async (args: readonly string[], why: RegExp): Promise<void> => {
  const { code, stdout, stderr } = await merge(args);
  expect(stderr).toMatch(why);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
};

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

describe('a merge', () => {
  it('names the shards that are missing, and reports the others when asked to', async () => {
    await refused(parts.slice(1), /shard is missing: 1\/3; --partial reports the others/);
    await refused(parts.slice(0, 1), /shards are missing: 2\/3, 3\/3; --partial/);
    const { code, stdout, stderr } = await merge([...parts.slice(1), '--partial', '--format', 'json']);
    expect(stderr).toContain('shard is missing: 1/3');
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as Report;
    expect(report.hosts).toHaveLength(HOSTS - 96);
    expect(report.run.running).toBe(true);
  });

  const [one = '', two = '', three = ''] = parts;
  const others: readonly (readonly [string, () => Promise<readonly string[]> | readonly string[], RegExp])[] =
    [
      [
        'of other targets',
        async () => {
          await run([
            ...['audit', '127.24.0.0/25', ...FAST, '--db', ':memory:', '-q'],
            ...['--shard', '1/3', '-o', file('other.ndjson')],
          ]);
          return [file('other.ndjson'), two, three];
        },
        /part2\.ndjson: was made for other targets than .*other\.ndjson/,
      ],
      [
        'of other options',
        async () => {
          await part(3, ['--sample', '5', '-o', file('sample.ndjson')]);
          return [one, two, file('sample.ndjson')];
        },
        /sample\.ndjson: --sample is 5 there, and 2 in .*part1\.ndjson/,
      ],
      [
        'of another seed',
        async () => {
          await part(3, ['--seed', '5', '-o', file('seed.ndjson')]);
          return [one, two, file('seed.ndjson')];
        },
        /seed\.ndjson: --seed is 5 there, and \d+ in/,
      ],
      ['that are the same', () => [one, two, two, three], /part2\.ndjson: is shard 2\/3, and so is .*part2/],
      [
        'of another version',
        () => [
          changed('version.ndjson', one, 0, (text) => text.replace(/"version":"[^"]*"/, '"version":"9.9.9"')),
          two,
          three,
        ],
        /version of ra-preflight is .* there, and 9\.9\.9/,
      ],
    ];
  it.each(others)('refuses parts %s', async (_, files, why) => {
    await refused(await files(), why);
  });

  const first = (
    text: string,
    change: (head: { run: { shard: Record<string, unknown> } }) => void,
  ): string => {
    const head = JSON.parse(text);
    change(head);
    return JSON.stringify(head);
  };
  const hostile: readonly (readonly [string, () => string, RegExp])[] = [
    [
      'that is not there',
      () => file('nothing.ndjson'),
      /nothing\.ndjson: cannot be read: no such file or folder \(ENOENT\)/,
    ],
    ['that is a folder', () => folder, /cannot be read: it is a folder \(EISDIR\)/],
    [
      'that is empty',
      () => changed('empty.ndjson', one, 0, () => '').replace('empty', 'none'),
      /cannot be read/,
    ],
    [
      'that is something else',
      () => {
        writeFileSync(file('text.ndjson'), 'Dear Sir or Madam,\n');
        return file('text.ndjson');
      },
      /text\.ndjson: line 1: 'Dear Sir or Madam,' is not JSON: not a part of an audit/,
    ],
    [
      'that is a report and no part',
      () =>
        changed('report.ndjson', one, 0, (text) =>
          first(text, ({ run: of }) => Reflect.deleteProperty(of, 'shard')),
        ),
      /report\.ndjson: line 1: not a part .*\('run\.shard': Invalid input: expected object, received undefined\)/,
    ],
    [
      'with a line without an end',
      () => {
        writeFileSync(file('long.ndjson'), Buffer.alloc(17 * 2 ** 20, 'x'));
        return file('long.ndjson');
      },
      /long\.ndjson: line 1: longer than 16 Mi characters/,
    ],
    [
      'of bytes',
      () => {
        writeFileSync(file('bytes.ndjson'), Buffer.alloc(4096, 0xfa));
        return file('bytes.ndjson');
      },
      /bytes\.ndjson: line 1: .* is not UTF-8/,
    ],
    [
      'that was cut off',
      () => {
        writeFileSync(
          file('cut.ndjson'),
          lines(one)
            .slice(0, -3)
            .map((line) => `${line}\n`)
            .join(''),
        );
        return file('cut.ndjson');
      },
      /cut\.ndjson: line 96: there is none: the part was cut off/,
    ],
    [
      'without one of its hosts',
      () => {
        writeFileSync(
          file('less.ndjson'),
          lines(one)
            .filter((_, at) => at !== 7)
            .map((line) => `${line}\n`)
            .join(''),
        );
        return file('less.ndjson');
      },
      /less\.ndjson: line 97: ends a run with 95 hosts, and the shard has 96/,
    ],
    [
      'with a host twice',
      () => changed('twice.ndjson', one, 7, () => lines(one)[6] ?? ''),
      /line 8: host \d+ is there twice/,
    ],
    [
      'with a host of another shard',
      () => changed('strange.ndjson', one, 7, (text) => text.replace(/"index":\d+/, '"index":70')),
      /line 8: host 70 is none of shard 1/,
    ],
    [
      'with a host that breaks the schema',
      () => changed('broken.ndjson', one, 7, (text) => text.replace('"blocked"', '"\\u001b[31m"')),
      /line 8: not a part of an audit.*verdict/,
    ],
    [
      'that claims hosts of another part',
      () =>
        changed('greedy.ndjson', one, 0, (text) =>
          first(text, ({ run: { shard } }) => Object.assign(shard, { ranges: [{ from: 0, count: 100 }] })),
        ),
      /has hosts of .*greedy\.ndjson too/,
    ],
    [
      'that claims more hosts than there are',
      () =>
        changed('huge.ndjson', one, 0, (text) =>
          first(text, ({ run: { shard } }) =>
            Object.assign(shard, { ranges: [{ from: 0, count: 2 ** 40 }] }),
          ),
        ),
      /huge\.ndjson: line 1: not a part.*ranges/,
    ],
  ];
  it.each(hostile)('refuses a part %s with one line', async (_, make, why) => {
    await refused([make(), two, three], why);
  });

  it('leaves nothing in the history when it fails', async () => {
    const db = file('failed.db');
    const bad = changed('late.ndjson', one, 90, () => '{"index":1}');
    const { code } = await run(['merge', bad, two, three, '--db', db]);
    expect(code).toBe(2);
    expect(JSON.parse((await run(['history', '--db', db, '--format', 'json'])).stdout).runs).toEqual([]);
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
