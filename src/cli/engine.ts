import { UsageError } from '../model/fault.ts';
import type { Wire } from '../model/wire.ts';
import { messageOf } from '../text/error-message.ts';
import { linuxWire } from '../wire/linux-connect.ts';
import { nodeWire } from '../wire/node-connect.ts';
import { synWire, whyNoRaw } from '../wire/syn-engine.ts';
import { windowsWire } from '../wire/windows-connect.ts';

/** The wire that a run uses, and in one sentence why this one. */
export interface Engine {
  readonly wire: Wire;
  readonly why: string;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const onLinux = async (platform: NodeJS.Platform): Promise<Wire> => linuxWire(platform, process.arch);

const syn = async (platform: NodeJS.Platform, why: string): Promise<Engine> => {
  const wire = await synWire(platform, process.arch, await onLinux(platform));
  return { wire, why };
};

/** What a Windows before 10 2004 lacks; the node wire sees no more. */
const OLDER =
  'this Windows is older than Windows 10 2004, so rejections are not seen: a rejecting filter looks like one that drops';

const onWindows = async (wanted: 'auto' | 'windows', platform: NodeJS.Platform): Promise<Engine> => {
  try {
    const wire = await windowsWire(platform);
    const sees = 'sees ICMP errors with their sender and can trace, without an administrator';
    if (!wire.capabilities.icmp) return { wire, why: OLDER };
    return { wire, why: wanted === 'auto' ? sees : 'chosen with --engine windows' };
  } catch (error) {
    if (wanted !== 'auto') throw new UsageError(`--engine ${wanted}: ${messageOf(error)}`);
    const why = `the windows engine could not be loaded: ${messageOf(error)}; a rejecting filter looks like one that drops`;
    return { wire: nodeWire(platform), why };
  }
};

/** What a run is like, as far as the choice of its wire goes. */
export type Job = 'few' | 'many';

/**
 * Picks the wire. `auto` takes the one that sees most: half-open SYNs for many hosts where this process may send them, else
 * the connecting wire that needs no privileges; and it says why it could not when it falls back. A wire asked for by name
 * is taken or refused, never replaced.
 */
export const chooseEngine = async (
  wanted: 'auto' | Wire['name'],
  job: Job,
  platform: NodeJS.Platform,
): Promise<Engine> => {
  if (wanted === 'node') return { wire: nodeWire(platform), why: 'chosen with --engine node' };
  if (wanted === 'windows' || (wanted === 'auto' && platform === 'win32')) return onWindows(wanted, platform);
  if (wanted === 'auto' && platform !== 'linux') {
    return {
      wire: nodeWire(platform),
      why: `there is no engine for ${platform} that sees who sent a rejection`,
    };
  }
  try {
    if (wanted === 'syn') return await syn(platform, 'chosen with --engine syn');
    if (wanted === 'linux') return { wire: await onLinux(platform), why: 'chosen with --engine linux' };
    const why = job === 'many' ? await whyNoRaw(platform) : null;
    if (job === 'many' && why === null)
      return await syn(platform, 'half-open SYNs are the fastest for many hosts');
    return {
      wire: await onLinux(platform),
      why: `sees ICMP errors with their sender and can trace, without privileges${why === null ? '' : ` (${firstLine(why)})`}`,
    };
  } catch (error) {
    if (wanted !== 'auto') throw new UsageError(`--engine ${wanted}: ${messageOf(error)}`);
    return { wire: nodeWire(platform), why: `the linux engine could not be loaded: ${messageOf(error)}` };
  }
};
