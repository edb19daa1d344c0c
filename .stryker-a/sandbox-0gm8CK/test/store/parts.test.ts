import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import type { History } from '../../src/store/history.ts';
import { connect, type Sql } from '../../src/store/sql.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { blocked, hostile, ready } from '../output/reports.ts';
import { ended, newRun } from './new-run.ts';
import { folder, opened, stage, thrownBy } from './open.ts';
import { refused } from './samples.ts';

const at = folder();

const numberOf = (sql: Sql, query: string): number => Number(sql.rows(query)[0]?.[0]);
const partsIn = (sql: Sql): number => numberOf(sql, 'SELECT count(*) FROM parts');
/** What the reports take, without what they share. */
const rowBytes = (sql: Sql): number => numberOf(sql, 'SELECT sum(octet_length(report)) FROM evidence');

const recorded = (reports: readonly HostReport[]): { sql: Sql; history: History } => {
  const { sql, history } = opened(':memory:');
  const recorder = history.begin(newRun('run', reports.length));
  for (const [index, report] of reports.entries()) recorder.record({ index, ordinal: index, report });
  recorder.finish(ended);
  return { sql, history };
};

/** That each report comes back to the letter, in a walk and alone. */
const expectBack = (history: History, reports: readonly HostReport[]): void => {
  const texts = reports.map((report) => JSON.stringify(report));
  expect([...history.hosts('run')].map((report) => JSON.stringify(report))).toEqual(texts);
  for (const [index, text] of texts.entries()) {
    expect(JSON.stringify(history.host('run', index))).toBe(text);
  }
};

/** A host whose every text is its own. */
const unlike = (host: number): HostReport => {
  const report = refused(host);
  const own = (text: string): string => `${text} ${Math.imul(host + 1, 2_654_435_761) >>> 0}`;
  return {
    ...report,
    because: report.because.map((one) => ({ ...one, text: own(one.text) })),
    requirements: report.requirements.map((one) => ({ ...one, text: own(one.text) })),
    ports: report.ports.map((one) => ({ ...one, detail: own('says') })),
  };
};

const many = (count: number, make: (host: number) => HostReport): HostReport[] =>
  Array.from({ length: count }, (_, host) => make(host));

describe('what hosts share', () => {
  it('is stored once, and leaves little of each', () => {
    const reports = many(1000, refused);
    const { sql, history } = recorded(reports);
    expect(partsIn(sql)).toBeLessThan(60);
    expect(rowBytes(sql)).toBeLessThan(1000 * 400);
    expectBack(history, reports);
  });

  it('costs nothing in a run in which every host is unlike', () => {
    const reports = many(300, unlike);
    const { sql, history } = recorded(reports);
    expect(partsIn(sql)).toBeLessThan(60);
    expect(rowBytes(sql)).toBeLessThan(JSON.stringify(reports).length / 3);
    expectBack(history, reports);
  });

  it('is found again among more than is remembered', () => {
    // Every port is met twice in a row; far more of them than are remembered.
    const reports = many(600, (host) => ({
      ...refused(host),
      ports: refused(0).ports.map((one, at) => ({ ...one, port: ((host >> 1) * 40 + at) % 65_536 })),
    }));
    const { sql, history } = recorded(reports);
    expect(partsIn(sql)).toBeGreaterThan(8192);
    expectBack(history, reports);
  });

  it('may say the host itself: where it looks like text of ours, or stands in names and texts', () => {
    const named = (target: string, address: string | null): HostReport => ({
      ...blocked,
      target,
      address,
      names: [target],
      ports: [...blocked.ports, ...refused(3).ports].map((port, at) => ({
        ...port,
        from: at % 3 === 0 ? address : port.from,
        service: at % 5 === 0 ? target : null,
      })),
    });
    const odd = [
      'a',
      '{',
      '"',
      '',
      '\\',
      'n',
      'port',
      '1',
      '\u0001\n',
      '\ud800',
      'closed',
      '$&',
      '10.77.0.3',
    ];
    const reports = odd.flatMap((target) =>
      [...odd, null].flatMap((address) => [named(target, address), named(target, address)]),
    );
    const { history } = recorded(reports);
    expectBack(history, reports);
  });

  it('may have any numbers, keys and order of keys', () => {
    const [port] = refused(1).ports;
    const anyPort = fc.record({
      ttl: fc.option(fc.constantFrom(64, 128)),
      rttMs: fc.option(fc.oneof(fc.constant(-0), fc.constant(Number.NaN), fc.double())),
      attempts: fc.constantFrom(1, 2),
      detail: fc.constantFrom<unknown>(null, true, false, [], {}, undefined, '10.77.0.1', 'x'.repeat(3000)),
      turned: fc.boolean(),
      bare: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyPort, { maxLength: 40 }), (drawn) => {
        const ports = drawn.map(({ turned, bare, ...rest }) => {
          const entries = Object.entries({ ...port, ...rest }).filter(([key]) => !bare || key !== 'rttMs');
          return Object.fromEntries(turned ? entries.toReversed() : entries);
        });
        const report = { ...refused(1), ports } as unknown as HostReport;
        const { history } = recorded([report, report]);
        expectBack(history, [report, report]);
      }),
      { numRuns: 150 },
    );
  });

  it('is written after the lock that kept it out, with the first host that names it', () => {
    const path = `${at}/locked.db`;
    const { sql, history } = opened(path);
    sql.exec('PRAGMA busy_timeout = 0');
    const recorder = history.begin(newRun('run'));
    const { sql: other } = opened(path);
    other.exec('BEGIN IMMEDIATE');
    for (const index of [0, 1]) recorder.record({ index, ordinal: index, report: refused(index) });
    expect(() => recorder.flush()).toThrow('locked');
    expect(() => recorder.finish(ended)).toThrow('locked');
    recorder.record({ index: 2, ordinal: 2, report: refused(2) });
    other.exec('ROLLBACK');
    expect(partsIn(sql)).toBe(0);
    recorder.finish(ended);
    expectBack(history, many(3, refused));
    history.close();
    other.close();
  });

  it('is known to no other process: one that resumes learns it anew', () => {
    const path = `${at}/resumed.db`;
    const around = stage();
    const first = opened(path, around);
    const recorder = first.history.begin(newRun('run'));
    for (const index of [0, 1, 2]) recorder.record({ index, ordinal: index, report: refused(index) });
    recorder.flush();
    // Killed.
    const before = partsIn(first.sql);
    const second = opened(path, stage({ pid: 200 }));
    around.living.delete(100);
    second.sql.run('UPDATE runs SET beat_ms = 0', []);
    const resumed = second.history.resume('run').recorder;
    for (const index of [3, 4, 5]) resumed.record({ index, ordinal: index, report: refused(index) });
    resumed.amend({ index: 1, report: ready });
    resumed.amend({ index: 4, report: hostile });
    resumed.finish(ended, []);
    expect(partsIn(second.sql)).toBe(before * 2);
    const reports = many(6, refused).with(1, ready).with(4, hostile);
    expectBack(second.history, reports);
    first.history.close();
    second.history.close();
  });
});

