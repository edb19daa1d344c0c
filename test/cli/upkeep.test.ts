import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEntry } from '../../src/model/history.ts';
import { type Ran, run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-upkeep-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map -q'.split(' ');
/** Anything that falls back to the history of the platform shows there. */
const env = { XDG_DATA_HOME: path('data') };

const history = (db: string, ...args: readonly string[]): Promise<Ran> =>
  run(['history', ...args, '--db', path(db)], { env });
const runsOf = async (db: string): Promise<RunEntry[]> =>
  JSON.parse((await history(db, '--format', 'json')).stdout).runs;
const idsOf = async (db: string): Promise<string[]> => (await runsOf(db)).map(({ id }) => id);
const reportOf = async (db: string, id: string): Promise<unknown> =>
  JSON.parse((await run(['report', id, '--db', path(db), '--format', 'json'])).stdout);

beforeAll(async () => {
  for (const last of [1, 2, 3]) {
    await run(['audit', `127.30.8.${last}`, '127.30.8.9', ...FAST, '--db', path('a.db')], { env });
  }
});
// Least of all what removes: the option must reach the command, wherever it stands.
afterAll(() => expect(existsSync(path('data'))).toBe(false));

describe('history export and import', () => {
  it('carry runs from one history to another, once', async () => {
    const out = await history('a.db', 'export', '-o', path('all.ndjson'));
    expect([out.code, out.stdout, out.stderr]).toEqual([0, '', '']);
    const lines = readFileSync(path('all.ndjson'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({ schema: 'ra-preflight/history@1', runs: 3 });
    const taken = await history('b.db', 'import', path('all.ndjson'));
    expect([taken.code, taken.stderr]).toEqual([0, 'ra-preflight: 3 runs with 6 hosts imported\n']);
    const ids = await idsOf('a.db');
    expect(taken.stdout.trim().split('\n').sort()).toEqual(ids.toSorted());
    expect(await idsOf('b.db')).toEqual(ids);
    for (const id of ids) expect(await reportOf('b.db', id)).toEqual(await reportOf('a.db', id));
    const again = await history('b.db', 'import', path('all.ndjson'));
    expect([again.stdout, again.stderr]).toEqual([
      '',
      'ra-preflight: 0 runs with 0 hosts imported, 3 already existed\n',
    ]);
  });

  it('take single runs and standard input', async () => {
    const { stdout } = await history('a.db', 'export', 'latest');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ runs: 1 });
    const taken = await run(['history', 'import', '-', '--db', path('c.db')], { env, input: stdout });
    expect(taken.stdout.trim()).toBe((await idsOf('a.db'))[0]);
  });

  it('believe nothing', async () => {
    const lines = readFileSync(path('all.ndjson'), 'utf8').split('\n');
    const bad = lines.map((line, index) =>
      index === 2 ? line.replace('"verdict":"', '"verdict":"x') : line,
    );
    writeFileSync(path('bad.ndjson'), bad.join('\n'));
    for (const [file, line] of [
      ['bad.ndjson', /line 3/],
      ['nowhere', /nowhere.*ENOENT/],
      ['', /EISDIR/],
    ] as const) {
      const { code, stdout, stderr } = await history('d.db', 'import', path(file));
      expect(stderr).toMatch(line);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect([code, stdout]).toEqual([2, '']);
    }
    expect(await idsOf('d.db')).toEqual([]);
  });
});

describe('history prune', () => {
  it('says what would go, and then removes just that', async () => {
    await history('e.db', 'import', path('all.ndjson'));
    const ids = await idsOf('e.db');
    const dry = await history('e.db', 'prune', '--keep', '1', '--dry-run');
    expect(dry.stderr).toMatch(/^ra-preflight: 2 runs with 4 hosts would be removed/);
    expect(await idsOf('e.db')).toEqual(ids);
    expect((await history('e.db', 'prune', '--keep', '1', '--older-than', '1d')).stdout).toBe('');
    const done = await history('e.db', 'prune', '--keep', '1');
    expect(done.stdout).toBe(dry.stdout);
    expect(done.stderr).toMatch(/2 runs with 4 hosts removed/);
    expect(await idsOf('e.db')).toEqual(ids.slice(0, 1));
  });

  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['prune'], /keep/],
    [['prune', '--older-than', '3 days'], /--older-than '3 days'.*90d/],
    [['prune', '--keep', '-1'], /--keep/],
    [['export', 'nonesuch'], /nonesuch/],
    [['backup', path('a.db'), '--force'], /the history itself/],
  ];
  it.each(refusals)('%j is refused in one line', async (args, line) => {
    const { code, stdout, stderr } = await history('a.db', ...args);
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('is not given the options of another command', async () => {
    const { code, stderr } = await run(['history', '--db', path('a.db'), 'prune', '--keep', '1'], { env });
    expect([code, stderr]).toEqual([2, 'ra-preflight: history --db: belongs after prune\n']);
  });
});

describe('history backup', () => {
  it('copies while an audit records, and replaces only what may be replaced', async () => {
    // Slow enough that it still runs after a backup on a machine that has much else to do.
    const ending = run(['audit', '127.30.9.0/25', ...FAST, '--rate', '80', '--db', path('a.db')], { env });
    const running = async (): Promise<boolean> => (await runsOf('a.db'))[0]?.state === 'running';
    while (!(await running())) await new Promise((resolve) => setTimeout(resolve, 50));
    const made = await history('a.db', 'backup', path('copy.db'));
    expect([made.code, made.stdout]).toEqual([0, '']);
    expect(made.stderr).toMatch(/copy\.db: 0\.\d MB, checked/);
    expect(await running()).toBe(true);
    const copied = await runsOf('copy.db');
    expect(copied).toHaveLength(4);
    expect(await reportOf('copy.db', copied[1]?.id ?? '')).toEqual(
      await reportOf('a.db', copied[1]?.id ?? ''),
    );
    expect((await history('a.db', 'backup', path('copy.db'))).stderr).toMatch(/already exists/);
    expect((await history('a.db', 'backup', path('copy.db'), '--force')).code).toBe(0);
    expect((await ending).code).toBe(1);
    expect((await runsOf('a.db'))[0]).toMatchObject({ state: 'finished', hosts: 128 });
  });
});
