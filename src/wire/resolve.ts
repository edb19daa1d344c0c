import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import type { FaultKind } from '../model/fault.ts';
import type { Resolution, Resolver } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { type LookUpResult, lookUp } from './resolve/look-up.ts';
import { LookUpPool } from './resolve/look-up-pool.ts';

/** The script of the look-ups' own process, which only the bundle has beside itself. */
const SCRIPT = [new URL('./look-up-process.js', import.meta.url)].find((file) => existsSync(file)) ?? null;

/** libuv's own size of the pool, and ours: 64 look-ups side by side, of two queries each, are less than dnsmasq takes (150). */
const LIBUV_THREADS = 4;
const THREADS = 128;
/** libuv (src/threadpool.c, `slow_work_thread_threshold`) lets half of its threads wait for names; more would queue there. */
const placesOf = (threads: number): number => Math.max(1, Math.ceil(threads / 2));

/** Names of this machine (RFC 6761 section 6.3): no name server is queried, so a process of their own would only cost time. */
const OWN_NAME = /(^|\.)localhost\.?$/i;

/** getaddrinfo's codes for a name without an address; all others mean that no name server could be queried. */
const NOT_FOUND: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);
const SHORTAGES: Readonly<Record<string, FaultKind>> = {
  EMFILE: 'descriptors',
  ENFILE: 'descriptors',
  EAI_MEMORY: 'buffers',
  ENOMEM: 'buffers',
};

const resolutionOf = (name: string, found: LookUpResult): Resolution => {
  if ('addresses' in found) return { kind: 'resolved', addresses: found.addresses };
  const { code } = found;
  if (NOT_FOUND.has(code)) return { kind: 'not-found', code };
  const text =
    code === 'EAI_AGAIN'
      ? `no name server answered for ${name}`
      : `the look-up of ${name} failed here: ${code}`;
  return { kind: 'failed', fault: { kind: SHORTAGES[code] ?? 'other', code, text } };
};

const STOPPED: Resolution = {
  kind: 'failed',
  fault: { kind: 'aborted', code: 'ABORT', text: 'stopped' },
};

/** The size that the user gave libuv's pool, as libuv reads it, or null. */
const threadsOfUser = (env: NodeJS.ProcessEnv): number | null => {
  const given = env['UV_THREADPOOL_SIZE'];
  return given === undefined ? null : Math.min(1024, Math.max(1, Number.parseInt(given, 10) || 1));
};

/**
 * Name look-up through the operating system (getaddrinfo), as msra.exe does it: hosts file, search suffixes, the system's
 * order of addresses; a name with a trailing dot is looked up as given. Many are looked up side by side, in a process of their
 * own where there can be one. A look-up in flight cannot be stopped, but nobody waits for it after an abort, nor does an exit.
 */
export const systemResolver = (): Resolver => {
  const threads = threadsOfUser(process.env);
  const here = pLimit(placesOf(threads ?? LIBUV_THREADS));
  const sideBySide = pLimit(placesOf(threads ?? THREADS));
  const aborts = new Aborts();
  let elsewhere = SCRIPT && new LookUpPool(SCRIPT, threads ?? THREADS);

  const ask = async (name: string, signal: AbortSignal): Promise<LookUpResult | null> => {
    try {
      if (elsewhere && !OWN_NAME.test(name)) return await elsewhere.ask(name, signal);
    } catch {
      // No process can be had (descriptors, processes, a sandbox): slower, but with the same answers.
      elsewhere = null;
    }
    return here(() => (signal.aborted ? null : lookUp(name)));
  };

  return {
    resolve: async (name, signal) => {
      if (signal.aborted) return STOPPED;
      let stop = (): void => {};
      const stopped = new Promise<null>((resolve) => {
        stop = () => resolve(null);
      });
      aborts.add(signal, stop);
      try {
        const asked = sideBySide(() => (signal.aborted ? null : ask(name, signal)));
        const found = await Promise.race([asked, stopped]);
        return found ? resolutionOf(name, found) : STOPPED;
      } finally {
        aborts.remove(signal, stop);
      }
    },
  };
};
