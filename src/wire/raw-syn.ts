import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { ConnectOptions, SweepEnd, Sweeper, SweepOptions, SweepProbe, Wire } from '../model/wire.ts';
import { LAYOUTS, type Layout } from './linux/layout.ts';
import { type Libc, loadLibc } from './linux/libc.ts';
import { IPPROTO_RAW } from './raw-syn/layout.ts';
import { Questions } from './raw-syn/questions.ts';
import { openRaw } from './raw-syn/sockets.ts';
import { startSweep } from './raw-syn/start-sweep.ts';
import { startThread, sweepOnThread, type Thread } from './raw-syn/threaded-sweep.ts';

/** Stands beside the bundle, as the build puts it; code that runs from its sources sweeps on the main thread. */
const THREAD = [new URL('./sweep-thread.js', import.meta.url)].find((file) => existsSync(file)) ?? null;

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
    const words = error instanceof Error ? error.message : String(error);
    return words === 'EPERM'
      ? `half-open SYNs need the right to open raw sockets (CAP_NET_RAW), which this process does not have\n${HOW}`
      : `half-open SYNs need a raw socket, and none is to be had here: ${words}\nThe linux or the node engine may run here`;
  }
};

/** One SYN a question; a question with a talk goes to the connecting wire. */
class SynWire implements Wire, Sweeper {
  readonly name = 'syn';
  readonly capabilities = { icmp: true, ttl: true, minTimeoutMs: 0 };
  readonly #libc: Libc;
  readonly #questions: Questions;
  readonly #under: Wire;
  #talks = 0;
  /** Waits for the next sweep. */
  #thread: Thread | null = null;

  constructor(libc: Libc, layout: Layout, under: Wire) {
    this.#libc = libc;
    this.#questions = new Questions(libc, layout);
    this.#under = under;
  }

  async connect(endpoint: Endpoint, options: ConnectOptions): Promise<Reply> {
    if (!options.talk) return this.#questions.ask(endpoint, options);
    this.#talks++;
    try {
      return await this.#under.connect(endpoint, options);
    } finally {
      this.#talks--;
      // Between talks the wire below holds nothing.
      if (this.#talks === 0) await this.#under.close();
    }
  }

  prepare(): void {
    if (THREAD) this.#thread ??= startThread(THREAD);
  }

  sweep<P extends SweepProbe>(probes: Iterable<P | null>, options: SweepOptions<P>): Promise<SweepEnd> {
    this.prepare();
    const thread = this.#thread;
    this.#thread = null;
    return thread ? sweepOnThread(thread, probes, options) : startSweep(this.#libc, probes, options);
  }

  async close(): Promise<void> {
    await this.#thread?.worker.terminate();
    this.#thread = null;
    this.#questions.close();
    await this.#under.close();
  }
}

/**
 * The wire that asks with a single SYN and never opens a connection: for Linux with CAP_NET_RAW. A SYN-ACK is answered by
 * the kernel, which knows of no such connection, with a reset; so nothing half-open stays at the target. What cannot be
 * said without a connection (a talk) is left to `under`, which this wire owns from here on. `arch` as Node names it. Throws
 * one clear Error where it cannot run.
 */
export const synWire = async (
  platform: NodeJS.Platform,
  arch: string,
  under: Wire,
): Promise<Wire & Sweeper> => {
  const layout = LAYOUTS[arch];
  if (platform !== 'linux' || !layout) {
    throw new Error(`it runs on Linux x64 and arm64, and this is ${platform} ${arch}`);
  }
  // A thread that ends while koffi watches a descriptor takes the whole process with it (koffi 3.3, Node 20 and 22).
  if (!isMainThread) throw new Error('it runs in the main thread only');
  const why = await whyNoRaw(platform);
  if (why !== null) throw new Error(why);
  return new SynWire(await loadLibc(), layout, under);
};
