import { lookup } from 'node:dns/promises';
import type { FaultKind } from '../model/fault.ts';
import type { Family } from '../model/target.ts';
import type { Resolution, Resolver } from '../model/wire.ts';

/** getaddrinfo's word that the name has no address; the others say that nobody could be asked. */
const NOT_FOUND: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);
const SHORTAGES: Readonly<Record<string, FaultKind>> = {
  EMFILE: 'descriptors',
  ENFILE: 'descriptors',
  EAI_MEMORY: 'buffers',
  ENOMEM: 'buffers',
};

const failure = (name: string, error: NodeJS.ErrnoException): Resolution => {
  const code = error.code ?? 'UNKNOWN';
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

/** The answer, or at once that nobody waits for it any more. */
const unlessStopped = (asked: Promise<Resolution>, signal: AbortSignal): Promise<Resolution> =>
  new Promise((resolve) => {
    const stop = (): void => resolve(STOPPED);
    signal.addEventListener('abort', stop, { once: true });
    void asked.then((answer) => {
      signal.removeEventListener('abort', stop);
      resolve(answer);
    });
  });

const lookUp = async (name: string): Promise<Resolution> => {
  try {
    const found = await lookup(name, { all: true, order: 'verbatim' });
    const addresses = new Map(
      found.map(({ address, family }) => [address, { address, family: (family === 6 ? 6 : 4) as Family }]),
    );
    return { kind: 'resolved', addresses: [...addresses.values()] };
  } catch (error) {
    return failure(name, error as NodeJS.ErrnoException);
  }
};

/**
 * Name look-up through the operating system (getaddrinfo), as msra.exe does it: hosts file, search suffixes, the system's
 * order of addresses. A look-up in flight cannot be stopped, but nobody waits for it after an abort.
 */
export const systemResolver = (): Resolver => ({
  resolve: async (name, signal) => (signal.aborted ? STOPPED : unlessStopped(lookUp(name), signal)),
});
