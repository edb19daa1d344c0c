import { UsageError } from '../model/fault.ts';
import type { Wire } from '../model/wire.ts';
import { linuxWire } from '../wire/linux-connect.ts';
import { nodeWire } from '../wire/node-connect.ts';

/** The wire that a run uses, and in one sentence why this one. */
export interface Engine {
  readonly wire: Wire;
  readonly why: string;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Picks the wire. `auto` takes the one that sees most without privileges and says why it could not when it falls back;
 * a wire asked for by name is taken or refused, never replaced.
 */
export const chooseEngine = async (
  wanted: 'auto' | 'node' | 'linux',
  platform: NodeJS.Platform,
): Promise<Engine> => {
  if (wanted === 'node') return { wire: nodeWire(platform), why: 'asked for with --engine node' };
  if (platform !== 'linux' && wanted === 'auto') {
    return {
      wire: nodeWire(platform),
      why: `the linux engine, which sees who sent a rejection, does not run on ${platform}`,
    };
  }
  try {
    const wire = await linuxWire(platform, process.arch);
    const why =
      wanted === 'linux'
        ? 'asked for with --engine linux'
        : 'sees ICMP errors with their sender and can trace, without privileges';
    return { wire, why };
  } catch (error) {
    if (wanted === 'linux') throw new UsageError(`--engine linux: ${reasonOf(error)}`);
    return { wire: nodeWire(platform), why: `the linux engine could not be loaded: ${reasonOf(error)}` };
  }
};
