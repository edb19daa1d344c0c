import {
  CLEAR_SO_FAR,
  CONFIDENCES,
  type Confidence,
  type HostReport,
  type Summary,
  VERDICTS,
  type Verdict,
} from '../model/report.ts';
import { type ShownVerdict, verdictOf } from '../model/shown-verdict.ts';
import { compareTargets, orderKey } from '../model/target-order.ts';
import { countIn, textIn, textOrNull, wordIn } from './column-values.ts';
import { REPORT_COLUMNS, type ReportDecoder, reportDecoder } from './dictionary.ts';
import { begunIn } from './run-columns.ts';
import type { Row, Sql } from './sql.ts';
import { damaged, intact, StoreError } from './store-error.ts';

/** Reports read at once. A page is read to its end, so that nothing is locked between two. */
const PAGE = 128;
const ORDINALS = 4096;

/** Which ordinals of a run have been judged: all below `low`, and those in `above`. */
export interface JudgedOrdinals {
  readonly low: number;
  readonly above: ReadonlySet<number>;
  /** For each process that made the run until now, the farthest first: it began the hosts below this ordinal that were not judged. */
  readonly begun: readonly number[];
}

/** A run that another process removes loses hosts from page to page; half of it must not pass for the whole. */
const checkThere = (sql: Sql, seq: number): void => {
  const [found] = sql.rows("SELECT 1 FROM runs WHERE seq = ? AND state <> 'removing'", [seq]);
  if (!found)
    throw new StoreError(sql.path, 'a run was removed from it while it was read; choose another run');
};

/** A reader for the reports of one run, which throws StoreError for a damaged one. */
export const reportReader = (sql: Sql, seq: number): ReportDecoder => {
  const read = reportDecoder(sql, seq);
  return (report) => {
    try {
      return intact(sql.path, () => read(report));
    } catch (error) {
      // What hosts share goes with their run.
      checkThere(sql, seq);
      throw error;
    }
  };
};

/** The place of a row: what its page is ordered by. */
type Place = readonly [number] | readonly [string, number];

const isAfter = (a: Place, b: Place): boolean => {
  const order = typeof a[0] === 'string' ? compareTargets(a[0], String(b[0])) : a[0] - Number(b[0]);
  return order > 0 || (order === 0 && Number(a[1]) > Number(b[1]));
};

/** How the rows of a run are walked: `next` reads the page after a place, `placeOf` and `read` a row; `first` is before all. */
interface Walk<P extends Place, T> {
  readonly first: P;
  next(after: P): readonly Row[];
  placeOf(row: Row): P;
  read(row: Row): T;
}

/**
 * Rows of one run as an iterable that can be walked more than once. Throws StoreError for rows that do not ascend, which
 * would be walked for ever, and at the end when the run was removed meanwhile.
 */
export const paged = <P extends Place, T>(sql: Sql, seq: number, walk: Walk<P, T>): Iterable<T> => ({
  *[Symbol.iterator]() {
    let last = walk.first;
    for (let page = walk.next(last); page.length > 0; page = walk.next(last)) {
      for (const row of page) {
        const place = intact(sql.path, () => walk.placeOf(row));
        if (!isAfter(place, last)) throw damaged(sql.path);
        last = place;
        yield walk.read(row);
      }
    }
    checkThere(sql, seq);
  },
});

const BY_INDEX = `SELECT CAST(idx AS INTEGER), ${REPORT_COLUMNS} FROM evidence WHERE run = ? AND idx > ?
  ORDER BY idx LIMIT ${PAGE}`;

/** The place of a row that begins with the host index. */
export const indexPlace = ([index]: Row): readonly [number] => [countIn(index)];

/** A judged host with its number in the run. */
export interface Entry {
  readonly index: number;
  readonly report: HostReport;
}

const BY_VERDICT = `SELECT CAST(hosts.idx AS INTEGER), ${REPORT_COLUMNS}
  FROM hosts INDEXED BY hosts_by_verdict JOIN evidence ON evidence.run = hosts.run AND evidence.idx = hosts.idx
  WHERE hosts.run = ? AND hosts.verdict = ? AND hosts.idx > ? ORDER BY hosts.idx LIMIT ${PAGE}`;

/** The judged hosts of a run in the order of the host index, all or those of one verdict; a page in memory at a time. */
export const entriesOf = (sql: Sql, seq: number, verdict?: Verdict): Iterable<Entry> => {
  const read = reportReader(sql, seq);
  return paged(sql, seq, {
    first: [-1],
    next: ([index]) =>
      verdict === undefined ? sql.rows(BY_INDEX, [seq, index]) : sql.rows(BY_VERDICT, [seq, verdict, index]),
    placeOf: indexPlace,
    read: ([index, ...report]) => ({ index: index as number, report: read(report) }),
  });
};

/** The reports of a run in the order of the host index; a page in memory at a time. */
export const reportsByIndex = (sql: Sql, seq: number): Iterable<HostReport> => {
  const read = reportReader(sql, seq);
  return paged(sql, seq, {
    first: [-1],
    next: ([index]) => sql.rows(BY_INDEX, [seq, index]),
    placeOf: indexPlace,
    read: ([, ...report]) => read(report),
  });
};

const BY_TARGET = `SELECT CAST(hosts.target AS BLOB), CAST(hosts.idx AS INTEGER), ${REPORT_COLUMNS}
  FROM hosts INDEXED BY hosts_by_target JOIN evidence ON evidence.run = hosts.run AND evidence.idx = hosts.idx
  WHERE hosts.run = ? AND (hosts.target, hosts.idx) > (?, ?)
  ORDER BY hosts.target, hosts.idx LIMIT ${PAGE}`;

