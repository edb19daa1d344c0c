import { hostname } from 'node:os';
import { cutSpace, FleetVantage } from '../../src/cli/fleet-vantage.ts';
import { conductFleet } from '../../src/fleet/coordinator.ts';
import { openStore } from '../../src/fleet/fleet-store.ts';
import { sealWith } from '../../src/fleet/signed.ts';
import { VantageRun } from '../../src/fleet/vantage-run.ts';
import type { HostReport, RunStart } from '../../src/model/report.ts';
import { openHistory } from '../../src/store/open.ts';
import { makeSpace, type SpaceSpec } from '../../src/targets/space.ts';
import { timesFor } from './times.ts';

/**
 * A coordinator that begins a run, or goes on with it. Arguments: URL, vantage, history file, hosts, `short` as for a prober, and how
 * many batches it keeps before it kills itself: after the last was written, and before the store is told. Ends with 0 when all have come.
 */
const [url = '', vantage = '', db = '', count = '0', times = '', most = 'Infinity'] = process.argv.slice(2);
const KEY = 'a key that only tests have';
const size = Number(count);
const spec: SpaceSpec = { parts: [{ kind: 'block', family: 4, first: '10.77.0.0', count: size }] };

const history = openHistory(
  db,
  { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => false },
  'create',
);
const store = await openStore(url, undefined, times === 'short' ? 4000 : undefined);
const [before] = history.runs();
const earlier = before ? history.resume(before.id) : null;
const run: RunStart = {
  ...{ id: `test.${vantage}`, startedAt: '2026-11-01T00:00:00.000Z', vantage, seed: 1 },
  ...{ engine: 'node', engineWhy: 'a test', novice: 'auto' },
};
const cuts = cutSpace(spec, size, 256);
const one = new FleetVantage(
  vantage,
  cuts,
  makeSpace(spec),
  earlier?.done ?? { low: 0, above: new Set(), begun: [] },
  { readHost: (value) => value as HostReport },
);
one.begin(
  run,
  earlier?.recorder ?? history.begin({ run, targets: ['10.77.0.0'], hosts: size, plan: null }),
  earlier?.entry.probesSent,
);
let kept = 0;
const line = new VantageRun({
  ...{ store, seal: sealWith(KEY), vantage, rate: 1000, tracker: one.tracker },
  plan: {
    ...{ run: 'test', version: 'test', seed: 1, startedAt: run.startedAt, notAfter: Date.now() + 3_600_000 },
    ...{ options: {}, excludes: {} },
  },
  shardOf: cuts.shardOf,
  times: timesFor(times === 'short'),
  keep: (batch) => {
    one.keep(batch);
    kept += 1;
    if (kept >= Number(most)) process.kill(process.pid, 'SIGKILL');
  },
  log: (text) => process.stderr.write(`${text}\n`),
});
const { interrupted } = await conductFleet({
  ...{ store, vantages: [line], begin: () => {}, progressOf: () => ({}), onLook: () => one.beat() },
  log: (text) => process.stderr.write(`${text}\n`),
  stop: new AbortController().signal,
});
await one.end(
  history,
  { ...run, finishedAt: new Date().toISOString(), probesSent: one.sent, durationMs: 0, interrupted },
  false,
);
history.close();
store.close();
process.exit(interrupted ? 1 : 0);
