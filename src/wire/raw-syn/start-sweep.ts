import type { SweepEnd, SweepOptions, SweepProbe } from '../../model/wire.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { Errno } from './sockets.ts';
import { Sweep } from './sweep.ts';

/** Sweeps on this thread, to the end. Rejects with one clear Error when this machine has nothing left to start with. */
export const startSweep = async <P extends SweepProbe>(
  libc: Libc,
  probes: Iterable<P | null>,
  options: SweepOptions<P>,
): Promise<SweepEnd> => {
  try {
    return await new Sweep(libc, probes, options).run();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const { text } = localFault(error.errno, { address: 'anywhere', family: 4 });
    throw new Error(`the sweep cannot start: ${text} (${error.message})`);
  }
};
