import { crc32 } from 'node:zlib';
import type { HostReport } from '../model/report.ts';
import { textIn } from './column-values.ts';
import {
  type CompressedReport,
  type DictionaryReader,
  decompressReport,
  type Item,
  reportCompressor,
} from './compress-report.ts';
import type { Row, Sql, Value } from './sql.ts';

/** Longest part that is shared; a longer one stays with its host. */
const MOST_CHARACTERS = 2048;
/** Parts that are remembered at once, of each kind. A run in which every host is unlike must not fill the memory. */
const MOST_PARTS = 4096;
/** Items with the same key that are remembered: what hosts say of one port. */
const MOST_ALIKE = 8;

const WRITE = 'INSERT INTO parts (run, id, text, crc) VALUES (?, ?, ?, ?)';
const READ = 'SELECT CAST(text AS BLOB), CAST(crc AS INTEGER) FROM parts WHERE run = ? AND id = ?';
const LAST = 'SELECT coalesce(max(id), 0) FROM parts WHERE run = ?';

const crcOf = (id: number, text: string): number => crc32(`${id} ${text}`);
const nameOf = (id: number): string => id.toString(36);

/** An item that was seen at the host with the address `own`; its name is given when it is seen again. */
interface Seen {
  readonly item: Item;
  readonly keys: readonly string[];
  readonly own: string | null;
  name: string | null;
}

const valueIn = (item: Item, key: string): unknown => item[key as keyof Item];

const isRtt = (value: unknown): boolean => value === null || Number.isFinite(value);

const isPlain = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'number';

/** An object of plain values, such as the flows of a port. */
const isFlat = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isPlain);

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (isFlat(a) && isFlat(b) && JSON.stringify(a) === JSON.stringify(b));

const lengthOf = (item: Item): number => {
  let length = 0;
  for (const key in item) {
    const value = valueIn(item, key);
    if (typeof value === 'string') length += value.length;
  }
  return length;
};

/** Whether an item says the same: but for the round trip, and with the host's own address for that of the other. */
const saysTheSame = (seen: Seen, item: Item, own: string | null): boolean => {
  let at = 0;
  for (const key in item) {
    if (at === seen.keys.length || key !== seen.keys[at]) return false;
    at += 1;
    const value = valueIn(item, key);
    const known = valueIn(seen.item, key);
    if (
      key === 'rttMs'
        ? !isRtt(value)
        : known !== null && known === seen.own
          ? value !== own
          : !isSame(value, known)
    )
      return false;
  }
  return at === seen.keys.length;
};

/** An item as it is shared, `true` for the host's own address; null for one of another form than ours, or too long. */
const textOf = ({ item, keys, own }: Seen): string | null => {
  const isShared = (value: unknown): boolean => isPlain(value) || isFlat(value);
  if (!keys.includes('rttMs') || !keys.every((key) => isShared(valueIn(item, key)))) return null;
  const said = keys.map((key) => {
    const value = valueIn(item, key);
    return [key, key === 'rttMs' ? null : value !== null && value === own ? true : value] as const;
  });
  const text = JSON.stringify(Object.fromEntries(said));
  return text.length > MOST_CHARACTERS ? null : text;
};

/** Reports of one run on their way into the database. */
export interface ReportWriter {
  pack(report: HostReport): CompressedReport;
  /** A transaction that writes what the hosts packed so far share, too. */
  transaction<T>(work: () => T): T;
}

