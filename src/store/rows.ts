import { type HostReport, isClearSoFar } from '../model/report.ts';
import { lettersOf } from './letters.ts';
import type { Packer } from './parts.ts';
import { orderKey } from './reports.ts';
import type { Sql, Value } from './sql.ts';

/** One judged host. `index`: its number in the target space; `ordinal`: its place in the order of asking. */
export interface Judged {
  readonly index: number;
  readonly ordinal: number;
  readonly report: HostReport;
  /** Questions sent by the whole run until now, for runs that are killed. */
  readonly probesSent?: number;
}

/** A judged host as its two rows. */
export interface Kept {
  readonly host: readonly Value[];
  readonly evidence: readonly Value[];
}

const HOST =
  'INSERT INTO hosts (run, idx, ordinal, target, address, verdict, confidence, states, clear) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
const EVIDENCE = 'INSERT INTO evidence (run, idx, report, crc) VALUES (?, ?, ?, ?)';

/** Packs a host for the run `seq`; done outside of a transaction, because it takes longer than to write it. */
export const keptOf = (seq: number, { index, ordinal, report }: Judged, packer: Packer): Kept => {
  const { target, address, verdict, confidence } = report;
  const { row, crc } = packer.pack(report);
  return {
    host: [
      seq,
      index,
      ordinal,
      orderKey(target),
      address,
      verdict,
      confidence,
      lettersOf(report),
      Number(isClearSoFar(report)),
    ],
    evidence: [seq, index, row, crc],
  };
};

/** Writes a packed host, inside a transaction of its packer. */
export const insertHost = (sql: Sql, { host, evidence }: Kept): void => {
  sql.run(HOST, host);
  sql.run(EVIDENCE, evidence);
};