/** The place of a row that begins with target and host index. */
export const targetPlace = ([target, index]: Row): readonly [string, number] => [
  textIn(target),
  countIn(index),
];

/** The reports of a run, ascending as compareTargets() says. */
export const reportsByTarget = (sql: Sql, seq: number): Iterable<HostReport> => {
  const read = reportReader(sql, seq);
  return paged(sql, seq, {
    first: ['', -1],
    next: (after) => sql.rows(BY_TARGET, [seq, ...after]),
    placeOf: targetPlace,
    read: ([, , ...report]) => read(report),
  });
};

/** Which hosts of a run are listed: by verdict, by a part of target or address, those after an index. */
export interface HostFilter {
  readonly verdict: ShownVerdict | null;
  readonly search: string;
  readonly after: number | null;
  readonly limit: number;
}

/** One host as a list shows it. */
export interface ListedHost {
  readonly index: number;
  readonly target: string;
  readonly address: string | null;
  readonly verdict: ShownVerdict;
  readonly confidence: Confidence;
}

const LISTED = `SELECT CAST(idx AS INTEGER), CAST(target AS BLOB), CAST(address AS BLOB), CAST(verdict AS BLOB),
    CAST(confidence AS BLOB), CAST(clear AS INTEGER) FROM hosts
  WHERE run = ?1 AND idx > ?2 AND (?3 IS NULL OR verdict = ?3 AND clear = ?6)
    AND (?4 = '' OR instr(lower(target), ?4) > 0 OR instr(lower(coalesce(address, '')), ?4) > 0)
  ORDER BY idx LIMIT ?5`;

/** Hosts of a run by ascending index, without their reports. */
export const listedHosts = (sql: Sql, seq: number, filter: HostFilter): ListedHost[] =>
  sql
    .rows(LISTED, [
      seq,
      filter.after ?? -1,
      filter.verdict && verdictOf(filter.verdict),
      filter.search.toLowerCase(),
      filter.limit,
      Number(filter.verdict === CLEAR_SO_FAR),
    ])
    .map(([index, target, address, verdict, confidence, clear]) =>
      intact(sql.path, () => ({
        index: countIn(index),
        target: textIn(target),
        address: textOrNull(address),
        verdict: clear === 1 ? CLEAR_SO_FAR : wordIn(verdict, VERDICTS),
        confidence: wordIn(confidence, CONFIDENCES),
      })),
    );

const AT = `SELECT ${REPORT_COLUMNS} FROM evidence WHERE run = ? AND idx = ?`;

/** The report of one host, null when it was not judged. */
export const reportAt = (sql: Sql, seq: number, index: number, read: ReportDecoder): HostReport | null => {
  const [row] = sql.rows(AT, [seq, index]);
  return row ? read(row) : null;
};

const OF_TARGET = `SELECT CAST(runs.id AS BLOB), CAST(hosts.idx AS INTEGER)
  FROM runs CROSS JOIN hosts INDEXED BY hosts_by_target ON hosts.run = runs.seq
  WHERE hosts.target = ?1 AND runs.state NOT IN ('importing', 'removing')
  ORDER BY runs.started_ms DESC, runs.seq DESC LIMIT ?2`;

/** The newest runs that judged a target, with its number in each. The index finds it in a run without reading the others. */
export const runsOfTarget = (sql: Sql, target: string, limit: number): [id: string, index: number][] =>
  sql
    .rows(OF_TARGET, [orderKey(target), limit])
    .map(([id, index]) => intact(sql.path, () => [textIn(id), countIn(index)]));

const COUNTS = 'SELECT CAST(verdict AS BLOB), count(*) FROM hosts WHERE run = ? GROUP BY verdict';
const CLEAR = 'SELECT count(*) FROM hosts WHERE run = ? AND clear = 1';

/** How many hosts of a run got which verdict. */
export const summaryOf = (sql: Sql, seq: number): Summary => {
  const counts = new Map(
    sql
      .rows(COUNTS, [seq])
      .map(([verdict, count]) => [intact(sql.path, () => wordIn(verdict, VERDICTS)), Number(count)]),
  );
  const of = (verdict: Verdict): number => counts.get(verdict) ?? 0;
  return {
    hosts: VERDICTS.reduce((sum, verdict) => sum + of(verdict), 0),
    ready: of('ready'),
    blocked: of('blocked'),
    undetermined: of('undetermined'),
    clearSoFar: Number(sql.rows(CLEAR, [seq])[0]?.[0]),
    unreachable: of('unreachable'),
  };
};

const BY_ORDINAL = `SELECT CAST(ordinal AS INTEGER) FROM hosts WHERE run = ? AND ordinal > ? ORDER BY ordinal LIMIT ${ORDINALS}`;

/** Which hosts of a run are done. Asking is nearly in order, so few stand above the first gap. */
export const doneOf = (sql: Sql, seq: number): JudgedOrdinals => {
  const above = new Set<number>();
  let low = 0;
  const ordinals = paged(sql, seq, {
    first: [-1],
    next: ([ordinal]) => sql.rows(BY_ORDINAL, [seq, ordinal]),
    placeOf: indexPlace,
    read: ([ordinal]) => ordinal as number,
  });
  for (const ordinal of ordinals) {
    if (ordinal === low) low += 1;
    else above.add(ordinal);
  }
  const [found] = sql.rows('SELECT CAST(begun AS BLOB) FROM runs WHERE seq = ?', [seq]);
  return { low, above, begun: intact(sql.path, () => begunIn(textIn(found?.[0]))) };
};
