import * as z from 'zod';
import { CHANGE_KINDS, RUN_STATES } from '../model/history.ts';
import { CONFIDENCES, VERDICTS } from '../model/report.ts';
import { eachCount } from '../model/summary.ts';
import { WIRE_NAMES } from '../model/wire.ts';
import { jsonLine } from '../text/escape.ts';
import { foremost, headline } from './mail-text.ts';
import type { RunResult } from './run-result.ts';

/** The JSON contract of a webhook. Adding is free; changing or removing needs `@2`. */
export const NOTIFICATION_SCHEMA = 'ra-preflight/notification@1';

/** Most changes, groups, and prefixes of a group that a payload holds; the report holds them all. */
const MOST_CHANGES = 100;
const MOST_GROUPS = 50;
const MOST_PREFIXES = 50;

const count = z.int().min(0);
const hostSnapshot = z
  .object({
    verdict: z.enum(VERDICTS),
    confidence: z.enum(CONFIDENCES),
    causes: z.array(z.string()).describe('what filters it, in stable words, sorted'),
  })
  .nullable()
  .describe('null when the host was not part of that run');

/** The body of a webhook. Readers should ignore fields that they do not know. */
export const notificationSchema = z
  .object({
    schema: z.literal(NOTIFICATION_SCHEMA),
    schedule: z.string(),
    headline: z.string().describe('what happened in a few words, for a chat line'),
    failed: z.string().nullable().describe('why the run failed, null when it did not'),
    run: z
      .object({
        id: z.string(),
        state: z.enum(RUN_STATES),
        startedAt: z.string().describe('ISO 8601, UTC'),
        finishedAt: z.string().nullable().describe('ISO 8601, UTC; null when it did not finish normally'),
        vantage: z.string().describe('the machine that sent the probes'),
        engine: z.enum(WIRE_NAMES),
        hosts: count.describe('hosts asked for'),
        durationMs: z.number().min(0),
      })
      .nullable()
      .describe('null when it failed before it could start'),
    before: z.string().nullable().describe('the id of the run that it was compared with, null when none was'),
    summary: z.object(eachCount(count)).nullable().describe('hosts judged, by verdict'),
    counts: z
      .object({
        'newly-blocked': count,
        mended: count,
        appeared: count,
        gone: count,
        'changed-cause': count,
        uncertain: count.describe(
          'hosts with different verdicts that are no change: one run or both were not sure',
        ),
      })
      .nullable()
      .describe('all changes by kind, null when there was nothing to compare with'),
    changes: z
      .array(
        z.object({
          kind: z.enum(CHANGE_KINDS),
          target: z.string(),
          address: z.string().nullable(),
          before: hostSnapshot,
          after: hostSnapshot,
          text: z.string(),
        }),
      )
      .max(MOST_CHANGES)
      .describe('the most serious first'),
    changesLeftOut: count.describe('changes beyond those listed'),
    groups: z
      .array(
        z.object({
          id: z.string().describe('stable for the same cause'),
          signature: z.string(),
          hosts: count,
          prefixes: z.array(z.string()).max(MOST_PREFIXES).describe('the first of them'),
          text: z.string(),
        }),
      )
      .max(MOST_GROUPS)
      .describe('hosts that share a cause'),
    groupsLeftOut: count.describe('groups beyond those listed'),
    report: z
      .object({ files: z.array(z.object({ format: z.string(), path: z.string() })) })
      .exactOptional()
      .describe('where the reports were written, on the machine that sent the probes'),
  })
  .describe('What a ra-preflight webhook receives after a scheduled run');

/** What a webhook is sent. */
export type Notification = z.infer<typeof notificationSchema>;

/** Puts a result into the form of the contract, bounded. */
export const notificationOf = ({ schedule, run, diff, failed, groups, files }: RunResult): Notification => {
  const changes = foremost(diff?.changes ?? [], MOST_CHANGES);
  const listed = groups.slice(0, MOST_GROUPS);
  return {
    schema: NOTIFICATION_SCHEMA,
    schedule,
    headline: headline({ run, diff, failed }),
    failed,
    run: run && {
      id: run.id,
      state: run.state,
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      vantage: run.vantage,
      engine: run.engine,
      hosts: run.hosts,
      durationMs: run.durationMs,
    },
    before: diff?.before.id ?? null,
    summary: run && { ...run.summary },
    counts: diff && {
      'newly-blocked': diff.summary['newly-blocked'],
      mended: diff.summary.mended,
      appeared: diff.summary.appeared,
      gone: diff.summary.gone,
      'changed-cause': diff.summary['changed-cause'],
      uncertain: diff.summary.uncertain,
    },
    changes: changes.map(({ kind, target, address, before, after, text }) => ({
      kind,
      target,
      address,
      before: before && { ...before, causes: [...before.causes] },
      after: after && { ...after, causes: [...after.causes] },
      text,
    })),
    changesLeftOut: (diff?.changes.length ?? 0) - changes.length,
    groups: listed.map(({ id, signature, hosts, prefixes, text }) => ({
      id,
      signature,
      hosts,
      prefixes: prefixes.slice(0, MOST_PREFIXES),
      text,
    })),
    groupsLeftOut: groups.length - listed.length,
    ...(files.length > 0 ? { report: { files: files.map(({ format, path }) => ({ format, path })) } } : {}),
  };
};

/** The body as it is sent: one line of JSON in which no control, bidi or other invisible character stands as it is. */
export const bodyOf = (notification: Notification): string => jsonLine(notification);

/** The published JSON Schema (draft 2020-12) of `ra-preflight/notification@1`. It allows fields that it does not know. */
export const notificationJsonSchema = (): string => {
  const $id = 'https://ra-preflight.example/json-schema/notification-1.schema.json';
  return `${JSON.stringify({ $id, ...z.toJSONSchema(notificationSchema, { io: 'input' }) }, null, 2)}\n`;
};
