/** A command line, and what it does in words. */
export interface CommandLine {
  readonly says: string;
  readonly command: string;
}
