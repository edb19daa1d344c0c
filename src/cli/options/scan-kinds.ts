import { DYNAMIC_PORTS, type PortRange } from '../../model/target.ts';
import { parsePortRange } from '../../targets/port-range.ts';
import { type Bounds, type Kind, orNull, parsed, text, time, whole } from './kinds.ts';

/** Probes a second, in all or to some of the hosts. */
export const RATE: Bounds = [1, 1_000_000];
/** Probes in flight, in all or to one host. */
export const IN_FLIGHT: Bounds = [1, 65_535];

/** The longest wait for an answer; null: as suits the engine. */
export const wait = orNull(time([50, 60_000]));

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
export const pauseBetween = time([1000, 3_600_000]);
