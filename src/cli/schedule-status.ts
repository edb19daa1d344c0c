import type { RunEntry } from '../model/history.ts';
import { inWords } from '../schedule/in-words.ts';
import { nextRuns } from '../schedule/next-runs.ts';
import type { ScheduleSpec } from '../schedule/spec.ts';
import type { ScheduleStatus, Schedules } from '../serve/dashboard.ts';
import type { History } from '../store/history.ts';
import { messageOf } from '../text/error-message.ts';
import { loadConfig } from './config.ts';
import { loadSchedules } from './schedules.ts';

/** Next times that are named. */
const NEXT = 3;
/** A run may start so late, milliseconds: one schedule runs after the other, and a timer of the system may wait a little. */
const LATE_MS = 15 * 60_000;
/** Runs that are looked at for one that goes on and one that has ended. */
const LOOKED_AT = 20;

const specsOf = async (config: string | undefined): Promise<readonly ScheduleSpec[]> => {
  const { schedules, path } = await loadConfig(config);
  if (path === null || schedules.length === 0) return [];
  return (await loadSchedules(config ?? null, null)).map(({ spec }) => spec);
};

/** The first time after its newest run at which a schedule should have run, when that is past; null otherwise. */
const overdueSince = (spec: ScheduleSpec, newest: RunEntry | undefined, now: Date): string | null => {
  if (!newest) return null;
  const [due] = nextRuns(spec, new Date(newest.startedAt), 1);
  return due && now.getTime() - due.getTime() > LATE_MS ? due.toISOString() : null;
};

const statusOf = (
  name: string,
  spec: ScheduleSpec | undefined,
  runs: readonly RunEntry[],
  now: Date,
): ScheduleStatus => {
  const running = runs.find(({ state }) => state === 'running') ?? null;
  return {
    name,
    // The next time has a place of its own.
    words: spec ? (inWords(spec, now).split(', next ')[0] ?? '') : '',
    targets: spec?.targets ?? runs[0]?.targets ?? [],
    isConfigured: spec !== undefined,
    next: spec ? nextRuns(spec, now, NEXT).map((time) => time.toISOString()) : [],
    overdueSince: spec && !running ? overdueSince(spec, runs[0], now) : null,
    running,
    last: runs.find(({ state }) => state !== 'running') ?? null,
  };
};

/**
 * The schedules of a configuration (undefined: the platform's) and those that only the history knows, by name. A configuration
 * that cannot be read is reported to `say`.
 */
export const scheduleStatuses = async (
  history: History,
  config: string | undefined,
  now: Date,
  say: (text: string) => void,
): Promise<Schedules> => {
  let specs: readonly ScheduleSpec[] = [];
  let isBroken = false;
  try {
    specs = await specsOf(config);
  } catch (error) {
    isBroken = true;
    say(messageOf(error));
  }
  const names = new Set([...specs.map(({ name }) => name), ...history.scheduleNames()]);
  const schedules = [...names].sort().map((name) =>
    statusOf(
      name,
      specs.find((spec) => spec.name === name),
      history.ofSchedule(name, LOOKED_AT),
      now,
    ),
  );
  return { isBroken, schedules };
};
