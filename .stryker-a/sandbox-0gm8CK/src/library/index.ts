/// <reference path="../text/browser-text.d.ts" />
/** The library: `import { preflight, audit } from 'ra-preflight'`. Importing it does nothing; docs/library.md shows its use. */

export { UsageError } from '../model/fault.ts';
export type { Generation } from '../model/plan.ts';
export type { HostPolicy } from '../model/policy.ts';
export type { ExtraAnswer, ExtraProbe } from '../model/probe.ts';
export type {
  Because,
  Confidence,
  Coverage,
  ExtraReport,
  FilterReport,
  Group,
  HostReport,
  PortReport,
  RangeReport,
  Remedy,
  Report,
  RequirementReport,
  Run,
  Summary,
  Verdict,
  WitnessReport,
} from '../model/report.ts';
export { type Conversation, ConversationError, type TalkLimits } from '../model/wire.ts';
export type { PreflightOptions, Scope } from './options.ts';
export { checkProbe } from './probe-contract.ts';
export { audit, type PreflightRun, preflight, type RunEnd } from './run.ts';
