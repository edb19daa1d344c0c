import { type Confidence, type HostReport, type Summary, VERDICTS, type Verdict } from '../model/report.ts';
import { type Reader, readerOf } from './parts.ts';
import type { Row, Sql } from './sql.ts';
import { intact, StoreError } from './store-error.ts';

/** Reports read at once. A page is read to its end, so that nothing is locked between two. */
const PAGE = 128;
const ORDINALS = 4096;

/** Which ordinals of a run have been judged: all below `low`, and those in `above`. */
export interface Done {
  readonly low: number;
  readonly above: ReadonlySet<number>;
}

/** A target as the database orders it. A NUL would end the text there. */
export const orderKey = (target: string): string => target.replaceAll('\0', '\u{FFFD}');

/** Compares two targets as hostsByTarget() orders them: by the bytes of UTF-8, not by the UTF-16 units of `<`. */
export const compareTargets = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(orderKey(a)), Buffer.from(orderKey(b)));

/** A run that another process removes loses hosts from page to page; half of it must not pass for the whole. */
const checkThere = (sql: Sql, seq: number): void => {
  const [found] = sql.rows("SELECT 1 FROM runs WHERE seq = ? AND state <> 'removing'", [seq]);
  if (!found)
    throw new StoreError(sql.path, 'a run was removed from it while it was read; choose another run');
};

/** A reader for the reports of one run, which throws StoreError for a damaged one. */
export const reportReader = (sql: Sql, seq: number): Reader => {
  const read = readerOf(sql, seq);
  return (row, crc) => {
    try {
      return intact(sql.path, () => read(row, crc));
    } catch (error) {
      // What hosts share goes with their run.
      checkThere(sql, seq);
      throw error;
    }
  };
};

/**
 * Rows of one run as an iterable that can be walked more than once. `next` reads the page after a row; `first` stands
 * before all rows. Throws StoreError at the end when the run was removed meanwhile.
 */
export const paged = <T>(
  sql: Sql,
  seq: number,
  first: Row,
  next: (after: Row) => readonly Row[],
  read: (row: Row) => T,
): Iterable<T> => ({
  *[Symbol.iterator]() {
    let page = next(first);
    for (let last = page.at(-1); last; last = page.at(-1)) {
      for (const row of page) yield read(row);
      page = next(last);
    }
    checkThere(sql, seq);
  },
});

const BY_INDEX = `SELECT idx, report, crc FROM evidence WHERE run = ? AND idx > ? ORDER BY idx LIMIT ${PAGE}`;

/** A judged host with its number in the run. */
export interface Entry {
  readonly index: number;
  readonly report: HostReport;
}

const BY_VERDICT = `SELECT hosts.idx, evidence.report, evidence.crc
  FROM hosts INDEXED BY hosts_by_verdict JOIN evidence ON evidence.run = hosts.run AND evidence.idx = hosts.idx
  WHERE hosts.run = ? AND hosts.verdict = ? AND hosts.idx > ? ORDER BY hosts.idx LIMIT ${PAGE}`;

/** The judged hosts of a run in the order of the host index, all or those of one verdict; a page in memory at a time. */
export const entriesOf = (sql: Sql, seq: number, verdict?: Verdict): Iterable<Entry> => {
  const read = reportReader(sql, seq);
  return paged(
    sql,
    seq,
    [-1],
    ([index]) =>
      verdict === undefined
        ? sql.rows(BY_INDEX, [seq, index as number])
        : sql.rows(BY_VERDICT, [seq, verdict, index as number]),
    ([index, report, crc]) => ({ index: index as number, report: read(report, crc) }),
  );
};

/** The reports of a run in the order of the host index; a page in memory at a time. */
export const reportsByIndex = (sql: Sql, seq: number): Iterable<HostReport> => {
  const read = reportReader(sql, seq);
  return paged(
    sql,
    seq,
    [-1],
    ([index]) => sql.rows(BY_INDEX, [seq, index as number]),
    ([, report, crc]) => read(report, crc),
  );
};

