import { runSchedules } from '../../src/schedule/scheduler-loop.ts';
import type { ScheduleSpec } from '../../src/schedule/spec.ts';
import { FakeClock } from './fake-clock.ts';

export const MINUTE = 60_000;

export const HOUR = 60 * MINUTE;

export interface Started {
  readonly name: string;
  readonly at: string;
  readonly due: string;
  readonly missed: number;
}

/** The loop on a made-up machine; each run takes so long as `takes` says, or throws what it throws. */
export const begin = (
  start: string,
  specs: readonly ScheduleSpec[],
  {
    takes = () => 0,
    last = {},
  }: { takes?: (name: string) => number; last?: Readonly<Record<string, string>> } = {},
) => {
  const clock = new FakeClock(start);
  const stop = new AbortController();
  const runs: Started[] = [];
  const ended: string[] = [];
  const said: string[] = [];
  let together = 0;
  let mostTogether = 0;
  const short = (date: Date): string => date.toISOString().slice(0, 16);
  const done = runSchedules(
    specs,
    {
      now: clock.now,
      monotonic: clock.monotonic,
      sleep: clock.sleep,
      log: (text) => said.push(text),
      lastRun: (name) => (last[name] === undefined ? null : new Date(last[name])),
      run: async (spec, due, missed, signal) => {
        runs.push({ name: spec.name, at: short(clock.now()), due: short(due), missed: missed.length });
        together += 1;
        mostTogether = Math.max(mostTogether, together);
        try {
          const ms = takes(spec.name);
          if (ms > 0) await clock.wait(ms, signal);
          ended.push(spec.name);
        } finally {
          together -= 1;
        }
      },
    },
    stop.signal,
  );
  let over = false;
  const finished = done.then(() => {
    over = true;
  });
  return {
    clock,
    runs,
    ended,
    said,
    mostTogether: () => mostTogether,
    isOver: () => over,
    abort: () => stop.abort(),
    stop: async () => {
      stop.abort();
      await finished;
    },
  };
};
