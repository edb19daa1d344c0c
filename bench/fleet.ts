// What a fleet costs, on loopback: npx esbuild bench/fleet.ts --bundle --platform=node --format=esm --external:libsql --external:bullmq
// --external:ioredis --external:esbuild --outfile=bench/.fleet.mjs && node bench/.fleet.mjs batches | siege [KILLS]. See docs/fleet.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutSpace, FleetVantage } from '../src/cli/fleet-vantage.ts';
import { packBatch, unpackBatch } from '../src/fleet/messages.ts';
import type { HostReport, RunStart } from '../src/model/report.ts';
import { hostSchema } from '../src/output/schema.ts';
import { openHistory } from '../src/store/open.ts';
import { makeSpace, type SpaceSpec } from '../src/targets/space.ts';
import { besiege } from '../test/fleet/kills.ts';
import { refused, small } from '../test/store/samples.ts';

const BATCH = 256;
const BATCHES = 80;

/** Size of a batch, and what the coordinator spends on a host of it. */
const batches = (name: string, reportOf: (host: number) => HostReport): void => {
  const at = mkdtempSync(join(tmpdir(), 'ra-bench-'));
  const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
  const history = openHistory(join(at, 'history.db'), around, 'create');
  const size = BATCH * BATCHES;
  const spec: SpaceSpec = { parts: [{ kind: 'block', family: 4, first: '10.77.0.0', count: size }] };
  const cuts = cutSpace(spec, size, BATCH);
  const space = makeSpace(spec);
  const vantage = new FleetVantage('hq', cuts, space, { low: 0, above: new Set(), begun: [] }, (value) =>
    hostSchema.parse(value),
  );
  const run: RunStart = {
    ...{ id: 'bench.hq', startedAt: new Date().toISOString(), vantage: 'hq', seed: 1 },
    ...{ engine: 'node', engineWhy: '', novice: 'auto' },
  };
  vantage.begin(run, history.begin({ run, targets: ['10.77.0.0'], hosts: size, plan: null }));
  const made = Array.from({ length: BATCHES }, (_, shard) => {
    const hosts = Array.from({ length: BATCH }, (__, place) => {
      const { text } = space.at(shard * BATCH + place);
      return { place, report: { ...reportOf(shard * BATCH + place), target: text, address: text } };
    });
    return packBatch({ run: 'bench', shard: shard + 1, worker: 'w', sent: 0, hosts });
  });
  const bytes = made.reduce((sum, text) => sum + text.length, 0);
  const began = process.cpuUsage();
  for (const text of made) {
    const batch = unpackBatch(text);
    if (batch) vantage.keep(batch);
  }
  const { user, system } = process.cpuUsage(began);
  if (vantage.judged !== size) throw new Error(`${vantage.judged} of ${size} hosts were kept`);
  history.close();
  rmSync(at, { recursive: true });
  process.stdout.write(
    `${name}: ${Math.round(bytes / size)} bytes in the store and ${((user + system) / size).toFixed(0)} us of the coordinator for a host\n`,
  );
};

const siege = async (kills: number): Promise<void> => {
  const at = mkdtempSync(join(tmpdir(), 'ra-bench-'));
  const hosts = 65_536;
  const outcome = await besiege({
    ...{ at, hosts, workers: 4, kills, mostMs: kills * 500, awayMs: 20_000, restMs: 600_000 },
  });
  rmSync(at, { recursive: true });
  process.stdout.write(`${JSON.stringify({ wanted: hosts, ...outcome })}\n`);
};

const speed = async (workers: number): Promise<void> => {
  const at = mkdtempSync(join(tmpdir(), 'ra-bench-'));
  const hosts = 65_536;
  const outcome = await besiege({ at, hosts, workers, kills: 0, mostMs: 0, awayMs: 0, restMs: 600_000 });
  rmSync(at, { recursive: true });
  process.stdout.write(
    `${workers} workers: ${hosts / 256} shards in ${outcome.seconds.toFixed(1)} s, all hosts ${outcome.distinct === hosts}\n`,
  );
};

const [what = 'batches', count = '1000'] = process.argv.slice(2);
if (what === 'batches') {
  batches('silent hosts', small);
  batches('hosts that refuse 34 ports', refused);
} else if (what === 'speed') for (const workers of [1, 2, 4]) await speed(workers);
else if (what === 'siege') await siege(Number(count));
else throw new Error(`${what}: expected batches, speed or siege`);
