import * as z from 'zod';
import { eachCount } from '../model/summary.ts';
import { WIRE_NAMES } from '../model/wire.ts';
import { count, time } from './schema-values.ts';

// What reports of several machines have beside those of one.

const indexRange = z.object({ from: count, count: z.int().min(1) });

/** A share of an audit: see Shard. Its ranges ascend, do not touch and lie within the whole. */
export const shardSchema = z
  .object({
    targets: z.array(z.string()).describe('targets of the whole audit, as typed'),
    number: z.int().min(1),
    of: z.int().min(1).max(1000),
    hosts: count.max(2 ** 32).describe('hosts of the whole audit'),
    space: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('SHA-256 of the targets of the whole audit'),
    how: z.object({
      novice: z.string().max(100),
      rpcPorts: z.string().max(100).nullable(),
      sample: count,
      retries: count,
      ipv4: z.boolean(),
      ipv6: z.boolean(),
      ping: z.boolean(),
      map: z.boolean(),
      locate: z.boolean(),
    }),
    ranges: z
      .array(indexRange)
      .describe('hosts of this shard by their numbers in the whole audit, from 0 on'),
  })
  .refine(({ number, of }) => number <= of, 'a shard beyond the last')
  .refine(
    ({ ranges, hosts }) =>
      ranges.every(({ from, count: many }, at) => {
        const next = ranges[at + 1];
        return from + many <= hosts && (next === undefined || from + many < next.from);
      }),
    'ranges that do not ascend or lie outside of the space',
  );

/** What a run says of shards, its own or those that it was merged of. */
export const shares = {
  fleet: z
    .object({ run: z.string(), vantages: z.array(z.string()) })
    .exactOptional()
    .describe('there where the run is that of one vantage of a fleet: the run of all, and their names'),
  shard: shardSchema
    .exactOptional()
    .describe('there where the run is a share of an audit: see docs/fleet.md'),
  shards: z
    .array(
      z.object({
        number: z.int().min(1),
        id: z.string(),
        vantage: z.string(),
        engine: z.enum(WIRE_NAMES),
        startedAt: time,
        finishedAt: time,
        hosts: count,
        probesSent: count,
      }),
    )
    .exactOptional()
    .describe('there where the report was merged: the runs of its shards'),
};

/** How many hosts got which verdict. */
export const summarySchema = z.object({
  ...eachCount(count),
  clearSoFar: count.describe(
    'of the undetermined, those for which nothing was found that would block an offer',
  ),
});

const subnet = z.string().nullable().describe('10.1.2.0/24; null for hosts without an address');

/** How the vantages of a fleet compare. */
export const comparisonSchema = z.object({
  vantages: z.array(
    z.object({
      name: z.string(),
      run: z.string().describe('the run of this vantage in the history'),
      summary: summarySchema,
      answering: count.describe('hosts from which anything came back'),
      sick: z
        .boolean()
        .describe(
          'nothing came back from any host, while others reached several: its verdicts are undetermined',
        ),
    }),
  ),
  matrix: z.array(
    z.object({
      subnet,
      cells: z.array(
        z.object({
          vantage: z.string(),
          hosts: count,
          clear: count.describe('ready, or clear so far'),
          blocked: count,
          undetermined: count.describe('not clear so far either'),
          unreachable: count,
        }),
      ),
    }),
  ),
  findings: z.array(
    z.object({
      kind: z.enum(['blocked-only-from', 'clear-only-from', 'blocked-from']),
      subnet,
      hosts: count,
      examples: z.array(z.string()).describe('a few of these hosts, as typed'),
      blocked: z.array(z.string()).describe('vantages from which they are blocked'),
      clear: z.array(z.string()).describe('vantages from which they are clear'),
      unknown: z.array(z.string()).describe('vantages that cannot tell'),
      text: z.string(),
    }),
  ),
});
