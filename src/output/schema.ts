import * as z from 'zod';
import { TOOLS } from '../model/commands.ts';
import { GENERATIONS, NOVICE_CHOICES } from '../model/plan.ts';
import { REPORT_SCHEMA } from '../model/report.ts';
import { REQUIREMENTS } from '../model/requirement.ts';
import { WIRE_NAMES } from '../model/wire.ts';
import { comparisonSchema, shardSchema, shares, summarySchema } from './fleet-schema.ts';
import { hostPolicySchema } from './policy-schema.ts';
import { address, confidence, count, milliseconds, port, time, verdict } from './schema-values.ts';

const requirementName = z.enum(REQUIREMENTS);

const because = z.object({
  rule: z.string().describe('stable name of the rule, listed in docs/verdicts.md'),
  text: z.string(),
  ports: z.array(port),
});

const requirement = z.object({
  name: requirementName,
  state: z.enum(['pass', 'fail', 'undetermined', 'not-needed']),
  confidence,
  rule: z.string().describe('the rule that decided it'),
  text: z.string(),
});

const portReport = z.object({
  port,
  requirement: requirementName,
  state: z.enum(['open', 'closed', 'filtered', 'unknown']).describe("nmap's port states"),
  reason: z
    .enum([
      'syn-ack',
      'conn-refused',
      'reset',
      'no-response',
      'admin-prohibited',
      'net-prohibited',
      'host-prohibited',
      'port-unreach',
      'host-unreach',
      'net-unreach',
      'proto-unreach',
      'time-exceeded',
      'middlebox-reset',
      'local-fault',
    ])
    .describe("nmap's reasons, and our own: local-fault is trouble of this machine"),
  from: address.nullable().describe('who sent the answer, null when it cannot be seen'),
  ttl: z.int().min(0).max(255).nullable().describe('TTL of the answer, null when it cannot be seen'),
  rttMs: milliseconds.nullable(),
  attempts: count.describe('probes sent'),
  flows: z
    .object({ asked: count, answered: count })
    .default({ asked: 0, answered: 0 })
    .describe('source ports asked and answered over; 0 in reports of a version that did not count them'),
  service: z.string().nullable().describe('IANA service name, when a conversation proved it'),
  detail: z.string().nullable(),
});

const extra = portReport
  .pick({ port: true, state: true, reason: true, rttMs: true, attempts: true, service: true, detail: true })
  .extend({ probe: z.string().describe("name of the user's own probe") });

const range = z.object({
  from: port,
  to: port,
  state: z.enum(['reachable', 'filtered', 'mixed', 'unknown']),
  exact: z.boolean().describe('both edges were seen and confirmed, not inferred from the sample'),
});

const coverage = z.object({
  sampled: count,
  population: count.describe('ports in the range that was sampled'),
  filtered: count.describe('sampled ports that were filtered'),
  blockGuaranteed: count.describe('a filtered block of so many consecutive ports would have been hit'),
  upperBound95: z.number().min(0).max(1).describe('exact 95 % bound on the filtered share of the range'),
});

const path = z.object({
  hops: z.array(
    z.object({ ttl: z.int().min(1).max(255), address: address.nullable(), rttMs: milliseconds.nullable() }),
  ),
  filters: z.array(
    z.object({
      ports: z.array(port),
      afterHop: address.nullable().describe('the last address that passed these ports'),
      by: address.nullable().describe('who filters, where it said so itself'),
      beforeHop: address
        .exactOptional()
        .describe(
          'the first router that answers, where these ports end before it and no router before it answers',
        ),
      how: z.enum(['drop', 'icmp', 'reset']),
    }),
  ),
  multipath: z
    .array(z.object({ ttl: z.int().min(1).max(255), addresses: z.array(address) }))
    .default([])
    .describe('TTLs at which several routers answered: equal-cost paths'),
  distance: z
    .int()
    .min(1)
    .max(255)
    .exactOptional()
    .describe('the smallest TTL at which the host itself answers; absent where that was not measured'),
  passes: z
    .array(port)
    .exactOptional()
    .describe(
      'silent ports whose packets reach the last router before the host: nothing before it filters them',
    ),
});

const witness = z
  .object({
    says: z
      .enum(['clear', 'filtered', 'disagree', 'none'])
      .describe(
        'the network passes for them what the host is silent on, filters it, treats them differently, or they show nothing',
      ),
    machines: z.array(z.string()).describe('their addresses; as typed where there is none'),
    text: z.string(),
  })
  .exactOptional()
  .describe("what other machines of its subnet show where the host's own silence proves nothing");

