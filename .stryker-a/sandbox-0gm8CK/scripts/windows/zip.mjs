import { zipSync } from 'fflate';

/** Node and the native part are nearly all of it, and are packed once a release. */
const LEVEL = 9;

/**
 * A zip of [path, bytes]: the same bytes for the same entries whatever the machine, its time zone and the order are. `at`: the time
 * that all entries get, to two seconds, as UTC.
 */
export const zipOf = (entries, at) => {
  // The format has local time without a zone, and the library asks the machine for it.
  const local = new Date(at.getTime() + at.getTimezoneOffset() * 60_000);
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: LEVEL, mtime: local });
};
