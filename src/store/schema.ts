import type { Sql } from './sql.ts';
import { StoreError } from './store-error.ts';

/** `RAPF` as PRAGMA application_id: marks our file among those of other programs. */
export const APPLICATION_ID = 0x52_41_50_46;

/**
 * SQL scripts; the one at place N makes version N + 1 of version N, in one transaction. Published ones are never edited.
 *
 * `hosts` is small, so that counts, trends and look-ups read little (`states`: a letter for each requirement; `clear`: 1 for an undetermined host that
 * is clear so far); the whole
 * report of a host is in `evidence`, appended in the order of asking: a text that names `parts`, which hosts of the run
 * share, or the same deflated (compress-report.ts). `runs.owner` counts the processes that made a run, so that one that counted as
 * dead notices. A run that is `importing` is not whole yet and one that is `removing` is not any more: no query of runs.ts
 * shows them. `runs.begun` says for each of the processes that made a run, the farthest first, up to which ordinal it began hosts.
 * `deliveries` names what of an unfinished run came by a queue that may bring it again, numbered from 1 as it came (recorder.ts).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    start TEXT NOT NULL,
    targets TEXT NOT NULL,
    plan TEXT NOT NULL,
    hosts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted', 'importing', 'removing')),
    started_ms INTEGER NOT NULL,
    finished_at TEXT,
    groups TEXT,
    schedule TEXT,
    probes_sent INTEGER NOT NULL,
    duration_ms REAL NOT NULL,
    owner INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    machine TEXT NOT NULL,
    beat_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE hosts (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    target TEXT NOT NULL,
    address TEXT,
    verdict TEXT NOT NULL,
    confidence TEXT NOT NULL,
    states TEXT NOT NULL,
    PRIMARY KEY (run, idx)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX hosts_by_ordinal ON hosts (run, ordinal);
  CREATE INDEX hosts_by_target ON hosts (run, target, idx);
  CREATE INDEX hosts_by_verdict ON hosts (run, verdict);
  CREATE TABLE evidence (
    run INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    report ANY NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (run, idx),
    FOREIGN KEY (run, idx) REFERENCES hosts (run, idx) ON DELETE CASCADE
  ) STRICT;
  CREATE TABLE parts (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    text TEXT NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;
  `,
  "ALTER TABLE runs ADD COLUMN begun TEXT NOT NULL DEFAULT '[]'",
  // Undetermined hosts that are clear so far, which are counted apart.
  `
  ALTER TABLE hosts ADD COLUMN clear INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX hosts_clear ON hosts (run) WHERE clear = 1;
  `,
  `
  CREATE TABLE deliveries (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (run, number),
    UNIQUE (run, id)
  ) STRICT, WITHOUT ROWID;
  `,
];

const versionOf = (sql: Sql): number => Number(sql.rows('PRAGMA user_version')[0]?.[0]);

/** One statement, so that all of it is of one moment: another process may be making the file. */
const MARKS = `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
  FROM pragma_application_id, pragma_user_version`;

/** Refuses what is not ours or newer than we know, before anything is written to it. */
const claim = (sql: Sql, known: number): void => {
  const [application = 0, version = 0, objects = 0] = (sql.rows(MARKS)[0] ?? []).map(Number);
  const fresh = application === 0 && version === 0 && objects === 0;
  if (!fresh && application !== APPLICATION_ID) {
    throw new StoreError(sql.path, 'the file is the database of another program; choose another file');
  }
  if (version > known) {
    throw new StoreError(
      sql.path,
      `the file was written by a newer ra-preflight (version ${version} of the file, this program knows ${known}); update this program or choose another file`,
    );
  }
};

/** Refuses what cannot be read as it is. Nothing is written. */
export const checkReadable = (sql: Sql): void => {
  claim(sql, MIGRATIONS.length);
  if (versionOf(sql) < MIGRATIONS.length) {
    throw new StoreError(
      sql.path,
      'the file is empty or was written by an older ra-preflight; an audit with this one brings it up to date',
    );
  }
  sql.exec('PRAGMA cache_size = -16384');
};

/** Brings a database to the newest version, one transaction for each step. Throws StoreError for a file that is not ours. */
export const prepare = (sql: Sql, migrations: readonly string[] = MIGRATIONS): void => {
  claim(sql, migrations.length);
  // Of a new file only. A host that is like no other takes 1 kB, which fills pages of 8 kB better than those of 4 kB.
  sql.exec('PRAGMA page_size = 8192');
  // Of a new file only too. It lets prune() give pages back without a copy of the file, and costs 1 page in 1,600.
  sql.exec('PRAGMA auto_vacuum = INCREMENTAL');
  // Asked first: setting it again would want the lock of the whole file.
  if (sql.rows('PRAGMA journal_mode')[0]?.[0] !== 'wal') sql.rows('PRAGMA journal_mode = WAL');
  // Hosts come in the order of asking, which is any order of the index: 16 MiB hold the pages that this touches.
  sql.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;');
  while (versionOf(sql) < migrations.length) {
    sql.transaction(() => {
      // Another process may have come first.
      claim(sql, migrations.length);
      const version = versionOf(sql);
      const script = migrations[version];
      if (script === undefined) return;
      sql.exec(script);
      sql.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1};`);
    });
  }
};
