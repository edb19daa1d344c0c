import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DamageArguments } from './damage.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened } from './open.ts';
import { buildProgram } from './program.ts';

const at = folder();
const program = buildProgram('damage', at);
const source = join(at, 'source.db');
const lines = join(at, 'lines.ndjson');

const fill = (): void => {
  const { history } = opened(source);
  for (const id of ['done', 'cut-off']) {
    const recorder = history.begin(newRun(id, 40));
    for (let index = 0; index < 40; index++) recorder.record(judged(index));
    recorder.finish({ ...ended, interrupted: id === 'cut-off' }, []);
  }
  history.close();
  const { history: other } = opened(':memory:');
  const recorder = other.begin(newRun('elsewhere', 20));
  for (let index = 0; index < 20; index++) recorder.record(judged(index));
  recorder.finish(ended);
  writeFileSync(lines, [...other.exportRuns(['elsewhere'])].join(''));
};

/** Lets a process of its own use damaged copies of the history, and gives what it said and how it ended. */
const used = (from: number, count: number): Promise<{ readonly code: unknown; readonly said: string }> =>
  new Promise((resolve) => {
    const args: DamageArguments = [source, at, lines, String(from), String(count)];
    execFile(
      process.execPath,
      [program, ...args],
      { timeout: 100_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ code: error?.signal ?? error?.code ?? 0, said: `${stdout}${stderr}` }),
    );
  });

const BATCHES = Number(process.env['RA_DAMAGE_BATCHES'] ?? 4);
const EACH = 100;

describe('a history in which bytes were changed', () => {
  fill();

  it.each(Array.from({ length: BATCHES }, (_, batch) => batch))(
    'is used as far as it can be or refused in one line, and ends no process: batch %i',
    { timeout: 120_000 },
    async (batch) => {
      const { code, said } = await used(batch * EACH, EACH);
      expect(said.split('\n').filter((line) => line.startsWith('wrong'))).toEqual([]);
      expect([code, said.split('\n').slice(-6)]).toEqual([0, expect.anything()]);
      // The damage is looked for where it can matter: most of it is seen.
      expect(said.match(/^refused/gm)?.length ?? 0).toBeGreaterThan(EACH / 5);
    },
  );
});
