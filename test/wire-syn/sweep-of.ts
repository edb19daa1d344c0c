import type { WireEnd, WireOptions, WireProbe } from '../../src/model/wire.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';
import type { ChannelSizes } from '../../src/wire/raw-syn/channel.ts';
import { PortChoice } from '../../src/wire/raw-syn/local-ports.ts';
import { claimPorts } from '../../src/wire/raw-syn/ports.ts';
import { Sequences } from '../../src/wire/raw-syn/sequence.ts';
import { Sweep } from '../../src/wire/raw-syn/sweep.ts';

/** A run of the syn wire on this thread, with local ports of its own. */
export const sweepOf = async <P extends WireProbe>(
  libc: Libc,
  probes: Iterable<P | null>,
  { sizes, ...options }: WireOptions<P> & { readonly sizes?: ChannelSizes },
): Promise<WireEnd> => {
  const claim = claimPorts(libc);
  if (!claim) throw new Error('no local port is left');
  try {
    const ground = { libc, ports: new PortChoice(claim.ports), sequences: new Sequences() };
    return await new Sweep({ ...ground, ...(sizes ? { sizes } : {}) }, probes, options).run();
  } finally {
    claim.release();
  }
};
