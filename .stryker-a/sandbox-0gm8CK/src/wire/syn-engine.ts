import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Wire, WireEnd, WireOptions, WireProbe } from '../model/wire.ts';
import { messageOf } from '../text/error-message.ts';
import { EADDRNOTAVAIL, LAYOUTS } from './linux/layout.ts';
import { type Libc, loadLibc } from './linux/libc.ts';
import { localFault } from './linux/local-fault.ts';
import { IPPROTO_RAW } from './syn/layout.ts';
import { Errno, openRaw } from './syn/open-socket.ts';
import { SynThread } from './syn/run-in-thread.ts';
import { SynRun } from './syn/scan-loop.ts';
import { leaseSourcePorts, type SourcePortLease } from './syn/source-port-lease.ts';
import { SourcePorts } from './syn/source-ports.ts';
import { SequenceKey } from './syn/validate.ts';
import { runWithConversations } from './syn/with-conversations.ts';

/** Stands beside the bundle, as the build puts it; code that runs from its sources sweeps on the main thread. */
const THREAD = [new URL('./syn-thread.js', import.meta.url)].find((file) => existsSync(file)) ?? null;

const HOW =
  'Run it with sudo, or give a copy of node the right: sudo setcap cap_net_raw,cap_net_admin+ep ./node (cap_net_raw is enough)';

/**
 * Why this process cannot send SYNs of its own, in two lines: what is missing, and how to get it. Null when it can. Never
 * throws.
 */
export const whyNoRaw = async (platform: NodeJS.Platform): Promise<string | null> => {
  if (platform !== 'linux')
    return `half-open SYNs need Linux, and this is ${platform}\nThe node engine runs here`;
  try {
    const libc = await loadLibc();
    libc.close(openRaw(libc, 4, IPPROTO_RAW));
    return null;
  } catch (error) {
    const words = messageOf(error);
    return words === 'EPERM'
      ? `half-open SYNs need the right to open raw sockets (CAP_NET_RAW), which this process does not have\n${HOW}`
      : `half-open SYNs need a raw socket, and none is to be had here: ${words}\nThe linux or the node engine may run here`;
  }
};

/** One SYN a probe; what has a talk goes to the connecting wire. One run at a time. */
class SynWire implements Wire {
  readonly name = 'syn';
  readonly capabilities = {
    icmp: true,
    ttl: true,
    minTtl: false,
    seesTtl: true,
    talksApart: true,
    minTimeoutMs: 0,
  };
  readonly #libc: Libc;
  readonly #under: Wire;
  readonly #sequences = new SequenceKey();
  #claim: SourcePortLease | null = null;
  #ports: SourcePorts | null = null;
  #thread: SynThread | null = null;

  constructor(libc: Libc, under: Wire) {
    this.#libc = libc;
    this.#under = under;
  }

  prepare(): void {
    if (this.#thread?.isBroken) this.#thread = null;
    if (THREAD) this.#thread ??= new SynThread(THREAD);
  }

  async run<P extends WireProbe>(probes: Iterable<P | null>, options: WireOptions<P>): Promise<WireEnd> {
    this.prepare();
    const ports = this.#openPorts();
    const thread = this.#thread;
    const sweep = (syns: Iterable<P | null>, synOptions: WireOptions<P>): Promise<WireEnd> =>
      thread
        ? thread.run(ports, syns, synOptions)
        : new SynRun({ libc: this.#libc, ports, sequences: this.#sequences }, syns, synOptions).run();
    try {
      return await runWithConversations(
        sweep,
        (talks, talkOptions) => this.#under.run(talks, talkOptions),
        probes,
        options,
      );
    } finally {
      // Between runs the wire below holds nothing.
      await this.#under.close();
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    this.#ports = null;
    this.#claim?.release();
    this.#claim = null;
    await thread?.close();
    await this.#under.close();
  }

  /** The local ports stay the same until the wire is closed, so that a flow has its own in every run. */
  #openPorts(): SourcePorts {
    if (this.#ports) return this.#ports;
    try {
      this.#claim = leaseSourcePorts(this.#libc);
      if (!this.#claim) throw new Errno(EADDRNOTAVAIL);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const { text } = localFault(error.errno, { address: 'anywhere', family: 4 });
      throw new Error(`the syn engine cannot start: ${text} (${error.message})`);
    }
    this.#ports = new SourcePorts(this.#claim.ports);
    return this.#ports;
  }
}

/**
 * The wire that probes with a single SYN and never opens a connection: for Linux with CAP_NET_RAW. A SYN-ACK is answered by
 * the kernel, which knows of no such connection, with a reset; so nothing half-open stays at the target. What cannot be
 * said without a connection (a talk) is left to `under`, which this wire owns from here on. `arch` as Node names it. Throws
 * one clear Error where it cannot run.
 */
export const synWire = async (platform: NodeJS.Platform, arch: string, under: Wire): Promise<Wire> => {
  if (platform !== 'linux' || !LAYOUTS[arch]) {
    throw new Error(`it runs on Linux x64 and arm64, and this is ${platform} ${arch}`);
  }
  // A thread that ends while koffi watches a descriptor takes the whole process with it (koffi 3.3, Node 20 and 22).
  if (!isMainThread) throw new Error('it runs in the main thread only');
  const why = await whyNoRaw(platform);
  if (why !== null) throw new Error(why);
  return new SynWire(await loadLibc(), under);
};
