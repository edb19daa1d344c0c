import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../src/store/open.ts';
import { APPLICATION_ID, MIGRATIONS, prepare } from '../../src/store/schema.ts';
import { connect } from '../../src/store/sql.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened, stage, thrownBy } from './open.ts';

const at = folder();

/** That a call ends in one clear line that names the file. */
const expectFault = (work: () => unknown, path: string, part: string): void => {
  const error = thrownBy(work);
  expect(error).toBeInstanceOf(StoreError);
  expect(error.message).toContain(`history '${path}': `);
  expect(error.message).toContain(part);
  expect(error.message).not.toMatch(/\p{Cc}/u);
};

/** A file with one run of so many hosts, and its bytes. */
const filled = (name: string, hosts: number): string => {
  const path = `${at}/${name}.db`;
  const { history } = opened(path);
  const recorder = history.begin(newRun('run', hosts));
  for (let index = 0; index < hosts; index++) recorder.record(judged(index));
  recorder.finish(ended);
  history.close();
  return path;
};

const open = (path: string) => (): unknown => openHistory(path, stage());

describe('refuses, and leaves as it was,', () => {
  it.each([
    ['text', 'is this a database? '.repeat(500), 'not a SQLite database'],
    ['noise', Buffer.alloc(20_000, 0x5a), 'not a SQLite database'],
  ])('a file of %s', (name, bytes, part) => {
    const path = `${at}/${name}.db`;
    writeFileSync(path, bytes);
    expectFault(open(path), path, part);
    expect(readFileSync(path).equals(Buffer.from(bytes))).toBe(true);
  });

  it.each([
    ['tables', 'CREATE TABLE bookmarks (a)'],
    ['marked', 'PRAGMA application_id = 7'],
    ['versioned', 'PRAGMA user_version = 1'],
  ])("another program's database: %s", (name, script) => {
    const path = `${at}/${name}.db`;
    const sql = connect(path);
    sql.exec(script);
    sql.close();
    const before = readFileSync(path);
    expectFault(open(path), path, 'another program');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('a folder, and a file in no folder', () => {
    mkdirSync(`${at}/folder.db`);
    expectFault(open(`${at}/folder.db`), `${at}/folder.db`, 'is a folder');
    expectFault(open(`${at}/no/x.db`), `${at}/no/x.db`, `there is not a folder '${at}/no'`);
    writeFileSync(`${at}/plain`, '');
    expectFault(open(`${at}/plain/x.db`), `${at}/plain/x.db`, 'is not a folder');
  });

  it.runIf(process.platform !== 'win32')('waits for no pipe', () => {
    execFileSync('mkfifo', [`${at}/pipe`]);
    for (const purpose of ['create', 'change', 'read'] as const)
      expectFault(() => openHistory(`${at}/pipe`, stage(), purpose), `${at}/pipe`, 'is a pipe or a device');
  });

  it('never takes a path for a database on another machine', () => {
    const error = thrownBy(open('http://127.0.0.1:9/history.db'));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('/http:/127.0.0.1:9');
  });
});

describe('migrations', () => {
  const second = [...MIGRATIONS, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"];

  it('bring an old file forward and keep what it has; the old program then refuses it', () => {
    const path = filled('old', 3);
    const sql = connect(path);
    prepare(sql, second);
    expect(sql.rows('SELECT id, note FROM runs')).toEqual([['run', 'none']]);
    expect(sql.rows('PRAGMA user_version')).toEqual([[second.length]]);
    expect(sql.rows('PRAGMA application_id')).toEqual([[APPLICATION_ID]]);
    prepare(sql, second);
    sql.close();
    expectFault(
      open(path),
      path,
      `newer ra-preflight (version ${second.length} of the file, this program knows ${MIGRATIONS.length})`,
    );
  });

  it('make a new file in all steps', () => {
    const sql = connect(`${at}/new.db`);
    prepare(sql, second);
    expect(sql.rows('PRAGMA user_version')).toEqual([[second.length]]);
    expect(sql.rows('PRAGMA journal_mode')).toEqual([['wal']]);
    expect(sql.rows('PRAGMA synchronous')).toEqual([[1]]);
    expect(sql.rows('PRAGMA foreign_keys')).toEqual([[1]]);
    sql.close();
  });

  it('that fail half-way leave the version before', () => {
    const path = filled('half', 3);
    const sql = connect(path);
    const bad = [...MIGRATIONS, 'CREATE TABLE extra (a); INSERT INTO nowhere VALUES (1);'];
    expect(String(thrownBy(() => prepare(sql, bad)).cause)).toContain('nowhere');
    sql.close();
    const { history, sql: again } = opened(path);
    expect(again.rows("SELECT name FROM sqlite_schema WHERE name = 'extra'")).toEqual([]);
    expect([...history.hosts('run')].length).toBe(3);
    history.close();
  });
});

it('a removed run takes its hosts and reports along', () => {
  const { sql } = opened(filled('cascade', 5));
  sql.run('DELETE FROM runs WHERE id = ?', ['run']);
  for (const table of ['hosts', 'evidence', 'parts', 'deliveries']) {
    expect(sql.rows(`SELECT count(*) FROM ${table}`)).toEqual([[0]]);
  }
  sql.close();
});

describe('what was committed stays', () => {
  it('while another program has locked the file; the batch is written afterwards', () => {
    const path = `${at}/locked.db`;
    const { sql, history } = opened(path);
    sql.exec('PRAGMA busy_timeout = 20');
    const recorder = history.begin(newRun('run'));
    recorder.record(judged(0));
    recorder.flush();
    const other = connect(path);
    other.exec('BEGIN IMMEDIATE');
    recorder.record(judged(1));
    expectFault(() => recorder.flush(), path, 'locked');
    expectFault(() => history.resume('run'), path, 'locked');
    expect(history.summary('run').hosts).toBe(1);
    other.exec('ROLLBACK');
    other.close();
    recorder.flush();
    expect([...history.hosts('run')].length).toBe(2);
    history.close();
  });

  it('when the disk is full, and the run goes on when there is room again', () => {
    const path = `${at}/full.db`;
    const { sql, history } = opened(path);
    const recorder = history.begin(newRun('run', 4000));
    for (let index = 0; index < 256; index++) recorder.record(judged(index));
    const [[pages] = []] = sql.rows('PRAGMA page_count');
    sql.rows(`PRAGMA max_page_count = ${Number(pages) + 20}`);
    let index = 256;
    expectFault(
      () => {
        for (; index < 4000; index++) recorder.record(judged(index));
      },
      path,
      'disk is full',
    );
    expect(history.summary('run').hosts).toBeGreaterThanOrEqual(256);
    expect(history.summary('run').hosts % 128).toBe(0);
    expect(sql.rows('PRAGMA integrity_check')).toEqual([['ok']]);
    expect([...history.hosts('run')].length).toBe(history.summary('run').hosts);
    sql.rows('PRAGMA max_page_count = 1000000');
    recorder.finish(ended);
    expect([...history.hosts('run')].length).toBe(index + 1);
    expect(sql.rows('PRAGMA integrity_check')).toEqual([['ok']]);
    history.close();
  });

  it('a damaged file is told from an empty one', () => {
    const path = filled('damaged', 400);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xaa, 8192));
    expectFault(() => [...openHistory(path, stage()).hosts('run')], path, 'damaged');
  });

  it('a damaged record is told', () => {
    const path = filled('report', 3);
    const { sql, history } = opened(path);
    sql.run('UPDATE evidence SET report = ? WHERE idx = 1', [Buffer.from('nonsense')]);
    expect(history.host('run', 2)).not.toBeNull();
    expectFault(() => [...history.hosts('run')], path, 'a record in it is damaged');
    sql.run('UPDATE runs SET targets = ?', ['[']);
    expectFault(() => history.runs(), path, 'a record in it is damaged');
    history.close();
  });
});