/** A packer for a run with one writer. A part is shared from its second host on, so that a unique one costs nothing. */
export const reportWriter = (sql: Sql, seq: number): ReportWriter => {
  let last = Number(sql.rows(LAST, [seq])[0]?.[0]);
  let fresh: Value[][] = [];
  const once = new Set<number>();
  const names = new Map<string, string>();
  const items = new Map<string | number, Seen[]>();

  const give = (text: string): string => {
    last += 1;
    fresh.push([seq, last, text, crcOf(last, text)]);
    return nameOf(last);
  };

  const ofText = (text: string): string | null => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (text.length > MOST_CHARACTERS) return null;
    // A checksum will do: one that two texts have in common only gives the second of them a name too early.
    const trace = crc32(text);
    if (!once.delete(trace)) {
      if (once.size >= MOST_PARTS) once.clear();
      once.add(trace);
      return null;
    }
    if (names.size >= MOST_PARTS) names.clear();
    const name = give(text);
    // A copy: a piece of a string keeps the whole of it in memory.
    names.set(Buffer.from(text).toString(), name);
    return name;
  };

  /** Remembers an item that was not seen. */
  const meet = (key: string | number, item: Item, own: string | null): void => {
    if (lengthOf(item) > MOST_CHARACTERS) return;
    if (items.size >= MOST_PARTS) items.clear();
    // One without a name is enough: what is frequent soon comes twice in a row, and what comes once does not matter.
    const alike = (items.get(key) ?? []).filter((one) => one.name !== null).slice(0, MOST_ALIKE - 1);
    alike.unshift({ item, keys: Object.keys(item), own, name: null });
    items.set(key, alike);
  };

  const ofItem = (key: string | number, item: Item, own: string | null): string | null => {
    const alike = items.get(key);
    const at = alike?.findIndex((one) => saysTheSame(one, item, own)) ?? -1;
    const found = alike?.[at];
    if (!alike || !found) {
      meet(key, item, own);
      return null;
    }
    if (at > 0) {
      // The ones that come often are found first and leave last.
      alike.splice(at, 1);
      alike.unshift(found);
    }
    if (found.name === null) {
      const text = textOf(found);
      found.name = text === null ? null : give(text);
    }
    return found.name;
  };

  const pack = reportCompressor({ ofText, ofItem });
  return {
    pack,
    transaction: (work) => {
      const result = sql.transaction(() => {
        const made = work();
        for (const part of fresh) sql.run(WRITE, part);
        return made;
      });
      // Only now: what could not be written is written with the next.
      fresh = [];
      return result;
    },
  };
};

/** Parts that were read and parsed; all are forgotten when they are too many. */
const remembered = <T>(make: (name: string) => T): ((name: string) => T) => {
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= MOST_PARTS) known.clear();
    const made = make(name);
    known.set(name, made);
    return made;
  };
};

interface Template {
  readonly item: Item;
  readonly size: number;
  /** Keys that hold the address of the host itself. */
  readonly own: readonly string[];
}

/** The columns of a report that a Reader takes, in a query over `evidence`. */
export const REPORT_COLUMNS =
  "CAST(evidence.report AS BLOB), typeof(evidence.report) = 'text', CAST(evidence.crc AS INTEGER)";

/** Reads the reports of one run out of the columns REPORT. Throws Error for a damaged one. */
export type ReportDecoder = (report: Row) => HostReport;

/** A reader that remembers the parts of a run. */
export const reportDecoder = (sql: Sql, seq: number): ReportDecoder => {
  const read = (name: string): string => {
    const id = Number.parseInt(name, 36);
    const [found] = nameOf(id) === name ? sql.rows(READ, [seq, id]) : [];
    if (!found) throw new RangeError('a part is missing');
    const text = textIn(found[0]);
    const crc = found[1];
    if (text.length > MOST_CHARACTERS || crcOf(id, text) !== crc) throw new RangeError('a part is damaged');
    return text;
  };
  const template = remembered((name): Template => {
    const text = read(name);
    const item = JSON.parse(text) as Item;
    const own = Object.entries(item).flatMap(([key, value]) => (value === true ? [key] : []));
    return { item, size: text.length, own };
  });
  const named: DictionaryReader = {
    text: remembered(read),
    item: (name, rttMs, address) => {
      const { item, size, own } = template(name);
      const made: Record<string, unknown> = { ...item, rttMs };
      for (const key of own) made[key] = address;
      return { item: made as unknown as Item, size: size + own.length * (address?.length ?? 0) };
    },
  };
  return ([report, isText, crc]) => {
    const row = isText === 1 ? textIn(report) : (report as Uint8Array);
    return decompressReport({ row, crc } as CompressedReport, named);
  };
};
