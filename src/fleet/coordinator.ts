import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../model/fault.ts';
import { escapeControls } from '../text/quoted.ts';
import { type FleetStore, isForbidden } from './fleet-store.ts';
import { ANY_WORKERS, isVantage, vantageOfKey } from './redis-keys.ts';
import type { VantageRun } from './vantage-run.ts';

/** How often a coordinator looks after its vantages, milliseconds. */
const TICK_MS = 500;
/** How long a vantage may be without a worker at first, milliseconds; later without a word. */
const NO_WORKER_MS = 30_000;

/** How long the end waits for a store that is away, milliseconds. */
const CLOSE_MS = 5000;

/** Vantages of one store, and steps of a thousand keys in which they are looked for. */
const MOST_VANTAGES = 256;
const MOST_STEPS = 20_000;
/** How long the store may take for a step, milliseconds. */
const SCAN_MS = 10_000;
/** Troubles of workers that are reported: who can write to the store can make up any number. */
const MOST_SAID = 100;
/** Longest id of a run that somebody else wrote, characters. */
const LONGEST_RUN = 120;

/** A run over several vantages. */
export interface FleetRun {
  readonly store: FleetStore;
  readonly vantages: readonly VantageRun[];
  readonly log: (text: string) => void;
  /** Called before the first shard is queued, when each vantage has a worker; and again with each look. */
  readonly begin: () => void;
  /** What others may read of a vantage while the run goes on, as JSON. */
  readonly progressOf: (vantage: VantageRun) => object;
  /** Called after each look. */
  readonly onLook: () => void;
  readonly stop: AbortSignal;
  /** How long a vantage may be without a worker at first, where it is not 30 s. */
  readonly noWorkerMs?: number;
}

/** The vantages that have had a worker, by name; so many at most, of as many keys as a store may have. */
export const knownVantages = async ({ client, name }: FleetStore): Promise<string[]> => {
  const names = new Set<string>();
  let cursor = '0';
  for (let steps = 0; steps < MOST_STEPS && names.size < MOST_VANTAGES; steps += 1) {
    const late = pause(SCAN_MS, null, { ref: false });
    const reply = await Promise.race([client.scan(cursor, 'MATCH', ANY_WORKERS, 'COUNT', 1000), late]);
    if (reply === null)
      throw new UsageError(`--redis ${name}: does not list its keys within ${SCAN_MS / 1000} s`);
    const [next, keys] = reply;
    if (!Array.isArray(keys))
      throw new UsageError(`--redis ${name}: is no store of a fleet: it lists no keys`);
    for (const key of keys.map((one) => vantageOfKey(String(one)))) if (isVantage(key)) names.add(key);
    if (next === '0') break;
    cursor = next;
  }
  return [...names].toSorted().slice(0, MOST_VANTAGES);
};

const noWorker = async (
  { store, noWorkerMs = NO_WORKER_MS }: FleetRun,
  { name, workers }: VantageRun,
): Promise<UsageError> => {
  const [trouble] = workers.troubles;
  if (trouble !== undefined) return new UsageError(`no worker at ${name} can take this run: ${trouble}`);
  const known = await knownVantages(store);
  const others = known.filter((other) => other !== name);
  const found =
    others.length > 0
      ? `known: ${others.slice(0, 10).map(escapeControls).join(', ')}`
      : known.length > 0
        ? 'no other vantage has had one'
        : 'no vantage has had one';
  return new UsageError(
    `no worker at vantage ${name} within ${noWorkerMs / 1000} s (${found}); start one with 'ra-preflight worker --redis URL --vantage ${name}'`,
  );
};

/** What a command is told when its connection ends: it is sent again with the next look. */
const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  /Connection is closed|ECONNRESET|EPIPE|ETIMEDOUT|Socket timeout|Stream isn't writeable|LOADING|Command timed out|connection ended/i.test(
    `${'code' in error ? error.code : ''} ${error.message}`,
  );

const mayNot = (error: Error, { name }: FleetStore): UsageError =>
  new UsageError(
    `--redis ${name}: does not permit what a coordinator needs (${escapeControls(error.message).slice(0, 200)})`,
  );

/** Looks after one vantage once: its lock and its workers. */
const look = async (vantage: VantageRun, now: number): Promise<void> => {
  const other = await vantage.lock();
  if (other !== null)
    throw new UsageError(
      `vantage ${vantage.name} was taken over by run ${escapeControls(other.slice(0, LONGEST_RUN))}`,
    );
  await vantage.lease(now);
};