const tools = z
  .array(z.enum(TOOLS))
  .exactOptional()
  .describe(
    'where each of the commands is typed, or which setting takes it; absent in reports of older versions',
  );

const remedy = z.object({
  id: z.string(),
  title: z.string(),
  where: z.enum(['novice', 'network', 'expert']),
  text: z.string(),
  commands: z.array(z.string()),
  tools,
});

const rehearsal = z
  .object({
    says: z.enum(['works', 'fails', 'unknown']),
    code: z
      .string()
      .nullable()
      .describe('the HRESULT that decided, e.g. 0x80070005; ra-preflight explain says what it means'),
    text: z.string(),
  })
  .exactOptional()
  .describe('whether Remote Assistance could be activated on the novice and called (check --rehearse)');

/** One host of a report, as in `hosts[]` and as a line of ndjson. Compiled: a large audit checks each of its hosts. */
export const hostSchema = z.compile(
  z.object({
    vantage: z.string().exactOptional().describe('in a report of several vantages: where it was seen from'),
    index: count.exactOptional().describe('in a part of an audit: the number of the host in the whole'),
    target: z.string().describe('as it was typed'),
    address: address.nullable().describe('the address that was asked, null when the name gave none'),
    names: z.array(z.string()),
    verdict,
    confidence,
    novice: z.object({
      generation: z.enum([...GENERATIONS, 'unknown']),
      evidence: z.array(z.string()),
    }),
    byGeneration: z.object({ 'xp-2003': verdict, 'vista-or-later': verdict }),
    because: z.array(because),
    requirements: z.array(requirement),
    ports: z.array(portReport),
    ranges: z.array(range),
    coverage,
    endpoints: z.array(z.object({ port, interface: z.string(), annotation: z.string() })),
    path,
    witness,
    rehearsal,
    remedies: z.array(remedy),
    policy: hostPolicySchema.exactOptional().describe('what the files of --policy say of the host'),
    extra: z
      .array(extra)
      .exactOptional()
      .describe("what the user's own probes found; no part of the verdict"),
  }),
);

const run = z.object({
  id: z.string(),
  startedAt: time,
  finishedAt: time.describe('of a run that has not ended: when it last wrote'),
  vantage: z.string().describe('the machine that sent the probes'),
  engine: z.enum(WIRE_NAMES),
  engineWhy: z.string(),
  novice: z.enum(NOVICE_CHOICES).describe('what was asked for with --novice'),
  seed: z.int().min(0).max(4_294_967_295),
  schedule: z.string().exactOptional().describe('the schedule that the run belongs to'),
  ...shares,
  probesSent: count,
  durationMs: milliseconds,
  interrupted: z.boolean(),
  running: z
    .literal(true)
    .exactOptional()
    .describe('there while the run goes on: the report holds what is known by now'),
});

/** The first line of a part of an audit, as far as a merge reads it. */
export const partHeadSchema = z.object({
  schema: z.literal(REPORT_SCHEMA),
  tool: z.object({ version: z.string().max(100) }),
  run: run
    .omit({
      finishedAt: true,
      probesSent: true,
      durationMs: true,
      interrupted: true,
      running: true,
      shards: true,
    })
    .extend({ shard: shardSchema }),
});

/**
 * The contract of `--format json`. Readers should ignore fields that they do not know: adding one keeps the version,
 * changing or removing one raises it.
 */
export const reportSchema = z
  .object({
    schema: z.literal('ra-preflight/report@1'),
    tool: z.object({ name: z.literal('ra-preflight'), version: z.string() }),
    run,
    hosts: z.array(hostSchema),
    groups: z.array(
      z.object({
        id: z.string(),
        signature: z.string(),
        hosts: count,
        prefixes: z.array(z.string()),
        text: z.string(),
        vantage: z
          .string()
          .exactOptional()
          .describe('in a report of several vantages: where it was seen from'),
        commands: z.array(z.string()).describe('rules that open the filter for these prefixes'),
        tools,
      }),
    ),
    summary: summarySchema,
    comparison: comparisonSchema
      .exactOptional()
      .describe(
        'there in a report of a fleet: hosts, groups and summary then count each host once for each vantage, unless run.fleet says that they are of one vantage',
      ),
  })
  .describe('Report of one run of ra-preflight');
