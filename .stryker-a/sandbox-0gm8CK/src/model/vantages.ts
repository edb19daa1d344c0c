import type { Summary } from './summary.ts';

/** What a vantage of a fleet found. */
export interface VantageSummary {
  readonly name: string;
  /** The run of this vantage in the history. */
  readonly run: string;
  readonly summary: Summary;
  /** Hosts from which anything came back. */
  readonly answering: number;
  /**
   * Nothing came back from any host, while other vantages reached several: the trouble is at this vantage, and its verdicts are
   * undetermined.
   */
  readonly sick: boolean;
}

/** Hosts of one subnet as one vantage sees them. */
export interface VantageCell {
  readonly vantage: string;
  readonly hosts: number;
  readonly clear: number;
  readonly blocked: number;
  readonly undetermined: number;
  readonly unreachable: number;
}

/** A row of the matrix subnet x vantage. */
export interface VantageRow {
  /** `10.1.2.0/24`; null for hosts without an address. */
  readonly subnet: string | null;
  readonly cells: readonly VantageCell[];
}

/** Hosts of a subnet on which vantages disagree in the same way. */
export interface Disagreement {
  /** `blocked-only-from` and `clear-only-from` name one vantage against all others, `blocked-from` any others. */
  readonly kind: 'blocked-only-from' | 'clear-only-from' | 'blocked-from';
  readonly subnet: string | null;
  readonly hosts: number;
  /** A few of them, as typed. */
  readonly examples: readonly string[];
  readonly blocked: readonly string[];
  readonly clear: readonly string[];
  /** Vantages that cannot tell: undetermined or unreachable from there. */
  readonly unknown: readonly string[];
  readonly text: string;
}

/** How the vantages of a fleet compare. */
export interface VantageComparison {
  readonly vantages: readonly VantageSummary[];
  readonly matrix: readonly VantageRow[];
  readonly findings: readonly Disagreement[];
}
