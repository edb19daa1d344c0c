import type { WireEnd, WireOptions, WireProbe, WireReply } from '../../src/model/wire.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';
import type { ChannelSizes } from '../../src/wire/raw-syn/channel.ts';
import { PortChoice } from '../../src/wire/raw-syn/local-ports.ts';
import { claimPorts } from '../../src/wire/raw-syn/ports.ts';
import { Sequences } from '../../src/wire/raw-syn/sequence.ts';
import { Sweep } from '../../src/wire/raw-syn/sweep.ts';
import { said } from './asking.ts';

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

/** Closed ports, all of them below what the kernel or this wire sends from; listeners of tests live above. */
export function* closed(count: number, address = '127.0.0.1', timeoutMs = 300): Generator<WireProbe> {
  for (let i = 0; i < count; i++)
    yield { address, family: address === '::1' ? 6 : 4, port: 2 + i, timeoutMs };
}

/** How many replies said what. */
export const tally = (replies: readonly WireReply[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reply } of replies) counts[said(reply)] = (counts[said(reply)] ?? 0) + 1;
  return counts;
};

/** How many of these ports somebody listens at, which is no business of this test. */
export const differing = (replies: readonly WireReply[], word: string): WireReply[] =>
  replies.filter(({ reply }) => said(reply) !== word && reply.kind !== 'accepted');