/** What a coordinator has said, so that it says it once. */
class Watch {
  readonly #run: FleetRun;
  readonly #began = performance.now();
  /** When each vantage last had a worker. */
  readonly #staffed = new Map<VantageRun, number>();
  readonly #said = new Set<string>();
  #isAway = false;

  constructor(run: FleetRun) {
    this.#run = run;
  }

  /** Whether the store answers; says when that changes. */
  isThere(): boolean {
    const { store, log } = this.#run;
    const isAway = store.client.status !== 'ready';
    if (isAway !== this.#isAway)
      log(`the store ${store.name} ${isAway ? 'does not answer; waiting for it' : 'answers again'}`);
    this.#isAway = isAway;
    return !isAway;
  }

  /** Says what troubles workers; throws UsageError for a vantage that has had none for too long. */
  async staff(vantage: VantageRun): Promise<void> {
    const { log, noWorkerMs: patience = NO_WORKER_MS } = this.#run;
    for (const trouble of vantage.workers.troubles) {
      if (this.#said.size > MOST_SAID || this.#said.has(trouble)) continue;
      this.#said.add(trouble);
      log(this.#said.size > MOST_SAID ? 'more troubles of workers are not reported' : trouble);
    }
    const now = performance.now();
    if (vantage.workers.live.length > 0) this.#staffed.set(vantage, now);
    const since = this.#staffed.get(vantage);
    if (vantage.isDone) return;
    if (since === undefined && now - this.#began > patience) throw await noWorker(this.#run, vantage);
    if (since === undefined || now - since <= patience) return;
    this.#staffed.set(vantage, now);
    log(`no live worker at ${vantage.name}; waiting for one`);
  }
}

const openAll = async (vantages: readonly VantageRun[], opened: VantageRun[]): Promise<void> => {
  for (const vantage of vantages) {
    const other = await vantage.lock();
    if (other !== null)
      throw new UsageError(
        `vantage ${vantage.name} is busy with run ${escapeControls(other.slice(0, LONGEST_RUN))}; wait for it, or for 15 s where its coordinator is gone`,
      );
    opened.push(vantage);
    await vantage.open();
  }
};

/**
 * Conducts a run until all of its vantages are done, or it is to stop. A store that goes away is waited for. Throws UsageError
 * when a vantage is busy, forbidden or without a worker; in any case the vantages are free again afterwards.
 */
export const conductFleet = async (run: FleetRun): Promise<{ readonly interrupted: boolean }> => {
  const { store, vantages, begin, progressOf, onLook, stop } = run;
  const opened: VantageRun[] = [];
  const watch = new Watch(run);
  const isDone = (): boolean => vantages.every((vantage) => vantage.isDone);
  // While the store is away one look waits for it, and no second behind that.
  let isLooking = false;
  let hasBegun = false;
  let failure: unknown;
  const lookOnce = (): void => {
    isLooking = true;
    void lookAll()
      .catch((error) => {
        // A connection that breaks fails what waits for it; that is no failure of the run.
        if (!isBroken(error)) failure = error;
      })
      .finally(() => {
        isLooking = false;
      });
  };
  const lookAll = async (): Promise<void> => {
    for (const vantage of vantages) await look(vantage, performance.now());
    hasBegun ||= vantages.every(({ workers }) => workers.live.length > 0);
    if (!hasBegun) return;
    begin();
    for (const vantage of vantages) if (!vantage.isDone) await vantage.feed();
    for (const vantage of vantages) await vantage.publish(progressOf(vantage));
  };
  /** Waits until all vantages are open, and says meanwhile when the store is away; who stops waits no longer. */
  const open = async (): Promise<void> => {
    let isOver = false;
    const opening = openAll(vantages, opened).finally(() => {
      isOver = true;
    });
    // When nobody waits for it any more.
    opening.catch(() => {});
    while (!isOver && !stop.aborted) {
      watch.isThere();
      await Promise.race([opening, pause(TICK_MS, undefined, { signal: stop }).catch(() => {})]);
    }
  };
  try {
    await open();
    while (!stop.aborted && !isDone()) {
      if (watch.isThere() && !isLooking) lookOnce();
      await pause(TICK_MS, undefined, { signal: stop }).catch(() => {});
      for (const vantage of vantages) {
        failure ??= vantage.failure;
        if (store.client.status === 'ready') await watch.staff(vantage);
      }
      if (failure !== undefined) throw failure;
      onLook();
    }
    return { interrupted: !isDone() };
  } catch (error) {
    throw isForbidden(error) ? mayNot(error, store) : error;
  } finally {
    await Promise.race([
      Promise.all(opened.map((vantage) => vantage.close())),
      pause(CLOSE_MS, undefined, { ref: false }),
    ]).catch(() => {});
  }
};
