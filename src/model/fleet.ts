import type { RunStart } from './report.ts';

/** A worker as it says of itself. Rates are packets a second; counts are since it was started. */
export interface WorkerStatus {
  readonly id: string;
  readonly machine: string;
  readonly version: string;
  readonly engine: RunStart['engine'];
  /** Whether it said something while this was read. */
  readonly live: boolean;
  readonly run: string | null;
  /** Numbers of the shards that it works on. */
  readonly inHand: readonly number[];
  readonly rate: number;
  readonly most: number;
  readonly sent: number;
  readonly hosts: number;
  readonly shards: number;
  /** Why it takes no shard; null when it does. */
  readonly trouble: string | null;
}

/** The run that a vantage works on, as its coordinator says. */
export interface FleetRunStatus {
  readonly id: string;
  readonly startedAt: string;
  readonly hosts: number;
  readonly judged: number;
  readonly shards: { readonly of: number; readonly done: number };
  readonly sent: number;
  readonly rate: number;
  /** Seconds that it may still take at the pace so far; null while that is not known. */
  readonly etaSeconds: number | null;
}

/** A vantage and what is in its queues. */
export interface VantageStatus {
  readonly name: string;
  readonly run: FleetRunStatus | null;
  /** Shards that wait and that are worked on, and batches that the coordinator has not taken. */
  readonly queued: number;
  readonly active: number;
  readonly results: number;
  readonly workers: readonly WorkerStatus[];
}

/** What a fleet does at a moment. */
export interface FleetStatus {
  readonly store: string;
  readonly at: string;
  readonly vantages: readonly VantageStatus[];
}

/** One thing about a store that matters for a fleet. */
export interface StoreFinding {
  readonly ok: boolean;
  readonly text: string;
}
