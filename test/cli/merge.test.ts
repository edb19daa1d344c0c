import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { FAST, file, folder, HOSTS, lines, merge, part, parts, refused } from './parts.ts';
import { run } from './run.ts';

afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  for (const number of [1, 2, 3]) {
    const { code, stderr } = await part(number, ['-o', file(`part${number}.ndjson`)]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  }
}, 60_000);

/** A part with one line changed. */
const changed = (name: string, from: string, line: number, change: (text: string) => string): string => {
  const all = lines(from);
  all[line] = change(all[line] ?? '');
  writeFileSync(file(name), all.map((one) => `${one}\n`).join(''));
  return file(name);
};

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
