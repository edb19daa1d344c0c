import * as z from 'zod';
import { NOVICE_CHOICES } from '../model/plan.ts';
import { WIRE_NAMES } from '../model/wire.ts';
import { HISTORY_SCHEMA, lineFault, MOST_LINE } from './export-line.ts';
import { briefly } from './store-error.ts';

// Apart from export-line.ts, because only an import reads lines and zod is large.

const count = z.int().min(0);
const time = z.iso.datetime();
const text = z.string().max(10_000);
/** Ids are typed by users and go into file names. */
const id = z.string().regex(/^[\w.-]{1,100}$/, 'expected letters, digits, dots, dashes, at most 100');

const headLine = z.object({ schema: z.literal(HISTORY_SCHEMA), runs: count });

const runLine = z.object({
  type: z.literal('run'),
  run: z.object({
    id,
    startedAt: time,
    vantage: text,
    engine: z.enum(WIRE_NAMES),
    engineWhy: text,
    novice: z.enum(NOVICE_CHOICES),
    seed: count.max(4_294_967_295),
    schedule: z
      .string()
      .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,200}$/u, 'expected 1 to 200 visible characters')
      .exactOptional(),
    /** That of one vantage of a fleet must not be resumed by this machine alone. */
    fleet: z.object({ run: id, vantages: z.array(id).min(1).max(1000).readonly() }).exactOptional(),
    shards: z
      .array(
        z.object({
          ...{ number: count.min(1), id, vantage: text, engine: z.enum(WIRE_NAMES) },
          ...{ startedAt: time, finishedAt: time, hosts: count, probesSent: count },
        }),
      )
      .max(1000)
      .readonly()
      .exactOptional(),
  }),
  state: z.enum(['finished', 'interrupted']),
  finishedAt: time.nullable(),
  /** When it was last written to; the end of a run that was killed. */
  lastWriteAt: time,
  targets: z.array(z.string()),
  hosts: count,
  probesSent: count,
  durationMs: z.number().min(0),
  plan: z.unknown(),
  groups: z
    .array(
      z.object({
        id: z.string(),
        signature: z.string(),
        hosts: count,
        prefixes: z.array(z.string()),
        text: z.string(),
        commands: z.array(z.string()),
      }),
    )
    .nullable(),
});

const hostLine = z.object({ type: z.literal('host'), index: count, ordinal: count, report: z.unknown() });
const endLine = z.object({ type: z.literal('end'), id, hosts: count });
const bodyLine = z.discriminatedUnion('type', [runLine, hostLine, endLine]);

/** The line that begins a run. */
export type RunLine = z.infer<typeof runLine>;

/** Any line but the first. */
export type BodyLine = z.infer<typeof bodyLine>;

const parsed = <T>(schema: z.ZodType<T>, line: string, number: number, expected: string): T => {
  if (line.length > MOST_LINE) throw lineFault(number, `longer than ${MOST_LINE / 2 ** 20} Mi characters`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw lineFault(number, `${briefly(line)} is not JSON, expected ${expected}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue?.path.length ? ` at ${briefly(issue.path.join('.'))}` : '';
  throw lineFault(number, `not ${expected}${at}: ${issue?.message.slice(0, 200)}`);
};

/** Reads the first line and gives the number of runs that follow. Throws UsageError. */
export const readHead = (line: string): number =>
  parsed(headLine, line, 1, `the first line of a history export, with "schema":"${HISTORY_SCHEMA}"`).runs;

/** Reads any other line. Throws UsageError. */
export const readBody = (line: string, number: number): BodyLine =>
  parsed(bodyLine, line, number, 'a line of a history export (type run, host or end)');
