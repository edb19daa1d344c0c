import { expect, it } from 'vitest';
import { amendAll } from '../../src/cli/finish-run.ts';
import { raisedIn } from '../../src/cli/raised-hosts.ts';
import { randomOf } from '../simulation/random.ts';
import { type Kind, OPEN, reportOn } from '../simulation/witness-world.ts';
import { ended, newRun } from '../store/new-run.ts';
import { opened } from '../store/open.ts';
import { turnsDuring } from '../turns-during.ts';
import { tallied } from '../verdict/networks.ts';

it('replaces hosts in the history whatever they become, each read once', async () => {
  const { history } = opened(':memory:');
  const reported = (low: number, kind: Kind) =>
    reportOn(OPEN, { address: `10.1.2.${low}`, kind, half: 0, own: null }, randomOf(low));
  // More than a page of them.
  const silent = Array.from({ length: 200 }, (_, i) => reported(10 + i, 'stealthy'));
  const reports = [reported(1, 'server'), ...silent, reported(2, 'server')];
  const recorder = history.begin(newRun('run', reports.length));
  for (const [index, report] of reports.entries()) recorder.record({ index, ordinal: index, report });
  recorder.flush();
  const tally = tallied(reports);
  await amendAll(recorder, raisedIn(history, 'run', tally));
  expect([...history.hosts('run')]).toEqual(reports);
  recorder.finish(ended, []);
  expect([...history.hosts('run')]).toEqual(reports.map((report) => tally.raise(report)));
  expect(history.summary('run')).toMatchObject({ ready: reports.length, clearSoFar: 0 });
  expect(history.summary('run')).toEqual(tally.summary);
  history.close();
});

it('looks at very many hosts in pieces, between which everything else has its turn', async () => {
  const { history } = opened(':memory:');
  const recorder = history.begin(newRun('run', 1));
  const turns = await turnsDuring(() => amendAll(recorder, Array<null>(12_800).fill(null)));
  expect(turns).toBeGreaterThanOrEqual(100);
  history.close();
});
