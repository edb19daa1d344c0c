import { expect, it } from 'vitest';
import { runOf } from '../../src/fleet/status.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const told = (more: object): string =>
  JSON.stringify({
    ...{ run: 'run', startedAt: at(0), hosts: 1000, judged: 600, sent: 0, rate: 100 },
    ...{ shards: { of: 10, done: 6 }, ...more },
  });

it('foresees the end of a run by what was done since its coordinator began, not by the time that it lay idle', () => {
  const now = Date.parse(at(3660));
  // 500 hosts in the first minute, an hour of nothing, 100 in a minute since: 400 are left.
  expect(runOf(told({ since: { at: at(3600), judged: 500 } }), now)?.etaSeconds).toBe(240);
  expect(runOf(told({ since: { at: at(3600), judged: 600 } }), now)?.etaSeconds).toBeNull();
  // An older coordinator does not say when it began.
  expect(runOf(told({}), Date.parse(at(60)))?.etaSeconds).toBe(40);
});
