import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../src/store/open.ts';
import { connect } from '../../src/store/sql.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened, stage, thrownBy } from './open.ts';

const at = folder();

/** A history with runs of one host each; closed, so that all of it stands in one file. */
const kept = (name: string, ...ids: string[]): string => {
  const path = join(at, name);
  const { history } = opened(path);
  for (const id of ids) {
    const recorder = history.begin(newRun(id, 1));
    recorder.record(judged(0));
    recorder.finish(ended);
  }
  history.close();
  return path;
};

const idsOf = (path: string): string[] => {
  const history = openHistory(path, stage(), 'read');
  try {
    return history.runs().map(({ id }) => id);
  } finally {
    history.close();
  }
};

describe('a history that is only read', () => {
  it.each(['read', 'change'] as const)('is never made (%s)', (purpose) => {
    const path = join(at, 'none.db');
    expect(() => openHistory(path, stage(), purpose)).toThrow(/none\.db': there is no such file/);
    expect(() => openHistory(at, stage(), purpose)).toThrow(/is a folder/);
    expect(readdirSync(at)).not.toContain('none.db');
  });

  it('does not wait for another that writes', () => {
    const path = kept('locked.db', 'one');
    const writer = connect(path);
    writer.exec('BEGIN IMMEDIATE');
    expect(idsOf(path)).toEqual(['one']);
    writer.exec('ROLLBACK');
    writer.close();
  });

  it('cannot be written by mistake', () => {
    const history = openHistory(kept('kept.db', 'one'), stage(), 'read');
    expect(thrownBy(() => history.begin(newRun('two', 1)))).toBeInstanceOf(StoreError);
    expect(history.runs()).toHaveLength(1);
    history.close();
  });

  it('can be exported, compared and backed up', () => {
    const path = kept('used.db', 'one', 'two');
    const history = openHistory(path, stage(), 'read');
    expect([...history.exportRuns(['one'])]).toHaveLength(4);
    expect([...history.hostsByTarget('two')]).toHaveLength(1);
    expect(history.series('two', 5)).toHaveLength(2);
    history.backup(join(at, 'copy.db'));
    history.close();
    expect(idsOf(join(at, 'copy.db'))).toHaveLength(2);
  });

  it('has a name that is a name and no address of something else', () => {
    const path = kept('a?mode=memory#b%20c.db', 'one');
    expect(existsSync(path)).toBe(true);
    expect(idsOf(path)).toEqual(['one']);
  });

  it('says what it cannot read', () => {
    const empty = join(at, 'empty.db');
    writeFileSync(empty, '');
    expect(() => idsOf(empty)).toThrow(/is empty or was written by an older/);
    const foreign = join(at, 'foreign.db');
    const other = connect(foreign);
    other.exec('CREATE TABLE t (a)');
    other.close();
    expect(() => idsOf(foreign)).toThrow(/another program/);
    expect(statSync(empty).size).toBe(0);
  });
});

// Root may write everywhere: what others may not is tried as another user.
describe.skipIf(process.getuid?.() !== 0)('a history in a folder that its reader may not write', () => {
  const asNobody = <T>(work: () => T): T => {
    process.setegid?.(65_534);
    process.seteuid?.(65_534);
    try {
      return work();
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  };
  const published = (name: string, ...ids: string[]): string => {
    const inner = join(at, `${name}.d`);
    mkdirSync(inner);
    chmodSync(at, 0o755);
    chmodSync(inner, 0o755);
    const path = join(inner, name);
    copyFileSync(kept(name, ...ids), path);
    return path;
  };

  it('is read, and left as it was', () => {
    const path = published('media.db', 'one');
    expect(asNobody(() => idsOf(path))).toEqual(['one']);
    expect(readdirSync(join(at, 'media.db.d'))).toEqual(['media.db']);
  });

  it('shows what others write meanwhile', () => {
    const path = published('grows.db', 'one');
    const reader = asNobody(() => openHistory(path, stage(), 'read'));
    expect(reader.runs()).toHaveLength(1);
    const { history } = opened(path);
    history.begin(newRun('two', 1)).finish(ended);
    expect(asNobody(() => reader.runs().map(({ id }) => id))).toEqual(['two', 'one']);
    history.begin(newRun('three', 1)).finish(ended);
    history.close();
    expect(asNobody(() => reader.runs())).toHaveLength(3);
    reader.close();
  });

  it('says what keeps it from being read', () => {
    const { history, sql } = opened(join(at, 'open.db'));
    history.begin(newRun('one', 1)).finish(ended);
    const path = published('cut.db');
    for (const end of ['', '-wal']) copyFileSync(`${sql.path}${end}`, `${path}${end}`);
    history.close();
    expect(() => asNobody(() => idsOf(path))).toThrow(/left a log .*cut\.db-wal.*ask its owner to run/);
  });
});
