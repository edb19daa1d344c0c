import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import { hostsIn, type Shard } from '../model/shard.ts';
import { shown } from '../model/shown.ts';
import { shardSchema } from '../output/schema.ts';
import { type Excludes, makeExcludes, NO_EXCLUDES } from '../targets/excludes.ts';
import { parseTarget } from '../targets/parse.ts';
import { readTargetSpec } from '../targets/parse-space.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { isWithin } from '../targets/within.ts';
import { isList } from './lists.ts';
import { BOUNDS, ENGINES, NOVICES, type ScanOptions } from './options.ts';

// A plan decides who gets packets and how many a second, and a history may come from somebody else: what is stored is checked
// like what is typed. Apart from audit.ts, because only a resume and an import read plans and zod is large.

/** What is of a command line and not of the run: where the result goes, how it looks, what is allowed today. */
export type Presentation = Pick<
  ScanOptions,
  'format' | 'output' | 'quiet' | 'verbose' | 'colour' | 'undetermined' | 'scope' | 'db' | 'yes' | 'fleet'
>;

/**
 * What decided how a run asks. What was excluded, and where lists came from, has become part of the plan. The scope is that of
 * its start, and only compared: what may be asked is what the configuration says today.
 */
export type KeptOptions = Omit<
  ScanOptions,
  Exclude<keyof Presentation, 'scope'> | 'excludes' | 'excludeFiles' | 'csvColumn' | 'skipBad' | 'shard'
>;

/** What the history keeps of a run so that it can be resumed: the targets themselves, not where they were read. */
export interface KeptPlan {
  readonly spec: SpaceSpec;
  readonly excludes: Excludes;
  readonly options: KeptOptions;
  /** There where the spec is that of a shard only. */
  readonly shard: Shard | null;
}

/** What the history says of the same run beside its plan. */
export interface PlannedRun {
  readonly hosts: number;
  /** As typed. */
  readonly targets: readonly string[];
}

const bounded = ([least, most]: readonly [number, number]) => z.number().min(least).max(most);
const whole = (bounds: readonly [number, number]) =>
  bounded(bounds).refine(Number.isInteger, 'no whole number');
const family = z.union([z.literal(4), z.literal(6)]);
const port = whole([1025, 65_535]);

const options: z.ZodType<KeptOptions> = z.object({
  novice: z.enum(NOVICES),
  rpcRange: z
    .object({ from: port, to: port })
    .refine(({ from, to }) => from <= to, 'a reversed range')
    .nullable(),
  sample: whole(BOUNDS.sample),
  seed: whole(BOUNDS.seed).nullable(),
  timeoutMs: whole(BOUNDS.timeoutMs),
  retries: whole(BOUNDS.retries),
  concurrency: whole(BOUNDS.concurrency),
  perHost: whole(BOUNDS.concurrency),
  rate: whole(BOUNDS.rate),
  perHostRate: bounded(BOUNDS.rate),
  perSubnetRate: whole(BOUNDS.rate),
  hostsAtOnce: whole(BOUNDS.concurrency),
  bulk: z.boolean(),
  engine: z.enum(ENGINES),
  families: z.object({ v4: z.boolean(), v6: z.boolean() }),
  ping: z.boolean(),
  map: z.boolean(),
  locate: z.boolean(),
  scope: z.object({ allow: z.array(z.string()), deny: z.array(z.string()) }),
});

const part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('block'), family, first: z.string(), count: z.number() }),
  z.object({
    kind: z.literal('addresses'),
    addresses: z.array(z.object({ text: z.string(), address: z.string(), family })),
  }),
  z.object({ kind: z.literal('names'), names: z.array(z.object({ text: z.string(), name: z.string() })) }),
]);

const schema = z.object({
  spec: z.object({ parts: z.array(part) }),
  excludes: z.object({
    spans: z.array(z.object({ text: z.string(), first: z.string(), last: z.string() })),
    names: z.array(z.string()),
  }),
  options,
  shard: shardSchema.nullable().default(null),
});

/** A single target that stands for another than its text says, or null. */
const imposter = ({ parts }: SpaceSpec): string | null => {
  for (const one of parts) {
    if (one.kind === 'addresses')
      for (const { text, address } of one.addresses) {
        const read = parseTarget(text);
        if (read.kind !== 'address' || read.address !== address) return text;
      }
    if (one.kind === 'names')
      for (const { text, name } of one.names) {
        const read = parseTarget(text);
        if (read.kind !== 'name' || read.name !== name) return text;
      }
  }
  return null;
};

const OPEN = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };

/** The space that targets stand for by their text; null when some are lists, which are not here any more. */
const typedSpec = (targets: readonly string[]): SpaceSpec | null =>
  targets.some(isList)
    ? null
    : readTargetSpec({
        items: targets.map((text) => ({ text, at: 'target' })),
        excludes: NO_EXCLUDES,
        guard: OPEN,
        skipBad: true,
      }).spec;

/**
 * Reads a stored plan like something typed: its values within the bounds of the options, its targets those that the history
 * shows, and as many. Throws UsageError.
 */
export const readKeptPlan = (plan: unknown, { hosts, targets }: PlannedRun): KeptPlan => {
  const read = schema.safeParse(plan);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new UsageError(`its plan cannot be used: ${shown(issue?.path.join('.') ?? '')}: ${issue?.message}`);
  }
  const { spec, excludes, shard } = read.data;
  makeExcludes(excludes);
  const { size } = makeSpace(spec);
  if (shard && hostsIn(shard.ranges) !== size)
    throw new UsageError(`its plan has ${size} hosts, and its shard ${hostsIn(shard.ranges)}`);
  if (size !== hosts) throw new UsageError(`its plan has ${size} hosts, and the run ${hosts}`);
  const wrong = imposter(spec);
  if (wrong !== null) throw new UsageError(`its plan probes another host than ${shown(wrong)} for it`);
  const typed = typedSpec(targets);
  if (typed && !isWithin(spec, typed))
    throw new UsageError(`its plan probes other hosts than ${shown(targets.join(', '))}`);
  return read.data;
};
