import { resolve } from 'node:path';
import type { Written } from './kinds.ts';
import { SCAN, type Scan } from './scan.ts';
import type { GivenOptions } from './scan-values.ts';

/**
 * The options among the keys of an object, which are long names; its other keys are not looked at. Throws UsageError for the first
 * value that is out of its limits.
 */
export const readWritten = (written: Readonly<Record<string, unknown>>): GivenOptions =>
  Object.fromEntries(
    Object.entries(SCAN).flatMap(([name, { long, kind }]) =>
      written[long] === undefined ? [] : [[name, kind.read(`--${long}`, written[long] as Written)]],
    ),
  );

/** Options of a config file whose files count from its folder. */
export const fromFolder = (options: GivenOptions, folder: string): GivenOptions => {
  const absolute = (file: string): string => (file === ':memory:' ? file : resolve(folder, file));
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const declaration: { readonly fromFolder?: true } = SCAN[name as keyof Scan];
      if (!declaration.fromFolder) return [name, value];
      return [name, Array.isArray(value) ? value.map(absolute) : value && absolute(String(value))];
    }),
  );
};
