import { UsageError } from '../model/fault.ts';
import { type Wire, type WireName, wiresOn } from '../model/wire.ts';
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

/** Whether an engine runs here, and a few lines about it: what it sees, or what it lacks and what runs instead. */
export interface EngineFinding {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

interface EngineEntry {
  /** Rejects with what is missing. */
  readonly open: (platform: NodeJS.Platform) => Promise<Wire>;
  /** Never rejects. */
  readonly examine: (platform: NodeJS.Platform) => Promise<EngineFinding>;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

const onLinux = async (platform: NodeJS.Platform): Promise<Wire> => linuxWire(platform, process.arch);

/** Opens a wire to see whether that works. */
const tried = async (
  open: Promise<Wire>,
  sees: (wire: Wire) => string,
  instead: string,
): Promise<EngineFinding> => {
  try {
    const wire = await open;
    await wire.close();
    return { ok: true, lines: [sees(wire)] };
  } catch (error) {
    return { ok: false, lines: [messageOf(error), instead] };
  }
};

/** The engines by the names that `--engine` takes. */
const ENGINES: Readonly<Record<WireName, EngineEntry>> = {
  node: {
    open: async (platform) => nodeWire(platform),
    examine: async () => ({
      ok: true,
      lines: ['runs everywhere; cannot see who sends a rejection, cannot trace'],
    }),
  },
  linux: {
    open: onLinux,
    examine: (platform) =>
      tried(
        onLinux(platform),
        () => 'sees who sends a rejection, and traces any TCP port, without privileges',
        'the node engine runs here; it cannot trace',
      ),
  },
  syn: {
    open: async (platform) => synWire(platform, process.arch, await onLinux(platform)),
    examine: async (platform) => {
      const why = await whyNoRaw(platform);
      const sees = 'half-open SYNs, the fastest for many hosts; audits use it automatically';
      return { ok: why === null, lines: why?.split('\n') ?? [sees] };
    },
  },
  windows: {
    open: windowsWire,
    examine: (platform) =>
      tried(
        windowsWire(platform),
        ({ capabilities }) =>
          capabilities.icmp
            ? 'sees who rejects, and traces any TCP port, without an administrator'
            : 'runs, but this Windows is older than Windows 10 2004: it sees no rejection, and cannot trace',
        'the node engine runs here; a rejecting filter looks to it like one that drops',
      ),
  },
};

/** Whether the engines run that can exist on this system. */
export const examineEngines = async (
  platform: NodeJS.Platform,
): Promise<(EngineFinding & { readonly name: WireName })[]> => {
  const findings: (EngineFinding & { readonly name: WireName })[] = [];
  for (const name of wiresOn(platform)) findings.push({ name, ...(await ENGINES[name].examine(platform)) });
  return findings;
};

/** What a run is like, as far as the choice of its wire goes. */
export type HostCount = 'few' | 'many';

/** What `auto` takes, the engine that sees most, and why; and what to say behind the reason when it cannot be had. */
const best = async (
  job: HostCount,
  platform: NodeJS.Platform,
): Promise<{ readonly name: WireName; readonly why: string; readonly lost: string }> => {
  if (platform === 'win32') {
    return {
      name: 'windows',
      why: 'sees ICMP errors with their sender and can trace, without an administrator',
      lost: '; a rejecting filter looks like one that drops',
    };
  }
  if (platform !== 'linux') {
    const why = `there is no engine for ${platform} that sees who sent a rejection`;
    return { name: 'node', why, lost: '' };
  }
  const whyNot = job === 'many' ? await whyNoRaw(platform) : null;
  if (job === 'many' && whyNot === null)
    return { name: 'syn', why: 'half-open SYNs are the fastest for many hosts', lost: '' };
  const behind = whyNot === null ? '' : ` (${firstLine(whyNot)})`;
  const why = `sees ICMP errors with their sender and can trace, without privileges${behind}`;
  return { name: 'linux', why, lost: '' };
};

/** What a Windows before 10 2004 lacks; the node engine sees no more. */
const OLDER =
  'this Windows is older than Windows 10 2004, so rejections are not seen: a rejecting filter looks like one that drops';

const opened = async (name: WireName, why: string, platform: NodeJS.Platform): Promise<Engine> => {
  const wire = await ENGINES[name].open(platform);
  return { wire, why: name === 'windows' && !wire.capabilities.icmp ? OLDER : why };
};

/**
 * Picks the wire. `auto` takes the one that sees most: half-open SYNs for many hosts where this process may send them, else
 * the connecting wire that needs no privileges; and it says why it could not when it falls back. A wire asked for by name
 * is taken or refused, never replaced.
 */
export const chooseEngine = async (
  wanted: 'auto' | WireName,
  job: HostCount,
  platform: NodeJS.Platform,
): Promise<Engine> => {
  if (wanted !== 'auto') {
    try {
      return await opened(wanted, `chosen with --engine ${wanted}`, platform);
    } catch (error) {
      throw new UsageError(`--engine ${wanted}: ${messageOf(error)}`);
    }
  }
  const { name, why, lost } = await best(job, platform);
  try {
    return await opened(name, why, platform);
  } catch (error) {
    // Half-open SYNs go through the linux engine too.
    const missing = name === 'syn' ? 'linux' : name;
    return {
      wire: nodeWire(platform),
      why: `the ${missing} engine could not be loaded: ${firstLine(messageOf(error))}${lost}`,
    };
  }
};
