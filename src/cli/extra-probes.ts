import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../model/fault.ts';
import type { ExtraProbe } from '../model/probe.ts';
import { quoted } from '../text/quoted.ts';

const MOST_PORTS = 16;
const MOST_PROBES = 16;

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** Says what is wrong with a value that should be a probe; null when it is one. */
const whyNoProbe = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return 'is not an object with name and ports';
  const { name, ports, limits, converse } = value as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
    return 'name: expected lower-case letters, digits and hyphens, 32 at most';
  if (!Array.isArray(ports) || ports.length === 0 || ports.length > MOST_PORTS || !ports.every(isPort))
    return `ports: expected 1 to ${MOST_PORTS} numbers from 1 to 65535`;
  if (converse !== undefined && typeof converse !== 'function') return 'converse: expected a function';
  if (limits === undefined) return null;
  const isBound = (limit: unknown): boolean => typeof limit === 'number' && limit > 0;
  return typeof limits === 'object' && limits !== null && Object.values(limits).every(isBound)
    ? null
    : 'limits: expected an object of positive numbers';
};

/** Takes values for a user's own probes, `from` which module; throws UsageError for the first that is none, or has the name of another. */
export const readExtraProbes = (values: readonly unknown[], from: string): ExtraProbe[] => {
  const names = new Set<string>();
  if (values.length > MOST_PROBES) throw new UsageError(`${from}: ${MOST_PROBES} probes at most`);
  return values.map((value) => {
    const why = whyNoProbe(value);
    if (why !== null) throw new UsageError(`${from}: a probe's ${why}`.replace("a probe's is", 'a probe is'));
    const probe = value as ExtraProbe;
    if (names.has(probe.name)) throw new UsageError(`${from}: two probes have the name ${probe.name}`);
    names.add(probe.name);
    return probe;
  });
};

/**
 * Imports probes of a user's own: modules whose default export is one ExtraProbe or a list of them. `folder` is where relative paths
 * start. Throws UsageError for a module that cannot be imported, with its reason.
 */
export const loadExtraProbes = async (paths: readonly string[], folder: string): Promise<ExtraProbe[]> => {
  const loaded: unknown[] = [];
  for (const path of paths) {
    let module: { readonly default?: unknown };
    try {
      module = await import(pathToFileURL(resolve(folder, path)).href);
    } catch (error) {
      const reason =
        error instanceof Error ? error.message.replace(/ imported from .*|\n.*/s, '') : String(error);
      throw new UsageError(`probes: ${quoted(path)} cannot be loaded: ${reason}`);
    }
    const given = module.default;
    if (given === undefined) throw new UsageError(`probes: ${quoted(path)} has no default export`);
    loaded.push(...readExtraProbes(Array.isArray(given) ? given : [given], `probes: ${quoted(path)}`));
  }
  return readExtraProbes(loaded, 'probes');
};
