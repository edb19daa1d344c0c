import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { newRun } from './new-run.ts';
import { folder, opened } from './open.ts';
import { small } from './samples.ts';

const at = folder();
const HOSTS = 50_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heldMiB = (): number => {
  // What the first collection finds dead outside the heap is counted off by the second.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

it('walking 50,000 hosts holds a page of them at a time', { timeout: 60_000 }, () => {
  const { history } = opened(`${at}/many.db`);
  const recorder = history.begin(newRun('run', HOSTS));
  for (let index = 0; index < HOSTS; index++)
    recorder.record({ index, ordinal: index, report: small(index) });
  recorder.flush();
  for (const walk of [history.hosts('run'), history.hostsByTarget('run')]) {
    const before = heldMiB();
    let [seen, most] = [0, 0];
    for (const { target } of walk) {
      seen += target.length > 0 ? 1 : 0;
      if (seen % 12_000 === 1) most = Math.max(most, heldMiB());
    }
    expect(seen).toBe(HOSTS);
    expect(most - before).toBeLessThan(4);
  }
  expect(history.done('run')).toEqual({ low: HOSTS, above: new Set() });
  history.close();
});
