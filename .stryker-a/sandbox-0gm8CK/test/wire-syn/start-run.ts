import type { WireEnd, WireOptions, WireProbe } from '../../src/model/wire.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';
import type { SocketBuffers } from '../../src/wire/syn/raw-sockets.ts';
import { SynRun } from '../../src/wire/syn/scan-loop.ts';
import { leaseSourcePorts } from '../../src/wire/syn/source-port-lease.ts';
import { SourcePorts } from '../../src/wire/syn/source-ports.ts';
import { SequenceKey } from '../../src/wire/syn/validate.ts';

/** A run of the syn wire on this thread, with local ports of its own. */
export const sweepOf = async <P extends WireProbe>(
  libc: Libc,
  probes: Iterable<P | null>,
  { sizes, ...options }: WireOptions<P> & { readonly sizes?: SocketBuffers },
): Promise<WireEnd> => {
  const claim = leaseSourcePorts(libc);
  if (!claim) throw new Error('no local port is left');
  try {
    const ground = { libc, ports: new SourcePorts(claim.ports), sequences: new SequenceKey() };
    return await new SynRun({ ...ground, ...(sizes ? { sizes } : {}) }, probes, options).run();
  } finally {
    claim.release();
  }
};
