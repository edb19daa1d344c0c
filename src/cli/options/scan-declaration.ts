import type { Declaration } from './declare.ts';
import type { ScanMode } from './scan-mode.ts';

/** What a default may depend on. */
export interface DefaultBasis {
  readonly mode: ScanMode;
  /** Probes a second over all hosts. */
  readonly rate: number;
}

/** The commands that probe. */
export type ScanCommand = 'check' | 'audit';

/** When an option is settled. */
export type SettledWith =
  /** With the run, which keeps it: how it probes. A resumed run goes on with it. */
  | 'run'
  /** With the targets, which the run keeps instead: which hosts it probes. */
  | 'targets'
  /** Each time: where the result goes, how it looks, what is allowed today. A resumed run is given it anew. */
  | 'each time';

/** An option of `check` and `audit`. */
export interface ScanDeclaration<T, S extends SettledWith, R extends boolean> extends Declaration<T> {
  readonly settled: S;
  readonly commands: readonly ScanCommand[];
  /** May stand in a config file, and there in a schedule. */
  readonly config: 'nowhere' | 'top' | 'schedule' | 'top and schedule';
  /** Help and default of one command where they are its own. */
  readonly at?: { readonly [C in ScanCommand]?: Partial<Pick<Declaration<T>, 'help' | 'standardWords'>> };
  /** The default, where it depends on something. */
  readonly standardIn?: (situation: DefaultBasis) => NoInfer<T>;
  /** A file: in a config file it counts from the folder of that. Not so where a result goes: that is for whoever asks for it. */
  readonly fromFolder?: true;
  /** Only its command reads it: it is no part of ScanOptions by itself. */
  readonly raw: R;
}

const BOTH: readonly ScanCommand[] = ['check', 'audit'];

const usual = { commands: BOTH, config: 'top and schedule', raw: false } as const;

/** An option that is settled with the run. The usual option is of both commands, and may stand in a config file and in a schedule. */
export const ofRun = <T>(own: Declaration<T> & Partial<ScanDeclaration<T, 'run', false>>) =>
  ({ ...usual, ...own, settled: 'run' }) as ScanDeclaration<T, 'run', false>;
/** An option that is settled with the targets. */
export const ofTargets = <T>(own: Declaration<T> & Partial<ScanDeclaration<T, 'targets', false>>) =>
  ({ ...usual, ...own, settled: 'targets' }) as ScanDeclaration<T, 'targets', false>;
/** An option that is given each time. */
export const eachTime = <T>(own: Declaration<T> & Partial<ScanDeclaration<T, 'each time', false>>) =>
  ({ ...usual, ...own, settled: 'each time' }) as ScanDeclaration<T, 'each time', false>;
/** An option that only its command reads. */
export const raw = <T, S extends SettledWith>(
  settled: S,
  own: Declaration<T> & Partial<ScanDeclaration<T, S, true>>,
) => ({ ...usual, ...own, settled, raw: true }) as ScanDeclaration<T, S, true>;

/** The default of an option where it is used. */
export const standardOf = <T>(
  { standard, standardIn }: Pick<ScanDeclaration<T, SettledWith, boolean>, 'standard' | 'standardIn'>,
  situation: DefaultBasis,
): T => (standardIn ? standardIn(situation) : standard);
