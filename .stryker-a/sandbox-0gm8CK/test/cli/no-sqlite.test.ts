import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finish } from '../lab/shell.ts';

const ROOT = join(import.meta.dirname, '../..');
const HOST = '127.0.52.7';
const AUDIT = ['audit', HOST, '--sample', '3', '--no-ping', '--seed', '3'];

/** Node's own SQLite, where there is one, would stand in. */
const WITHOUT_OWN = process.allowedNodeEnvironmentFlags.has('--experimental-sqlite')
  ? ['--no-experimental-sqlite']
  : [];

let at = '';
/** The program where libsql is not installed. */
const run = async (args: readonly string[], flags = WITHOUT_OWN) =>
  finish(process.execPath, [...flags, join(at, 'bin/ra-preflight.js'), ...args], {
    env: { ...process.env, XDG_DATA_HOME: join(at, 'data'), XDG_CONFIG_HOME: at },
  });

beforeAll(() => {
  at = mkdtempSync(join(tmpdir(), 'no-sqlite-'));
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, part), join(at, part), { recursive: true });
  mkdirSync(join(at, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules/koffi'), join(at, 'node_modules/koffi'));
});
afterAll(() => rmSync(at, { recursive: true, force: true }));

describe('where SQLite cannot be loaded', () => {
  it('an audit reports, groups and says in one line that it is not kept', async () => {
    const { code, stdout, stderr } = await run([...AUDIT, '127.0.52.8', '--format', 'json']);
    const { hosts, summary, run: told } = JSON.parse(stdout);
    expect(hosts.map(({ target }: { target: string }) => target).toSorted()).toEqual([HOST, '127.0.52.8']);
    expect(summary).toMatchObject({ hosts: 2 });
    expect(told).toMatchObject({ interrupted: false, seed: 3 });
    expect(code).toBeLessThanOrEqual(3);
    expect(stderr.split('\n').filter((line) => line.includes('not kept'))).toEqual([
      expect.stringMatching(
        /^ra-preflight: this audit is not kept in a history: SQLite cannot be loaded: libsql: /,
      ),
    ]);
    expect(existsSync(join(at, 'data'))).toBe(false);
  });

  it('hosts stream line by line as well', async () => {
    const { stdout } = await run([...AUDIT, '--format', 'ndjson']);
    const [, host] = stdout.trimEnd().split('\n');
    expect(JSON.parse(host ?? '{}')).toMatchObject({ target: HOST });
  });

  it.each([
    ['an audit with a history by name', [...AUDIT, '--db', 'some.db']],
    ['a list of the history', ['history']],
    ['a report', ['report', 'latest']],
    ['a comparison', ['diff', 'previous', 'latest']],
    ['a resume', ['audit', '--resume']],
  ])('%s ends with exit code 2 and one line', async (_, args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^ra-preflight: SQLite cannot be loaded: libsql: .*Node 22\.16.*\n$/);
  });

  it('doctor says so', async () => {
    const { stdout } = await run(['doctor']);
    expect(stdout).toMatch(/missing {2}history {8}SQLite cannot be loaded/);
  });

  it("Node's own is used where it has one", async ({ skip }) => {
    if (!process.getBuiltinModule?.('node:sqlite')) return skip(`Node ${process.version} has no node:sqlite`);
    const kept = await run([...AUDIT, '--format', 'json'], []);
    expect(kept.stderr).not.toMatch(/not kept|Experimental/);
    const { stdout } = await run(['history', '--format', 'json'], []);
    expect(JSON.parse(stdout).runs).toHaveLength(1);
  });
});
