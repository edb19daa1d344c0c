/** The library: `import { preflight, audit } from 'ra-preflight'`. Importing it does nothing; docs/library.md shows its use. */

export { UsageError } from '../model/fault.ts';
export type { Generation } from '../model/plan.ts';
export type {
  Because,
  Confidence,
  Coverage,
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
} from '../model/report.ts';
export type { PreflightOptions, Scope } from './options.ts';
export { audit, type PreflightRun, preflight, type RunEnd } from './run.ts';
