import type { ReportSource } from '../model/report.ts';

/** What a formatter may know of where its text goes. It never looks at the environment itself. */
export interface FormatOptions {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  readonly verbose: boolean;
  /** It is read aloud: words instead of drawings. */
  readonly spoken?: boolean;
  /** Hosts that are clear so far count as ready for a monitoring system. */
  readonly clearIsReady?: boolean;
}

/**
 * Turns a report into text, piece by piece: whoever writes asks for the next piece when the last has gone out, so a report
 * of a million hosts needs no more memory than one of ten. An empty piece stands for a few hosts that were walked without a word. Pure: it
 * writes nothing.
 */
export type Format = (report: ReportSource, options: FormatOptions) => Iterable<string>;
