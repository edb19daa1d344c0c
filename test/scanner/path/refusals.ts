import { expect } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import type { ResetTtl } from '../../../src/scanner/path/reset-ttl.ts';
import { accepted } from '../fakes.ts';

export type Refusal = Reply & { readonly kind: 'refused' };

export const refusal = (ttl?: number): Refusal => ({
  ...{ kind: 'refused', rttMs: 1, by: 'unknown' },
  ...(ttl === undefined ? {} : { ttl }),
});

export const accept = (ttl?: number): Reply =>
  ({ ...accepted, ...(ttl === undefined ? {} : { ttl }) }) as Reply;

/** A host whose ports answer as said, to the probe of that port counted from 0; `seesTtl`, or a least TTL otherwise. */
export const proberOf = (
  answer: (port: number, turn: number, minTtl: number) => Reply,
  capabilities: { readonly seesTtl?: boolean; readonly minTtl?: boolean },
) => {
  const asked: { readonly port: number; readonly minTtl: number | undefined }[] = [];
  const stop = new AbortController();
  const prober = {
    signal: stop.signal,
    rtt: { waitMs: () => 100 },
    run: { wire: { capabilities: { seesTtl: false, minTtl: false, ...capabilities } } },
    probe: async (port: number, { minTtl }: { readonly minTtl?: number } = {}) => {
      const turn = asked.filter((one) => one.port === port).length;
      asked.push({ port, minTtl });
      return answer(port, turn, minTtl ?? 0);
    },
  };
  return { prober: prober as unknown as HostProber, asked, stop };
};

export const WITNESS = 135;
export const must = (found: ResetTtl | null): ResetTtl => found ?? expect.unreachable();
