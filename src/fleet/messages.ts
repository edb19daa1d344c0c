import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import * as z from 'zod';
import { WIRE_NAMES } from '../model/wire.ts';

/** Shards that one worker probes at a time at most. */
export const MOST_IN_HAND = 8;

const count = z.int().min(0);
const id = z.string().regex(/^[\w.-]{1,120}$/);

/** How the run of a vantage probes. `options` and `excludes` are checked by whoever probes. */
const planMessage = z.object({
  run: id,
  version: z.string().max(100),
  seed: count.max(2 ** 32 - 1),
  startedAt: z.iso.datetime(),
  /** Milliseconds since 1970 after which nobody may begin a shard of it. */
  notAfter: count,
  options: z.unknown(),
  excludes: z.unknown(),
});

/** One shard: hosts of about 30 seconds of work, as a space of their own. */
const shardMessage = z.object({ run: id, shard: count, hosts: count, spec: z.unknown() });

/** What a worker says of itself once a second. `seq` grows, so that nobody needs the clock of another machine. */
const workerMessage = z.object({
  id,
  version: z.string().max(100),
  machine: z.string().max(300),
  engine: z.enum(WIRE_NAMES),
  engineWhy: z.string().max(500),
  pid: count,
  seq: count,
  /** The run that it works on, and the shards of it that it has in hand. */
  run: id.nullable(),
  inHand: z.array(count).max(MOST_IN_HAND),
  /** Packets a second that it sends at most at present, and would at the very most. */
  rate: z.number().min(0),
  most: z.number().min(0),
  /** Since it was started. */
  sent: count,
  hosts: count,
  shards: count,
  /** Why it takes no shard, as one line; null when it does. */
  trouble: z.string().max(500).nullable(),
});

/** Packets a second that one worker may send for a run, for LEASE_MS from when it reads a `seq` that it has not seen. */
const leaseMessage = z.object({ run: id, rate: z.number().min(0), seq: count });

/**
 * Judged hosts of a shard, by their places in it. `attempt` is one worker's work on it, and `number` counts its batches, so that one which
 * comes twice is known. `sent`: packets since the batch before.
 */
const batchMessage = z.object({
  run: id,
  shard: count,
  worker: id,
  attempt: z.string().regex(/^[0-9a-f]{12}$/),
  number: count,
  sent: count,
  hosts: z.array(z.object({ place: count, report: z.unknown() })).max(256),
});

/** What a run of a fleet probes and how, as a signed message. */
export type PlanMessage = z.infer<typeof planMessage>;
/** A share of the targets of a run, as a signed message. */
export type ShardMessage = z.infer<typeof shardMessage>;
/** What a worker says of itself, as a signed message. */
export type WorkerMessage = z.infer<typeof workerMessage>;
/** Judged hosts of a shard, as a signed message. */
export type BatchMessage = z.infer<typeof batchMessage>;

/** Longest message that is put into a store, characters: half of what is read from one (reply-limits.ts). */
export const MOST_MESSAGE = 4 * 1024 * 1024;
/** Longest batch when it is unpacked, bytes: what comes out of a store must not fill the memory. */
const MOST_UNPACKED = 64 * 1024 * 1024;
/** A fast one: five times smaller, at a tenth of what it costs to judge the hosts. */
const QUALITY = 4;

const reader =
  <T>(schema: z.ZodType<T>) =>
  (value: unknown): T | null => {
    const read = schema.safeParse(value);
    return read.success ? read.data : null;
  };

/** Each reads what came out of a Seal; null for another form than ours. */
export const readPlanMessage = reader(planMessage);
export const readShardMessage = reader(shardMessage);
export const readWorkerMessage = reader(workerMessage);
export const readLeaseMessage = reader(leaseMessage);
const readBatchMessage = reader(batchMessage);

/** A batch as text, to be signed. */
export const packBatch = (batch: BatchMessage): string =>
  brotliCompressSync(JSON.stringify(batch), {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY },
  }).toString('base64');

/** Reads what packBatch() made; null for anything else, and for what is too large. */
export const unpackBatch = (text: unknown): BatchMessage | null => {
  if (typeof text !== 'string') return null;
  try {
    const bytes = brotliDecompressSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_UNPACKED });
    return readBatchMessage(JSON.parse(bytes.toString()));
  } catch {
    return null;
  }
};
