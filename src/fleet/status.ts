import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { FleetRunStatus, FleetStatus, VantageStatus, WorkerStatus } from '../model/fleet.ts';
import { knownVantages } from './coordinator.ts';
import { type FleetStore, QUIET, textsOf } from './fleet-store.ts';
import { readWorkerMessage, type WorkerMessage } from './messages.ts';
import { keysOf, prefixOf, RESULTS, SHARDS } from './redis-keys.ts';
import { signedIn } from './signed.ts';

/** A worker that lives says so once a second. */
const LOOK_MS = 1600;

/** Workers of one vantage that are shown. */
const MOST_WORKERS = 256;
/** Longest record of a worker or of progress that is read, characters. */
const LONGEST_RECORD = 20_000;

const count = z.int().min(0);
const progress = z.object({
  run: z.string().max(200),
  startedAt: z.iso.datetime(),
  /** When the process that conducts it began, and what was judged then: a run that is resumed did nothing in between. */
  since: z.object({ at: z.iso.datetime(), judged: count }).optional(),
  hosts: count,
  judged: count,
  shards: z.object({ of: count, done: count }),
  sent: count,
  rate: z.number().min(0),
});

/** A run as its coordinator says, at `now` (milliseconds); null for what is no such record. */
export const runOf = (text: string | null, now: number): FleetRunStatus | null => {
  if (text === null || text.length > LONGEST_RECORD) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const read = progress.safeParse(value);
  if (!read.success) return null;
  const { run: id, since, ...rest } = read.data;
  const seconds = (now - Date.parse(since?.at ?? rest.startedAt)) / 1000;
  const judged = rest.judged - (since?.judged ?? 0);
  const isKnown = judged > 0 && seconds > 0;
  const etaSeconds = isKnown ? Math.round(((rest.hosts - rest.judged) / judged) * seconds) : null;
  return { id, ...rest, etaSeconds };
};

/** What workers say of themselves, each in its own record. Whether their key is right is the coordinator's concern. */
export const workersIn = (records: Readonly<Record<string, string>>): WorkerMessage[] =>
  Object.entries(records)
    .slice(0, MOST_WORKERS)
    .flatMap(([id, text]) => {
      if (text.length > LONGEST_RECORD) return [];
      try {
        const said = readWorkerMessage(JSON.parse(signedIn(text)?.body ?? 'null'));
        return said?.id === id ? [said] : [];
      } catch {
        return [];
      }
    });

const lookAt = async (
  store: FleetStore,
  name: string,
  before: readonly WorkerMessage[],
): Promise<VantageStatus> => {
  const { client, engine } = store;
  const keys = keysOf(name);
  const connection = { connection: client, prefix: prefixOf(name), skipMetasUpdate: true, ...QUIET };
  const [shards, results] = [new engine.Queue(SHARDS, connection), new engine.Queue(RESULTS, connection)];
  // Whoever has seen enough closes the store while a look is on its way.
  for (const queue of [shards, results]) queue.on('error', () => {});
  const [queued, active, waiting, records, text] = await Promise.all([
    shards.getJobCountByTypes('waiting', 'delayed'),
    shards.getActiveCount(),
    results.getJobCountByTypes('waiting', 'active', 'delayed'),
    client.hgetall(keys.workers),
    client.get(keys.progress),
  ]);
  const seqs = new Map(before.map(({ id, seq }) => [id, seq]));
  const workers = workersIn(textsOf(records)).map(
    ({ seq, pid: _, engineWhy: __, ...worker }): WorkerStatus => {
      const known = seqs.get(worker.id);
      return { ...worker, live: known !== undefined && known !== seq };
    },
  );
  await Promise.all([shards.close(), results.close()]);
  return { name, run: runOf(text, Date.now()), queued, active, results: waiting, workers };
};

/** What a fleet does now: all vantages that have had a worker, or those named. Takes two looks, to see who lives. */
export const readFleet = async (
  store: FleetStore,
  vantages: readonly string[] | null,
): Promise<FleetStatus> => {
  const names = vantages ?? (await knownVantages(store));
  // One after the other: what a store says of one vantage may be long.
  const before: WorkerMessage[][] = [];
  for (const name of names) before.push(workersIn(textsOf(await store.client.hgetall(keysOf(name).workers))));
  await pause(LOOK_MS);
  const seen: VantageStatus[] = [];
  for (const [at, name] of names.entries()) seen.push(await lookAt(store, name, before[at] ?? []));
  return { store: store.name, at: new Date().toISOString(), vantages: seen };
};
