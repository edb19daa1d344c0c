import type { WireProbe, WireReply } from '../../src/model/wire.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';
import { SOCKET_BUFFERS, type SocketBuffers } from '../../src/wire/syn/raw-sockets.ts';
import { said } from './asking.ts';
import { sweepOf } from './start-run.ts';

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

const { signal } = new AbortController();

/** Sends probes to the end with this much room and rate. */
export const sweepWith = async (
  libc: Libc,
  probes: Iterable<WireProbe>,
  { sizes = {}, perSecond }: { perSecond: number; sizes?: Partial<SocketBuffers> },
) => {
  const replies: WireReply[] = [];
  const end = await sweepOf(libc, probes, {
    ...{ signal, perSecond, sizes: { ...SOCKET_BUFFERS, ...sizes } },
    onReplies: (batch) => replies.push(...batch),
  });
  return { replies, end };
};