const BY_TARGET = `SELECT hosts.target, hosts.idx, evidence.report, evidence.crc
  FROM hosts INDEXED BY hosts_by_target JOIN evidence ON evidence.run = hosts.run AND evidence.idx = hosts.idx
  WHERE hosts.run = ? AND (hosts.target, hosts.idx) > (?, ?)
  ORDER BY hosts.target, hosts.idx LIMIT ${PAGE}`;

/** The reports of a run, ascending as compareTargets() says. */
export const reportsByTarget = (sql: Sql, seq: number): Iterable<HostReport> => {
  const read = reportReader(sql, seq);
  return paged(
    sql,
    seq,
    ['', -1],
    ([target, index]) => sql.rows(BY_TARGET, [seq, target as string, index as number]),
    ([, , report, crc]) => read(report, crc),
  );
};

/** Which hosts of a run are listed: by verdict, by a part of target or address, those after an index. */
export interface HostFilter {
  readonly verdict: Verdict | null;
  readonly search: string;
  readonly after: number | null;
  readonly limit: number;
}

/** One host as a list shows it. */
export interface ListedHost {
  readonly index: number;
  readonly target: string;
  readonly address: string | null;
  readonly verdict: Verdict;
  readonly confidence: Confidence;
}

const LISTED = `SELECT idx, target, address, verdict, confidence FROM hosts
  WHERE run = ?1 AND idx > ?2 AND (?3 IS NULL OR verdict = ?3)
    AND (?4 = '' OR instr(lower(target), ?4) > 0 OR instr(lower(coalesce(address, '')), ?4) > 0)
  ORDER BY idx LIMIT ?5`;

/** Hosts of a run by ascending index, without their reports. */
export const listedHosts = (sql: Sql, seq: number, filter: HostFilter): ListedHost[] =>
  sql
    .rows(LISTED, [seq, filter.after ?? -1, filter.verdict, filter.search.toLowerCase(), filter.limit])
    .map(([index, target, address, verdict, confidence]) => ({
      index: index as number,
      target: target as string,
      address: address as string | null,
      verdict: verdict as Verdict,
      confidence: confidence as Confidence,
    }));

/** The report of one host, null when it was not judged. */
export const reportAt = (sql: Sql, seq: number, index: number, read: Reader): HostReport | null => {
  const [row] = sql.rows('SELECT report, crc FROM evidence WHERE run = ? AND idx = ?', [seq, index]);
  return row ? read(row[0], row[1]) : null;
};

/** How many hosts of a run got which verdict. */
export const summaryOf = (sql: Sql, seq: number): Summary => {
  const rows = sql.rows('SELECT verdict, count(*) FROM hosts WHERE run = ? GROUP BY verdict', [seq]);
  const counts = new Map(rows.map(([verdict, count]) => [verdict as Verdict, Number(count)]));
  const of = (verdict: Verdict): number => counts.get(verdict) ?? 0;
  return {
    hosts: VERDICTS.reduce((sum, verdict) => sum + of(verdict), 0),
    ready: of('ready'),
    blocked: of('blocked'),
    undetermined: of('undetermined'),
    unreachable: of('unreachable'),
  };
};

const BY_ORDINAL = `SELECT ordinal FROM hosts WHERE run = ? AND ordinal > ? ORDER BY ordinal LIMIT ${ORDINALS}`;

/** Which hosts of a run are done. Asking is nearly in order, so few stand above the first gap. */
export const doneOf = (sql: Sql, seq: number): Done => {
  const above = new Set<number>();
  let low = 0;
  const ordinals = paged(
    sql,
    seq,
    [-1],
    ([ordinal]) => sql.rows(BY_ORDINAL, [seq, ordinal as number]),
    ([ordinal]) => ordinal as number,
  );
  for (const ordinal of ordinals) {
    if (ordinal === low) low += 1;
    else above.add(ordinal);
  }
  return { low, above };
};
