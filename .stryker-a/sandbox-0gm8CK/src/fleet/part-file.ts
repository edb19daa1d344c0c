import { UsageError } from '../model/fault.ts';
import type { HostReport, Run, RunStart } from '../model/report.ts';
import { hostsIn, placesIn, type Shard } from '../model/shard.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { IndexSet } from './index-set.ts';

/** The first line of a part: who made it, and which share of which audit it is. */
export interface PartHead {
  /** As typed. */
  readonly file: string;
  readonly version: string;
  readonly run: RunStart;
  readonly shard: Shard;
}

/** A host of a part, by its number in the whole audit. */
export interface PartHost {
  readonly index: number;
  readonly report: HostReport;
}

/** What checks the values of lines against the schema of reports. All throw an Error with the reason. */
export interface PartChecks {
  readonly readHead: (value: unknown) => Omit<PartHead, 'file'>;
  readonly readHost: (value: unknown) => PartHost;
  readonly readEnd: (value: unknown) => Run;
}

/** A part whose first line has been read. */
export interface Part {
  readonly head: PartHead;
  /** Its hosts, one at a time, then what its last line says of its run. To be walked once. Throws UsageError that names the line. */
  hosts(): AsyncGenerator<PartHost, Run>;
}

/** The words for a line of a file that cannot be used; `number` counts from 1. */
export const partFault = (file: string, number: number, what: string): UsageError =>
  new UsageError(`${escapeControls(file)}: line ${number}: ${what}`);

const LONGEST_REASON = 200;

const reasonOf = (error: unknown): string =>
  escapeControls(error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)).slice(
    0,
    LONGEST_REASON,
  );

const NOT_A_PART = "not a part of an audit, as 'audit --shard 1/5 -o part1.ndjson' writes one";

/** The value of a line by what reads it, or UsageError. */
const readLine = <T>(file: string, number: number, line: string, read: (value: unknown) => T): T => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw partFault(file, number, `${quoted(line, 40)} is not JSON: ${NOT_A_PART}`);
  }
  try {
    return read(value);
  } catch (error) {
    throw partFault(file, number, `${NOT_A_PART} (${reasonOf(error)})`);
  }
};

const isEnd = (line: string): boolean => line.startsWith('{"summary"');

/** Begins to read a part: its first line. Throws UsageError for anything else. */
export const openPart = async (
  file: string,
  lines: AsyncIterator<string>,
  checks: PartChecks,
): Promise<Part> => {
  const first = await lines.next();
  if (first.done) throw partFault(file, 1, `there is none: ${NOT_A_PART}`);
  const head = { file, ...readLine(file, 1, first.value, checks.readHead) };
  const places = placesIn(head.shard.ranges);
  const hosts = hostsIn(head.shard.ranges);

  const checkWhole = (run: Run, seen: number, number: number): void => {
    if (run.id !== head.run.id) throw partFault(file, number, 'ends another run than the first line begins');
    if (!run.interrupted && seen < hosts)
      throw partFault(file, number, `ends a run with ${seen} hosts, and the shard has ${hosts}`);
  };

  return {
    head,
    async *hosts() {
      const seen = new IndexSet();
      for (let number = 2; ; number += 1) {
        const { done, value: line } = await lines.next();
        if (done) throw partFault(file, number, 'there is none: the part was cut off');
        if (isEnd(line)) {
          const run = readLine(file, number, line, checks.readEnd);
          checkWhole(run, seen.size, number);
          const more = await lines.next();
          if (!more.done) throw partFault(file, number + 1, 'comes behind the last line of the part');
          return run;
        }
        const host = readLine(file, number, line, checks.readHost);
        if (places.placeOf(host.index) === null)
          throw partFault(file, number, `host ${host.index} is none of shard ${head.shard.number}`);
        if (!seen.add(host.index)) throw partFault(file, number, `host ${host.index} is there twice`);
        yield host;
      }
    },
  };
};
