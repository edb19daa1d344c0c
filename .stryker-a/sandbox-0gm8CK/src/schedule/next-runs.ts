import { Cron } from 'croner';
import { parseCron } from './cron.ts';
import { zoneOf } from './time-zone.ts';

/** When something runs. `timezone` null: the zone of this machine. */
export interface When {
  readonly cron: string;
  readonly timezone: string | null;
}

/**
 * Croner reckons, its timers are not used (decision 12). Croner keeps apart fixed times, which happen once whatever the
 * clocks do, and intervals, which go on evenly. A line that names hours is a fixed time here, steps and all: parseCron
 * writes its hours and minutes out as lists, since croner takes any `*` or `/` for an interval.
 */
const cronOf = (when: When): Cron =>
  new Cron(parseCron(when.cron).pattern, {
    timezone: zoneOf(when),
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    paused: true,
  });

/**
 * The next runs after `from`, at most `count`. When clocks go forward, runs of the hour that does not exist are one run at
 * its end; when they go back, runs of the repeated hour happen in the first of the two. A line that names no hours goes
 * on evenly through both. Throws UsageError for a cron line that is none.
 */
export const nextRuns = (when: When, from: Date, count: number): Date[] => cronOf(when).nextRuns(count, from);

/** The runs due from `since` to `until`, both included: the newest, at most `most`, oldest first. */
export const runsBetween = (when: When, since: Date, until: Date, most: number): Date[] => {
  const cron = cronOf(when);
  const runs: Date[] = [];
  // Croner reckons in whole seconds, and leaves out the second it starts from.
  let before = new Date(Math.floor(until.getTime() / 1000) * 1000 + 1000);
  while (runs.length < most) {
    const [run] = cron.previousRuns(1, before);
    if (!run || run < since) break;
    runs.push(run);
    before = run;
  }
  return runs.reverse();
};
