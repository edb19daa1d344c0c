import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';

/** All keys of a vantage begin with this, so that an ACL user can be limited to them. */
export const prefixOf = (vantage: string): string => `ra:${vantage}`;

/** The two queues of a vantage: shards to probe, and batches of judged hosts on their way back. */
export const SHARDS = 'shards';
export const RESULTS = 'results';

/** Keys of a vantage beside those of its queues. */
export const keysOf = (vantage: string) => ({
  /** Id of the run that uses the vantage; it expires when its coordinator is gone. */
  lock: `${prefixOf(vantage)}:run`,
  /** How that run probes, signed. */
  plan: `${prefixOf(vantage)}:plan`,
  /** Id of a run of which no more packets are to be sent. */
  cancel: `${prefixOf(vantage)}:cancel`,
  /** What each worker says of itself, signed, by its id. */
  workers: `${prefixOf(vantage)}:workers`,
  /** How many packets a second each worker may send, signed, by its id. */
  leases: `${prefixOf(vantage)}:leases`,
  /** Where a run stands, for whoever looks. */
  progress: `${prefixOf(vantage)}:progress`,
  /** A bit for each shard of a run that is done: a job that comes back late finds out there. */
  done: (run: string) => `${prefixOf(vantage)}:done:${run}`,
});

/** Matches the key that says that a vantage has had a worker. */
export const ANY_WORKERS = 'ra:*:workers';

/** The vantage of a key that ANY_WORKERS matches. */
export const vantageOfKey = (key: string): string => key.slice('ra:'.length, -':workers'.length);

/** Whether a vantage may have this name. */
export const isVantage = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/.test(text);

/** A vantage as it may be named; throws UsageError. Names stand in keys, in the names of runs and in ACL patterns. */
export const readVantage = (text: string): string => {
  if (isVantage(text)) return text;
  throw new UsageError(
    `--vantage ${quoted(text)}: expected letters, digits, dots and dashes, at most 50, e.g. branch-7`,
  );
};

/** Reads `branch-7,hq`; throws UsageError. */
export const readVantages = (text: string): string[] => {
  const names = text.split(',').map((name) => readVantage(name.trim()));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`--vantage ${quoted(text)}: ${twice} is given twice`);
  return names;
};
