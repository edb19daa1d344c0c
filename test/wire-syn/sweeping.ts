import type { Endpoint } from '../../src/model/target.ts';
import type { SweepReply } from '../../src/model/wire.ts';
import { said } from './asking.ts';

/** Closed ports, all of them below what the kernel or this wire sends from; listeners of tests live above. */
export function* closed(count: number, address = '127.0.0.1'): Generator<Endpoint> {
  for (let i = 0; i < count; i++) yield { address, family: address === '::1' ? 6 : 4, port: 2 + i };
}

/** How many replies said what. */
export const tally = (replies: readonly SweepReply[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { reply } of replies) counts[said(reply)] = (counts[said(reply)] ?? 0) + 1;
  return counts;
};

/** How many of these ports somebody listens at, which is no business of this test. */
export const differing = (replies: readonly SweepReply[], word: string): SweepReply[] =>
  replies.filter(({ reply }) => said(reply) !== word && reply.kind !== 'accepted');
