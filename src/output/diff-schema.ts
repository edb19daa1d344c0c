import * as z from 'zod';
import { CHANGE_KINDS, RUN_STATES } from '../model/history.ts';
import { NOVICE_CHOICES } from '../model/plan.ts';
import { eachCount } from '../model/summary.ts';
import { WIRE_NAMES } from '../model/wire.ts';
import { shares } from './fleet-schema.ts';
import { confidence, count, milliseconds, time, verdict } from './schema-values.ts';

const runEntry = z.object({
  id: z.string(),
  startedAt: time,
  vantage: z.string().describe('the machine that sent the probes'),
  engine: z.enum(WIRE_NAMES),
  engineWhy: z.string(),
  novice: z.enum(NOVICE_CHOICES).describe('what was asked for with --novice'),
  seed: z.int().min(0).max(4_294_967_295),
  schedule: z.string().exactOptional().describe('the schedule that the run belongs to'),
  ...shares,
  state: z.enum(RUN_STATES).describe('of a run that is not finished, hosts may be missing'),
  finishedAt: time.nullable().describe('null until it has ended in good order'),
  targets: z.array(z.string()).describe('what was asked for, as typed'),
  hosts: count.describe('hosts asked for'),
  summary: z.object(eachCount(count)).describe('hosts judged by then'),
  probesSent: count,
  durationMs: milliseconds,
});

const hostSnapshot = z.object({
  verdict,
  confidence,
  causes: z.array(z.string()).describe('what filters it, in stable words, sorted'),
});

/** One change of a diff, as in `changes[]`. */
export const changeSchema = z.object({
  kind: z.enum(CHANGE_KINDS),
  target: z.string().describe('as it was typed'),
  address: z.string().nullable().describe('the address that was asked, null when the name gave none'),
  before: hostSnapshot.nullable().describe('null when the host was not part of that run'),
  after: hostSnapshot.nullable().describe('null when the host was not part of that run'),
  text: z.string(),
});

/** One host of a diff with two verdicts that are no change, as in `uncertain[]`. */
export const uncertainSchema = z.object({
  target: z.string().describe('as it was typed'),
  address: z.string().nullable().describe('the address that was asked, null when the name gave none'),
  before: hostSnapshot,
  after: hostSnapshot,
  text: z.string(),
});

/** The contract of `diff --format json`. Readers should ignore fields that they do not know. */
export const diffSchema = z
  .object({
    schema: z.literal('ra-preflight/diff@1'),
    before: runEntry,
    after: runEntry,
    changes: z.array(changeSchema),
    uncertain: z
      .array(uncertainSchema)
      .describe('hosts with different verdicts that are no change: one run or both were not sure'),
    summary: z.object({
      'newly-blocked': count,
      mended: count,
      appeared: count,
      gone: count,
      'changed-cause': count,
      compared: count.describe('hosts that are in both runs'),
      same: count.describe('of them, those without a change'),
      uncertain: count.describe('of those without a change, those in uncertain[]'),
    }),
  })
  .describe('Two runs of ra-preflight compared, after against before');
