import type { Report } from '../model/report.ts';

/** What a formatter may know of where its text goes. It never looks at the environment itself. */
export interface FormatOptions {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  readonly verbose: boolean;
}

/** Turns a report into text. Pure: it writes nothing. */
export type Format = (report: Report, options: FormatOptions) => string;
