import { readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../src/model/fault.ts';
import { openHistory } from '../../src/store/open.ts';
import { StoreError } from '../../src/store/store-error.ts';

/** File, a second file to be removed, lines to import, first seed, how many. */
export type DamageArguments = readonly [
  source: string,
  folder: string,
  lines: string,
  from: string,
  count: string,
];

const [source, folder, lines, from, count] = process.argv.slice(2) as unknown as DamageArguments;

/** Repeatable numbers: mulberry32. */
const drawing = (seed: number): ((most: number) => number) => {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
};

/** One byte or eight in a row are changed; every fourth seed looks at the first page, where the tables are described. */
const damage = (bytes: Buffer, seed: number): void => {
  const draw = drawing(seed);
  const length = seed % 2 === 0 ? 1 : 8;
  const at = draw((seed % 4 === 3 ? 8192 : bytes.length) - length);
  for (let place = at; place < at + length; place++)
    bytes[place] = (bytes[place] ?? 0) ^ (seed % 3 === 0 ? 1 << draw(8) : 1 + draw(255));
};

/** Everything that reads a history, then everything that writes one. */
const exercise = async (path: string): Promise<void> => {
  const around = { now: () => Date.UTC(2026, 0, 2), pid: 1, machine: 'expert', isAlive: () => false };
  const history = openHistory(path, around);
  const walk = (values: Iterable<unknown>): void => {
    for (const _ of values);
  };
  try {
    const ids = history.runs().map(({ id }) => id);
    history.unfinished();
    for (const id of ids) {
      history.run(id);
      history.groups(id);
      history.done(id);
      history.previousOf(id);
      history.host(id, 3);
      history.listed(id, { verdict: null, search: '7', after: null, limit: 50 });
      walk(history.hosts(id));
      walk(history.hostsByTarget(id));
      walk(history.entries(id, 'ready'));
      walk(history.exportRuns([id]));
    }
    walk(history.trend(ids).hosts);
    await history.prune({ keep: 1, dryRun: true });
    history.backup(`${path}.copy`, { overwrite: true });
    await history.importRuns(readFileSync(lines, 'utf8').split('\n'), {
      readHost: (value: unknown) => value as never,
      checkPlan: () => {},
    } as never);
    const [open] = history.unfinished();
    if (open) history.resume(open.id).recorder.flush();
    await history.prune({ keep: 1 });
  } finally {
    history.close();
  }
};

const whole = readFileSync(source);
const path = join(folder, `damaged-${from}.db`);
for (let seed = Number(from); seed < Number(from) + Number(count); seed++) {
  // Said before, so that a process that is ended by the library says at which seed.
  writeSync(1, `seed ${seed}\n`);
  const bytes = Buffer.from(whole);
  damage(bytes, seed);
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${ending}`, { force: true });
  writeFileSync(path, bytes);
  try {
    await exercise(path);
    writeSync(1, 'used\n');
  } catch (error) {
    const known = error instanceof StoreError || error instanceof UsageError;
    const text = known ? error.message : String(error instanceof Error ? error.stack : error);
    writeSync(1, `${known && !/\p{Cc}/u.test(text) ? 'refused' : 'wrong'} ${JSON.stringify(text)}\n`);
  }
}
