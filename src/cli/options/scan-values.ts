import type { ValueOf } from './declare.ts';
import { SCAN, type Scan } from './scan.ts';
import type { ScanCommand, ScanDeclaration, SettledWith } from './scan-declaration.ts';

/** Options of `check` and `audit` that somebody gave: typed, or in a config file. */
export type GivenOptions = { readonly [K in keyof Scan]?: ValueOf<Scan[K]> };

/** The names of the options that are settled at one time. */
type NameOf<S extends SettledWith> = {
  [K in keyof Scan]: Scan[K] extends { readonly settled: S; readonly raw: false } ? K : never;
}[keyof Scan];

/** Options that belong to a run and stay as they are when it is resumed. */
export type RunOption = NameOf<'run'>;

/** Options that say which hosts are meant. */
export type TargetsOption = NameOf<'targets'>;

/** Options that are given anew each time, also when a run is resumed. */
export type EachTimeOption = NameOf<'each time'>;

/** The values of the options that are part of ScanOptions by themselves. */
export type ScanValues = {
  readonly [K in RunOption | TargetsOption | EachTimeOption]: ValueOf<Scan[K]>;
};

/** The options of a command in the order of its help, with what is its own; those of the other one are not there. */
export const optionsOf = (command: ScanCommand): Scan =>
  Object.fromEntries(
    Object.entries(SCAN).flatMap(
      ([name, declaration]: [string, ScanDeclaration<unknown, SettledWith, boolean>]) =>
        declaration.commands.includes(command)
          ? [[name, { ...declaration, ...declaration.at?.[command] }]]
          : [],
    ),
  ) as unknown as Scan;
