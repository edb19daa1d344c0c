import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import { hostsIn, type Shard } from '../model/shard.ts';
import { shardSchema } from '../output/fleet-schema.ts';
import { parseTarget } from '../targets/parse.ts';
import { readTargetSpec } from '../targets/parse-space.ts';
import { type Excludes, makeExcludes, NO_EXCLUDES } from '../targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../targets/space.ts';
import { isWithin } from '../targets/space-within.ts';
import { quoted } from '../text/quoted.ts';
import { isList } from './is-list-file.ts';
import { type Bounds, whole as number } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { IN_FLIGHT, RATE } from './options/scan-kinds.ts';
import type { EachTimeOption, TargetsOption } from './options/scan-values.ts';
import type { ScanOptions } from './options.ts';

// A plan decides who gets packets and how many a second, and a history may come from somebody else: what is stored is checked
// like what is typed. Apart from audit.ts, because only a resume and an import read plans and zod is large.

/**
 * What decided how a run probes. What was excluded, and where lists came from, has become part of the plan. The scope is that of
 * its start, and only compared: what may be asked is what the configuration says today.
 */
export type StoredOptions = Omit<ScanOptions, EachTimeOption | TargetsOption>;

/** What the history keeps of a run so that it can be resumed: the targets themselves, not where they were read. */
export interface StoredPlan {
  readonly spec: SpaceSpec;
  readonly excludes: Excludes;
  readonly options: StoredOptions;
  /** There where the spec is that of a shard only. */
  readonly shard: Shard | null;
}

/** What the history says of the same run beside its plan. */
export interface PlannedRun {
  readonly hosts: number;
  /** As typed. */
  readonly targets: readonly string[];
}

const family = z.union([z.literal(4), z.literal(6)]);
const whole = (bounds: Bounds) => number(bounds).kept(z);

/** The options of a run, each as its kind may be stored, and what follows from them. */
const options = z.object({
  ...Object.fromEntries(
    Object.entries(SCAN)
      .filter(([, { settled, raw }]) => settled === 'run' && !raw)
      .map(([name, { kind }]) => [name, kind.kept(z)]),
  ),
  perHostRate: z.number().min(RATE[0]).max(RATE[1]),
  hostsAtOnce: whole(IN_FLIGHT),
  bulk: z.boolean(),
  families: z.object({ v4: z.boolean(), v6: z.boolean() }),
  scope: z.object({ allow: z.array(z.string()), deny: z.array(z.string()) }),
}) as unknown as z.ZodType<StoredOptions>;

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
export const readStoredPlan = (plan: unknown, { hosts, targets }: PlannedRun): StoredPlan => {
  const read = schema.safeParse(plan);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new UsageError(
      `its plan cannot be used: ${quoted(issue?.path.join('.') ?? '')}: ${issue?.message}`,
    );
  }
  const { spec, excludes, shard } = read.data;
  makeExcludes(excludes);
  const { size } = makeSpace(spec);
  if (shard && hostsIn(shard.ranges) !== size)
    throw new UsageError(`its plan has ${size} hosts, and its shard ${hostsIn(shard.ranges)}`);
  if (size !== hosts) throw new UsageError(`its plan has ${size} hosts, and the run ${hosts}`);
  const wrong = imposter(spec);
  if (wrong !== null) throw new UsageError(`its plan probes another host than ${quoted(wrong)} for it`);
  const typed = typedSpec(targets);
  if (typed && !isWithin(spec, typed))
    throw new UsageError(`its plan probes other hosts than ${quoted(targets.join(', '))}`);
  return read.data;
};
