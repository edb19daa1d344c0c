import { CONFIDENCES, VERDICTS } from '../model/report.ts';
import { compareTargets } from '../model/target-order.ts';
import type { HostMark, HostTrend, Trend } from '../model/trend.ts';
import { textIn, textOrNull, wordIn } from './column-values.ts';
import { paged, summaryOf, targetPlace } from './reports.ts';
import { statesFromLetters } from './requirement-states.ts';
import { groupsOf, type RunRow } from './runs.ts';
import type { Sql } from './sql.ts';
import { intact } from './store-error.ts';

/** Marks of one run read at once; one page for each run is in memory. */
const PAGE = 256;

/** What a run says of a host: only the small table is read, no report is unpacked. */
interface Line {
  readonly target: string;
  readonly address: string | null;
  readonly mark: HostMark;
}

const BY_TARGET = `SELECT CAST(target AS BLOB), CAST(idx AS INTEGER), CAST(address AS BLOB), CAST(verdict AS BLOB),
    CAST(confidence AS BLOB), CAST(states AS BLOB), CAST(clear AS BLOB) FROM hosts INDEXED BY hosts_by_target
  WHERE run = ? AND (target, idx) > (?, ?) ORDER BY target, idx LIMIT ${PAGE}`;

/** Marks are few, and every host has one of each run: equal ones are one object. */
const markReader = (): ((...cells: readonly unknown[]) => HostMark) => {
  const known = new Map<string, HostMark>();
  return (...cells) => {
    const key = cells.map(textIn).join(' ');
    const found = known.get(key);
    if (found) return found;
    const [verdict, confidence, states, clear] = cells;
    const mark = {
      verdict: wordIn(verdict, VERDICTS),
      clearSoFar: textIn(clear) === '1',
      confidence: wordIn(confidence, CONFIDENCES),
      states: statesFromLetters(textIn(states)),
    };
    known.set(key, mark);
    return mark;
  };
};

/** The marks of one run, ascending by target, each target once. */
function* linesOf(sql: Sql, seq: number, markOf: ReturnType<typeof markReader>): Generator<Line, undefined> {
  const all = paged(sql, seq, {
    first: ['', -1],
    next: (after) => sql.rows(BY_TARGET, [seq, ...after]),
    placeOf: targetPlace,
    read: ([target, , address, ...cells]): Line =>
      intact(sql.path, () => ({
        target: textIn(target),
        address: textOrNull(address),
        mark: markOf(...cells),
      })),
  });
  let last: string | null = null;
  for (const line of all) {
    if (line.target !== last) yield line;
    last = line.target;
  }
}

const least = (heads: readonly (Line | undefined)[]): string | null => {
  let found: string | null = null;
  for (const head of heads) {
    // Most runs have the same hosts, and equality is cheaper than order.
    if (!head || head.target === found) continue;
    if (found === null || compareTargets(head.target, found) < 0) found = head.target;
  }
  return found;
};

function* merged(cursors: readonly Generator<Line, undefined>[]): Generator<HostTrend> {
  const heads = cursors.map((cursor) => cursor.next().value);
  for (let target = least(heads); target !== null; target = least(heads)) {
    let address: string | null = null;
    const marks = cursors.map((cursor, at) => {
      const head = heads[at];
      if (head?.target !== target) return null;
      heads[at] = cursor.next().value;
      address = head.address ?? address;
      return head.mark;
    });
    yield { target, address, marks };
  }
}

/** These runs side by side, in the order given. Hosts ascend by target; the address is that of the newest run with one. */
export const trendOf = (sql: Sql, rows: readonly RunRow[]): Trend => ({
  runs: rows.map(({ seq, start }) => ({
    id: start.id,
    startedAt: start.startedAt,
    summary: summaryOf(sql, seq),
    groups: groupsOf(sql, seq) ?? [],
  })),
  hosts: {
    [Symbol.iterator]: () => {
      const markOf = markReader();
      return merged(rows.map(({ seq }) => linesOf(sql, seq, markOf)));
    },
  },
});
