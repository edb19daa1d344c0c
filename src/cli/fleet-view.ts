import type { HostReport, Run, RunStart } from '../model/report.ts';
import type { TargetSpace } from '../model/target.ts';
import type { RunHistory } from '../store/memory-history.ts';
import { aboutDuration } from '../text/duration.ts';
import type { FleetVantage } from './fleet-vantage.ts';
import { log } from './log.ts';
import type { ScanOptions } from './options.ts';

/** A run of a fleet as it is shown. */
export interface ShownFleet {
  readonly history: RunHistory;
  readonly options: ScanOptions;
  /** Targets as typed, and the hosts that they are. */
  readonly targets: readonly string[];
  readonly space: TargetSpace;
  readonly vantages: readonly FleetVantage[];
  /** The run of all vantages, once it has begun. */
  readonly run: () => RunStart;
  /** Packets a second of each vantage from now on; 0 holds all back. */
  readonly setRate: (perSecond: number) => void;
  readonly stop: () => void;
}

/** What shows a run of a fleet while it goes on. */
export interface FleetRunView {
  /** Each vantage has a worker, and the run is recorded. */
  begin(): void;
  /** A host was judged at the vantage at this place. */
  judged(vantage: number, index: number, report: HostReport): void;
  /** The coordinator has looked after its vantages: twice a second. */
  look(): void;
  notice(text: string): void;
  /** The run has ended and is kept; resolves when it need not be shown any more. */
  end(run: Run): Promise<void>;
  /** The run has failed. */
  abandon(failure: unknown): Promise<void>;
}

/** How far each vantage is, and how long it may still take. */
const progressWords = (
  vantages: readonly FleetVantage[],
  size: number,
  began: number,
  before: number,
): string => {
  const judged = vantages.reduce((sum, one) => sum + one.judged, 0);
  const left = size * vantages.length - judged;
  const perSecond = (judged - before) / ((performance.now() - began) / 1000);
  const eta = perSecond > 0 && left > 0 ? `, ${aboutDuration(left / perSecond)} left` : '';
  return `${vantages.map(({ name, judged: hosts }) => `${name} ${hosts}/${size}`).join(', ')}${eta}`;
};

/** One line on standard error where that is a terminal, and notices; nothing for those who want quiet. */
export const progressView = ({ options: { quiet }, vantages, space }: ShownFleet): FleetRunView => {
  const began = performance.now();
  const before = vantages.reduce((sum, { judged }) => sum + judged, 0);
  const isLive = process.stderr.isTTY && !quiet;
  const wipe = (): void => {
    if (isLive) process.stderr.write('\r\x1b[2K');
  };
  return {
    begin: () => {},
    judged: () => {},
    look: () => {
      wipe();
      if (isLive) process.stderr.write(progressWords(vantages, space.size, began, before));
    },
    notice: (text) => {
      wipe();
      if (!quiet) log(text);
    },
    end: async () => wipe(),
    abandon: async () => wipe(),
  };
};
