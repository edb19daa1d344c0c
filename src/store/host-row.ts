import { type HostReport, isClearSoFar } from '../model/report.ts';
import { orderKey } from '../model/target-order.ts';
import type { ReportWriter } from './dictionary.ts';
import { stateLetters } from './requirement-states.ts';
import type { Sql, Value } from './sql.ts';

/** One judged host. `index`: its number in the target space; `ordinal`: its place in the order of asking. */
export interface NumberedReport {
  readonly index: number;
  readonly ordinal: number;
  readonly report: HostReport;
  /** Probes sent by the whole run until now, for runs that are killed. */
  readonly probesSent?: number;
}

/** A judged host as its two rows. */
export interface HostRows {
  readonly host: readonly Value[];
  readonly evidence: readonly Value[];
}

const HOST =
  'INSERT INTO hosts (run, idx, ordinal, target, address, verdict, confidence, states, clear) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
const EVIDENCE = 'INSERT INTO evidence (run, idx, report, crc) VALUES (?, ?, ?, ?)';

/** Packs a host for the run `seq`; done outside of a transaction, because it takes longer than to write it. */
export const hostRow = (
  seq: number,
  { index, ordinal, report }: NumberedReport,
  packer: ReportWriter,
): HostRows => {
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
      stateLetters(report),
      Number(isClearSoFar(report)),
    ],
    evidence: [seq, index, row, crc],
  };
};

/** Writes a packed host, inside a transaction of its packer. */
export const insertHost = (sql: Sql, { host, evidence }: HostRows): void => {
  sql.run(HOST, host);
  sql.run(EVIDENCE, evidence);
};
