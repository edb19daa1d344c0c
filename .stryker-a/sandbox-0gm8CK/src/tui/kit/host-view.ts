import type { RequirementName } from '../../model/evidence.ts';
import type { PortReason, PortState } from '../../model/reply.ts';
import type { HostReport } from '../../model/report.ts';

/** What is known of one port so far. `state` null: probed, no result yet. Times in milliseconds. */
export interface PortFact {
  readonly port: number;
  readonly requirement: RequirementName;
  readonly state: PortState | null;
  readonly reason: PortReason | null;
  readonly rttMs: number | null;
  readonly attempts: number;
  /** Who sent the answer, where it is known not to be the probed host. */
  readonly from: string | null;
  /** Service and what it said, one line. */
  readonly note: string;
}

/** One host as the screen knows it. `index` is its place in the run; `report` comes when it has been judged. */
export interface HostView {
  readonly index: number;
  /** As typed, but cleaned; empty before it is known. */
  readonly target: string;
  readonly title: string;
  readonly address: string | null;
  readonly ports: ReadonlyMap<number, PortFact>;
  /** The echo's answer in words, empty before it came. */
  readonly echo: string;
  readonly report: HostReport | null;
}