describe('damage is told, and no wrong report is given:', () => {
  const damaged = (script: string): Error => {
    const { sql, history } = recorded(many(4, refused));
    expect(partsIn(sql)).toBeGreaterThan(20);
    sql.exec(script);
    expect(history.host('run', 0)).toEqual(refused(0));
    return thrownBy(() => [...history.hosts('run')]);
  };

  it.each([
    ['a part is missing', 'DELETE FROM parts WHERE id = 7'],
    ['all parts are missing', 'DELETE FROM parts'],
    ['a part says something else', "UPDATE parts SET text = replace(text, 'closed', 'opened')"],
    [
      'two parts are exchanged',
      'UPDATE parts SET id = CASE id WHEN 20 THEN -1 ELSE 20 END WHERE id IN (20, 21); UPDATE parts SET id = 21 WHERE id = -1',
    ],
    ['a row is cut off', 'UPDATE evidence SET report = substr(report, 1, length(report) - 9) WHERE idx = 2'],
    [
      'a row is another one',
      'UPDATE evidence SET report = (SELECT report FROM evidence WHERE idx = 3) WHERE idx = 2',
    ],
    ['a number is another one', "UPDATE evidence SET report = replace(report, '.', '1') WHERE idx = 2"],
    ['a row is a number', 'UPDATE evidence SET report = 7 WHERE idx = 2'],
    ['a row is nothing', "UPDATE evidence SET report = '' WHERE idx = 2"],
    ['the checksum is another one', 'UPDATE evidence SET crc = crc + 1 WHERE idx = 2'],
  ])('%s', (_, script) => {
    const error = damaged(script);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('a record in it is damaged');
  });

  const withRow = (row: string, part: string): Error => {
    const { sql, history } = recorded(many(2, refused));
    sql.run('UPDATE parts SET text = ?, crc = ? WHERE id = 1', [part, crc32(`1 ${part}`)]);
    sql.run('UPDATE evidence SET report = ?, crc = ? WHERE idx = 1', [row, crc32(row)]);
    return thrownBy(() => history.host('run', 1));
  };

  it.each([
    ['no groups', 'a', '{}'],
    ['no report', '\n\n{"address":null}\f\f', '{}'],
    ['no round trip', '\n\n{"address":null,"path":{}}\f1 x\f', '{}'],
    ['a name with more behind it', '\n\n1-0\f\f', '"address":null,"path":{}}'],
    ['names that multiply', `\n\n${'1\n'.repeat(100_000)}\f\f`, '"a":[]'.repeat(300)],
    ['a target that multiplies', `${'t'.repeat(50_000)}\n\n1\f\f`, '\u0001'.repeat(2000)],
    [
      'items that multiply',
      `\n\n{"address":"${'a'.repeat(50_000)}","path":{}}\f${'1 1\n'.repeat(2000)}1 1\f`,
      '{"from":true}',
    ],
    ['a part that is too long', '\n\n1\f\f', '"a":[]'.repeat(1000)],
  ])('a made-up row with %s', (_, row, part) => {
    const error = withRow(row, part);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('a record in it is damaged');
  });
});

it('a part that cannot be read now is no damage', () => {
  const path = `${at}/locked-read.db`;
  const { sql, history } = opened(path);
  const recorder = history.begin(newRun('run', 3));
  for (const [index, report] of many(3, refused).entries())
    recorder.record({ index, ordinal: index, report });
  recorder.finish(ended);
  sql.exec('PRAGMA busy_timeout = 0');
  const walk = history.hosts('run')[Symbol.iterator]();
  walk.next();
  // Outside of WAL a writer keeps readers out.
  sql.rows('PRAGMA journal_mode = DELETE');
  const other = connect(path);
  other.exec('BEGIN EXCLUSIVE');
  expect(thrownBy(() => walk.next()).message).toContain('locked');
  other.exec('ROLLBACK');
  expect(history.host('run', 1)).toEqual(refused(1));
  other.close();
  history.close();
});

it('a run that goes while it is read is told as that', () => {
  const { sql, history } = recorded(many(3, refused));
  const walk = history.hosts('run')[Symbol.iterator]();
  // The first host names nothing that others have.
  walk.next();
  sql.exec("DELETE FROM parts; UPDATE runs SET state = 'removing'");
  expect(thrownBy(() => walk.next()).message).toContain('a run was removed');
});
