import * as z from 'zod';

// The form of KeptPlan in src/cli/audit.ts, which `audit --resume` follows. Nothing is dropped here that is not known: a bound
// that is overlooked would be asked beyond.

const flag = z.boolean();
const text = z.string().max(10_000);
const texts = z.array(text).max(100_000);
const number = (least: number, most: number) => z.int().min(least).max(most);
const port = number(1, 65_535);
const rate = z.number().min(1).max(1_000_000);
/** As many as there are IPv4 addresses. */
const MOST_HOSTS = 2 ** 32;

const family = z.literal([4, 6]);
const address = z
  .string()
  .max(64)
  .regex(/^[0-9a-f:.]+$/i, 'expected an address');
const zoned = z
  .string()
  .max(128)
  .regex(/^[0-9a-f:.]+(?:%[\w.-]+)?$/i, 'expected an address');
const part = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('block'), family, first: address, count: number(1, MOST_HOSTS) }),
  z.strictObject({
    kind: z.literal('addresses'),
    addresses: z.array(z.strictObject({ text, address: zoned, family })),
  }),
  z.strictObject({
    kind: z.literal('names'),
    names: z.array(z.strictObject({ text, name: z.string().min(1).max(255) })),
  }),
]);

const options = z.strictObject({
  novice: z.enum(['auto', 'xp-2003', 'vista-or-later']),
  rpcRange: z
    .strictObject({ from: port, to: port })
    .refine(({ from, to }) => from <= to, 'expected a range that ascends')
    .nullable(),
  sample: number(1, 65_535),
  seed: number(0, 2 ** 32 - 1).nullable(),
  timeoutMs: number(50, 60_000),
  retries: number(0, 10),
  concurrency: number(1, 65_535),
  perHost: number(1, 65_535),
  rate,
  perHostRate: rate,
  perSubnetRate: rate,
  hostsAtOnce: number(1, 65_535),
  bulk: flag,
  engine: z.enum(['auto', 'node', 'linux', 'syn']),
  families: z.strictObject({ v4: flag, v6: flag }),
  ping: flag,
  map: flag,
  locate: flag,
  format: text.nullable(),
  output: text.nullable(),
  quiet: flag,
  verbose: flag,
  colour: flag,
  scope: z.strictObject({ allow: texts, deny: texts }),
  excludes: texts,
  excludeFiles: texts,
  csvColumn: text.nullable(),
  db: text.nullable(),
  yes: flag,
});

/** What an interrupted run is resumed by. */
export const planSchema = z.strictObject({ spec: z.strictObject({ parts: z.array(part) }), options });

/** How many hosts a plan asks. */
export const hostsOfPlan = ({ spec }: z.infer<typeof planSchema>): number =>
  spec.parts.reduce((sum, one) => {
    if (one.kind === 'block') return sum + one.count;
    return sum + (one.kind === 'names' ? one.names : one.addresses).length;
  }, 0);
