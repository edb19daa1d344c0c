import type { StoreFinding } from '../model/fleet.ts';
import { escapeControls } from '../text/quoted.ts';
import type { FleetStore } from './fleet-store.ts';

/** Round trips that are measured, and how long the middle one may take, milliseconds. */
const ROUND_TRIPS = 9;
const SLOW_MS = 100;
/** How far the clocks may be apart, milliseconds: plans expire by them. */
const MOST_SKEW_MS = 60_000;
/** Oldest Redis that the queue engine is content with. */
const LEAST_VERSION = 6.2;

const valueIn = (info: string, key: string): string | null =>
  new RegExp(`^${key}:(.{0,100})`, 'm').exec(info)?.[1]?.trimEnd() ?? null;

const versionFinding = (info: string): StoreFinding => {
  const version = valueIn(info, 'redis_version') ?? '?';
  const name = valueIn(info, 'server_name') ?? 'redis';
  return {
    ok: Number.parseFloat(version) >= LEAST_VERSION,
    text: `${escapeControls(name)} ${escapeControls(version)}, expected ${LEAST_VERSION} or later`,
  };
};

/** What CONFIG says, where the user may ask; INFO has the same for everybody. */
const evictionFinding = (info: string): StoreFinding => {
  const policy = valueIn(info, 'maxmemory_policy') ?? '?';
  return policy === 'noeviction'
    ? { ok: true, text: 'maxmemory-policy noeviction' }
    : {
        ok: false,
        text: `maxmemory-policy ${escapeControls(policy)}: a full store would drop jobs; set it to noeviction`,
      };
};

const persistenceFinding = (info: string): StoreFinding =>
  valueIn(info, 'aof_enabled') === '1'
    ? { ok: true, text: 'appendonly yes: jobs and results outlive a restart of the store' }
    : {
        ok: false,
        text: 'appendonly no: what is queued is lost when the store restarts, and is probed again; set appendonly yes',
      };

const latencyFinding = async ({ client }: FleetStore): Promise<StoreFinding> => {
  const times: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const began = performance.now();
    await client.ping();
    times.push(performance.now() - began);
  }
  const middle = times.toSorted((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? 0;
  return { ok: middle < SLOW_MS, text: `round trip ${middle.toFixed(1)} ms` };
};

const clockFinding = async ({ client }: FleetStore): Promise<StoreFinding> => {
  const [seconds = '0', micros = '0'] = (await client.time()).map(String);
  const skew = Math.abs(Number(seconds) * 1000 + Number(micros) / 1000 - Date.now());
  return { ok: skew < MOST_SKEW_MS, text: `clocks are ${(skew / 1000).toFixed(1)} s apart` };
};

/** What matters of a store for a fleet: version, eviction, persistence, latency, clock. */
export const checkStore = async (store: FleetStore): Promise<StoreFinding[]> => {
  const info = await store.client.info();
  return [
    versionFinding(info),
    evictionFinding(info),
    persistenceFinding(info),
    await latencyFinding(store),
    await clockFinding(store),
  ];
};
