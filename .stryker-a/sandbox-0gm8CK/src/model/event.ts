import type { HostEvidence, PortObservation, RequirementName } from './evidence.ts';
import type { HostReport, Run, RunStart } from './report.ts';
import type { Target } from './target.ts';
import type { Echo } from './wire.ts';

/** What the scan says while it runs. `host` is the index of the host within the run, in the order of probing. */
export type ScanEvent =
  | { readonly type: 'run-started'; readonly run: RunStart; readonly hosts: number }
  | {
      readonly type: 'host-started';
      readonly host: number;
      readonly target: Target;
      readonly address: string | null;
      readonly names: readonly string[];
    }
  /** These ports will be probed; more may follow when the mapper lists endpoints or a range is mapped. */
  | {
      readonly type: 'asking';
      readonly host: number;
      readonly ports: readonly { readonly port: number; readonly requirement: RequirementName }[];
    }
  /** The result for one port so far. It may come again for the same port: silence is probed again before it is final. */
  | { readonly type: 'answered'; readonly host: number; readonly observation: PortObservation }
  | { readonly type: 'echoed'; readonly host: number; readonly echo: Echo }
  /** Something about this machine that slows or limits the run. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'host-finished'; readonly host: number; readonly evidence: HostEvidence }
  | { readonly type: 'run-finished'; readonly run: Run };

/** The same stream after judging: evidence has become a report, everything else passes through. */
export type JudgedEvent =
  | Exclude<ScanEvent, { readonly type: 'host-finished' }>
  | { readonly type: 'host-judged'; readonly host: number; readonly report: HostReport };
