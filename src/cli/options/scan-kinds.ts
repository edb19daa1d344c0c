import { DYNAMIC_PORTS, type PortRange } from '../../model/target.ts';
import { parsePortRange } from '../../targets/port-range.ts';
import { type Bounds, type Kind, orNull, parsed, text, time, whole } from './kinds.ts';

/** Probes a second, in all or to some of the hosts. */
export const RATE: Bounds = [1, 1_000_000];
/** Probes in flight, in all or to one host. */
export const IN_FLIGHT: Bounds = [1, 65_535];

/**
 * Windows needs about two seconds to report a refusal, so a wait below 3.5 s would call closed ports filtered there.
 * Elsewhere 3 s covers the second SYN of the kernel and the 3 s after which an absent neighbour is reported.
 */
export const WAITS = { windows: { least: 3500, usual: 5000 }, others: { least: 50, usual: 3000 } } as const;
/** Those of a platform. */
export const waitsOn = (platform: NodeJS.Platform) => (platform === 'win32' ? WAITS.windows : WAITS.others);

/** The longest wait for an answer. */
export const wait = time([WAITS.others.least, 60_000], (platform) => waitsOn(platform).least);

const range: Kind<PortRange> = parsed('range', {
  parse: parsePortRange,
  write: ({ from, to }) => `${from}-${to}`,
  kept: (z) => {
    const port = whole([DYNAMIC_PORTS.from, DYNAMIC_PORTS.to]).kept(z);
    return z.object({ from: port, to: port }).refine(({ from, to }) => from <= to, 'a reversed range');
  },
});

/** One range of dynamic ports; null: as Windows has them. */
export const rpcRange = orNull(range);

/** A run by its id; null: the newest that did not end. */
export const resumed: Kind<string | null> = {
  ...orNull(text('run')),
  bare: true,
  read: (_, written) => (written === true ? null : String(written)),
};

/** The pause between two checks. */
export const pauseBetween = time([1000, 3_600_000], () => 1000);
