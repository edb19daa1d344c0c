import { readVantages } from '../../fleet/redis-keys.ts';
import { UsageError } from '../../model/fault.ts';
import { DYNAMIC_PORTS, type PortRange } from '../../model/target.ts';
import { parsePortRange } from '../../targets/port-range.ts';
import { quoted } from '../../text/quoted.ts';
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

/** One of `of` shares of the targets, counted from 1. */
export interface ShardChoice {
  readonly number: number;
  readonly of: number;
}

/** Shards that one audit may be cut into: a merge holds all their parts open. */
export const MOST_SHARDS = 1000;

/** Reads `2/5`; throws UsageError that says how shards are numbered. */
const parseShard = (typed: string): ShardChoice => {
  const [, number = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(typed.trim()) ?? []).map(Number);
  if (number >= 1 && number <= of && of <= MOST_SHARDS) return { number, of };
  throw new UsageError(
    `--shard ${quoted(typed)}: expected NUMBER/COUNT with numbers from 1 on, e.g. 1/5 to 5/5, at most ${MOST_SHARDS} shards`,
  );
};

/** A share of the targets; null: all of them. */
export const shard = orNull(
  parsed<ShardChoice>('n/of', {
    parse: parseShard,
    write: ({ number, of }) => `${number}/${of}`,
    kept: (z) => z.object({ number: z.number(), of: z.number() }),
  }),
);

/** Vantages of a fleet by their names; null: all. */
export const vantages = orNull(
  parsed<readonly string[]>('names', {
    parse: readVantages,
    write: (names) => names.join(','),
    kept: (z) => z.array(z.string()),
  }),
);
