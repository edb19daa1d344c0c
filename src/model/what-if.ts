import type { Commands } from './commands.ts';
import type { Run } from './report.ts';
import type { PortRange } from './target.ts';

/** The JSON contract of `report --what-if`. Adding is free; changing or removing needs `@2`. */
export const WHAT_IF_SCHEMA = 'ra-preflight/what-if@1';

/** Why no opening in the network makes a blocked host ready, in the order in which reports list it. */
export const BARRED = [
  'policy',
  'translation',
  'own-firewall',
  'refused',
  'other-service',
  'no-filter',
] as const;

/** One of BARRED. */
export type Barred = (typeof BARRED)[number];

/** One filter opened for some prefixes: a ticket for the team that runs it. */
export interface OpeningStep extends Commands {
  /** The id of the group of the report whose filter it opens. */
  readonly id: string;
  readonly signature: string;
  /** `open TCP 135 after 10.0.3.1 for 10.1.2.0/24` */
  readonly title: string;
  /** The ticket in words. */
  readonly text: string;
  readonly ports: readonly PortRange[];
  /** Fewest CIDR prefixes over the hosts that need it, and no host that answered otherwise. */
  readonly prefixes: readonly string[];
  /** Hosts of the plan that need it. */
  readonly needed: number;
  /** Hosts that nothing blocks any more once this step is made, after those before it. */
  readonly makesReady: number;
  /** The same of all steps up to this one. */
  readonly ready: number;
}

/** Blocked hosts that no opening makes ready. `examples`: a few of them, as typed. */
export interface BarredHosts {
  readonly why: Barred;
  readonly hosts: number;
  readonly examples: readonly string[];
}

/** What would become of a run's blocked hosts if filters of the network were opened. */
export interface Openings {
  /** Blocked hosts; `openable` of them fail by nothing but filters of the network. */
  readonly blocked: number;
  readonly openable: number;
  /** Of the openable, those with a requirement that this run could not decide. */
  readonly untested: number;
  /** Whether no other order of the steps makes hosts ready sooner (`exact`), or that was not searched (`greedy`). */
  readonly order: 'exact' | 'greedy';
  readonly steps: readonly OpeningStep[];
  readonly barred: readonly BarredHosts[];
  /** Hosts that stay so, whatever is opened. `clearSoFar` of the undetermined. */
  readonly undetermined: number;
  readonly clearSoFar: number;
  readonly unreachable: number;
}

/** The openings for a stored run. */
export interface WhatIf extends Openings {
  readonly schema: typeof WHAT_IF_SCHEMA;
  readonly run: Pick<Run, 'id' | 'startedAt' | 'vantage' | 'interrupted' | 'running'>;
}
