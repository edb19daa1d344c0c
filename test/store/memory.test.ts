import { expect, it } from 'vitest';
import { collect } from '../collect.ts';
import { ended, newRun } from './new-run.ts';
import { folder, opened } from './open.ts';
import { small } from './samples.ts';
import { CHECKS } from './transfer.ts';

const at = folder();
const HOSTS = 50_000;

const heldMiB = (): number => {
  // What the first collection finds dead outside the heap is counted off by the second.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

function* skipped<T>(values: Iterable<T>, most: number): Generator<T> {
  let left = most;
  for (const value of values) {
    if (left > 0) left -= 1;
    else yield value;
  }
}

it('walking 50,000 hosts holds a page of them at a time', { timeout: 60_000 }, () => {
  const { history } = opened(`${at}/many.db`);
  const recorder = history.begin(newRun('run', HOSTS));
  for (let index = 0; index < HOSTS; index++)
    recorder.record({ index, ordinal: index, report: small(index) });
  recorder.flush();
  recorder.finish(ended);
  const walks: readonly Iterable<unknown>[] = [
    history.hosts('run'),
    history.hostsByTarget('run'),
    history.trend(['run', 'run', 'run']).hosts,
    // Three lines are no hosts.
    skipped(history.exportRuns(['run']), 3),
  ];
  for (const walk of walks) {
    const before = heldMiB();
    let [seen, most] = [0, 0];
    for (const _ of walk) {
      seen += 1;
      if (seen % 12_000 === 1) most = Math.max(most, heldMiB());
    }
    expect(seen).toBe(HOSTS);
    expect(most - before).toBeLessThan(4);
  }
  expect(history.done('run')).toMatchObject({ low: HOSTS, above: new Set() });
  history.close();
});

it('an import holds a batch of hosts at a time', { timeout: 120_000 }, async () => {
  const { history } = opened(`${at}/source.db`);
  const recorder = history.begin(newRun('run', 20_000));
  for (let index = 0; index < 20_000; index++)
    recorder.record({ index, ordinal: index, report: small(index) });
  recorder.finish(ended);
  const { history: copy } = opened(`${at}/copy.db`);
  const before = heldMiB();
  let [seen, most] = [0, 0];
  function* watched(): Generator<string> {
    for (const line of history.exportRuns(['run'])) {
      seen += 1;
      if (seen % 6000 === 1) most = Math.max(most, heldMiB());
      yield line;
    }
  }
  expect(await copy.importRuns(watched(), CHECKS)).toEqual({ runs: ['run'], skipped: [], hosts: 20_000 });
  expect(most - before).toBeLessThan(6);
  history.close();
  copy.close();
});
