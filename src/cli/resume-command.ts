import { shellWord } from '../text/shell-word.ts';
import { MOST_UNCONFIRMED } from './estimate.ts';
import type { ScanOptions } from './options.ts';

/** The command line that goes on with an audit of so many hosts, here or in a fleet. A URL with a password is not repeated. */
export const resumeCommand = (
  id: string,
  hosts: number,
  place: 'here' | 'fleet',
  { db, redis }: Pick<ScanOptions, 'db' | 'redis'>,
): string =>
  [
    `ra-preflight audit --resume ${id}`,
    ...(place === 'fleet' ? ['--fleet'] : []),
    ...(place === 'fleet' && redis !== null && !redis.includes('@') ? ['--redis', shellWord(redis)] : []),
    ...(db === null ? [] : ['--db', shellWord(db)]),
    ...(hosts > MOST_UNCONFIRMED ? ['--yes'] : []),
  ].join(' ');
